"""Trying to break a release: what follows, about few people or about all of them, from the numbers that were published.

The room shares no code with `release`: it reads the published files only.
"""
