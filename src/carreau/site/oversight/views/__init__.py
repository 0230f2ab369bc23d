"""Pages of what can be checked."""
