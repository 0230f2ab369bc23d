"""Long work: queued, followed, cancelled, retried, never lost."""
