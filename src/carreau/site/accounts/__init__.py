"""Organisations, people, memberships, sign-in and the table of rights."""
