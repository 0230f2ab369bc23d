"""Finish a change of the keyring's secret."""

from typing import Any

from django.core.management.base import BaseCommand

from carreau.site.keyring.rotation import rewrap


class Command(BaseCommand):
    """Wrap every key under the present secret: after it, the one before may be destroyed."""

    help = "Wrap every key under KEYRING_SECRET; KEYRING_SECRET_PREVIOUS may be destroyed afterwards."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Say how many keys were wrapped again."""
        self.stdout.write(f"{rewrap()} keys wrapped under the present secret")
