"""Pages to articles and passages."""
