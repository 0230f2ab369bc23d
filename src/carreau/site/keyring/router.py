"""Keeps the keys in their own database and everything else out of it."""

from typing import Any

KEYRING = "keyring"


class KeyringRouter:
    """A database router (see Django's documentation of them)."""

    def db_for_read(self, model: type, **_hints: Any) -> str | None:
        """Where to read a model."""
        return KEYRING if _is_key(model) else None

    def db_for_write(self, model: type, **_hints: Any) -> str | None:
        """Where to write a model."""
        return KEYRING if _is_key(model) else None

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool | None:
        """Which tables belong in which database."""
        return (app_label == KEYRING) == (db == KEYRING)


def _is_key(model: type) -> bool:
    return model._meta.app_label == KEYRING  # type: ignore[attr-defined]
