"""Which applications fit which homes, and what stands in the way where they do not."""
