"""Carreau: an open platform for social housing. The engine is a library of values in, values out."""

__version__ = "0.1.0"
