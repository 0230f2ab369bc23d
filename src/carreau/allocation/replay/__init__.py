"""Replay: a signed record of what a run was made from, whether it comes out again, and how lots are drawn."""
