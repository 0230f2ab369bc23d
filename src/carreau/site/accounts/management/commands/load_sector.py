"""`python -m carreau.site load_sector` makes the federations and regional unions; again, it changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand

from carreau.site.accounts.sector import load_sector


class Command(BaseCommand):
    """Makes the organisations of the sector."""

    help = "make the union, its federations and its regional unions"

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Say how many were made."""
        self.stdout.write(f"{load_sector()} made")
