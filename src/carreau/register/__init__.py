"""The tables of a territory and their contracts, the readers of real files, and the synthetic population."""
