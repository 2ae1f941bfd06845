"""Findings to what is known of a fact."""
