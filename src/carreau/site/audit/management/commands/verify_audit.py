"""Verify that the audit log is as it was written."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from carreau.site.audit.chain import seal_entries, verify


class Command(BaseCommand):
    """Compute the chain of the audit log again; exit 1 if something was changed."""

    help = "Verify the chain of the audit log; --expect takes a hash noted earlier, --seal seals first what is not yet."

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be asked."""
        parser.add_argument("--expect", default="", help="a hash noted elsewhere, that the chain must contain")
        parser.add_argument("--seal", action="store_true", help="seal the newest entries first")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Say what was found, and the last hash to note elsewhere."""
        if options["seal"]:
            seal_entries()
        found = verify(options["expect"])
        if found.problem:
            where = f" at seal {found.at}" if found.at else ""
            raise CommandError(f"{found.problem}{where}; {found.entries} entries before it are as they were written")
        self.stdout.write(
            f"{found.entries} entries in {found.seals} seals, {found.unsealed} not yet sealed; {found.last}"
        )
