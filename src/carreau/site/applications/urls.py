"""Addresses of candidates for a vacancy."""

from typing import Any

urlpatterns: list[Any] = []
