"""Tags of the pages of what can be checked."""
