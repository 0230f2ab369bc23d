"""For whoever is entitled to check: runs that replay, lots announced beforehand, equal treatment compared."""
