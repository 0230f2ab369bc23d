"""Addresses of homes to let."""

from typing import Any

urlpatterns: list[Any] = []
