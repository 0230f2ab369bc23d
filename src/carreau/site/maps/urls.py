"""Addresses of the map, its data and its table."""

from typing import Any

urlpatterns: list[Any] = []
