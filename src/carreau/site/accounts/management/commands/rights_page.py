"""`python -m carreau.site rights_page` writes docs/reference/rights.md again."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from carreau.site.accounts.rights_page import page

PAGE = Path("docs") / "reference" / "rights.md"


class Command(BaseCommand):
    """Writes the reference page of rights, from the repository's folder."""

    help = "write docs/reference/rights.md from the table of rights"

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Write it."""
        PAGE.write_text(page(), encoding="utf-8")
