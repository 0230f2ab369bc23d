"""The small town."""

from tests.site.town import landlord, own_home, register, town

__all__ = ["landlord", "own_home", "register", "town"]
