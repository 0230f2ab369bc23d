"""A key per person, kept apart from the data that it opens; destroying the key erases the person."""
