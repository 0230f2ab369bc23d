"""The protected map and its table."""
