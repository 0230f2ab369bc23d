"""Equal treatment: what happens to applications at each stage, compared like for like between lawful groups."""
