"""The review of how homes are occupied (examen triennal, L442-5-2 CCH) and what follows of it in law."""
