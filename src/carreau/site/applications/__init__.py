"""Applications and their place among the candidates for a home."""
