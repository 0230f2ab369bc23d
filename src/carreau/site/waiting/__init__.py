"""How long one waits for a home, told to everybody."""
