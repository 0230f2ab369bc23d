"""A release appears only with its proof: what was decided, what it costs, and that it could not be broken."""
