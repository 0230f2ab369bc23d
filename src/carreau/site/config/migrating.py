"""Bring the schema of a database up to date: the keyring's holds its own app alone."""

from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from carreau.site.keyring.router import KEYRING


def _app_of(alias: str) -> str | None:
    return KEYRING if alias == KEYRING else None


def lacks_migrations(alias: str) -> bool:
    """Whether a database is behind the code."""
    executor = MigrationExecutor(connections[alias])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes(_app_of(alias))))


def migrate(alias: str) -> None:
    """Apply the migrations that a database lacks."""
    if lacks_migrations(alias):
        app = _app_of(alias)
        call_command("migrate", *([app] if app else []), database=alias, interactive=False, verbosity=0)
