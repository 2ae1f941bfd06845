"""What is known: the records that pass between the rooms, and the DuckDB file that keeps them."""
