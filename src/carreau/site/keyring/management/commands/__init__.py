"""Commands of the keyring."""
