"""To run once a back-up was restored, before the site is opened again."""

from typing import Any

from django.core.management.base import BaseCommand

from carreau.site.audit.erasure import reapply_erasures


class Command(BaseCommand):
    """Erase again everybody whom a restored back-up has brought back."""

    help = "Erase again everybody whom a restored back-up of the data, or of the keyring, has brought back."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Say how many people were erased again."""
        self.stdout.write(f"{reapply_erasures()} people erased again")
