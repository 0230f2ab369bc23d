"""Addresses of the pages that follow long work."""

from typing import Any

urlpatterns: list[Any] = []
