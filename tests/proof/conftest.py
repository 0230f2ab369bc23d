"""Small territories and their releases."""

from tests.release.conftest import territory

__all__ = ["territory"]
