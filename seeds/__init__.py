"""What is watched: seeds, their facts and their feeds."""
