"""A document to the draft of a seed: its sentences, and which statements of them are worth watching."""
