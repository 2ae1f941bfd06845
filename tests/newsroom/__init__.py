"""The bundled demo coverage: invented publishers, their articles, and what a careful editor would find in them."""
