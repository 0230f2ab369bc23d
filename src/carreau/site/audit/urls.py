"""Addresses of the audit log."""

from typing import Any

urlpatterns: list[Any] = []
