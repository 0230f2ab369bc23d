"""Applications and vacated homes in, ranked candidates and one proposal a home out, under a policy."""
