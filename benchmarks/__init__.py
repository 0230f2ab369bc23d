"""Time and memory of Carreau beside its peers and the plain lower limits: `make bench`."""
