"""The small town."""

from tests.site.town import landlord, own_home, register, register_of_module, town

__all__ = ["landlord", "own_home", "register", "register_of_module", "town"]
