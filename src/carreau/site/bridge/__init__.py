"""Between the database, which owns operations, and the engine, which computes on snapshots."""
