"""Mutation testing: small changes of the code, each of which a test should notice. See docs/decisions/mutation.md."""
