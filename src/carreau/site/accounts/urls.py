"""Addresses of sign-in, of one's account and of an organisation's members."""

from typing import Any

urlpatterns: list[Any] = []
