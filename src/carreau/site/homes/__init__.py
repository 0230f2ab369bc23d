"""Homes and those to let."""
