"""Mechanisms of allocation: a market in, who gets which home out. Pure, and the same result for the same input."""
