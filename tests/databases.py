"""The databases of a test process: migrated once, then copied for each process, on SQLite and on PostgreSQL."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.made_once import alone, digest_of, made_once

SCHEMA = (
    "src/carreau/site/*/migrations/*.py",
    "src/carreau/site/audit/append_only.py",
    "src/carreau/site/config/migrating.py",
    "requirements-dev.lock",
)
PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "alone")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """Takes the place of pytest-django's: all databases, whichever tests were chosen."""
    from django.db import connections

    with django_db_blocker.unblock():
        own = [_own_postgresql if one.vendor == "postgresql" else _own_sqlite for one in connections.all()]
        for alias, make in zip(connections, own, strict=True):
            make(alias)
    yield
    with django_db_blocker.unblock():
        for connection in connections.all():
            connection.close()
            if connection.vendor == "postgresql":
                _told_to_the_server(connection, f'DROP DATABASE "{connection.settings_dict["NAME"]}" WITH (FORCE)')


def use(alias: str, name: str) -> None:
    """Lead Django to another database."""
    from django.conf import settings
    from django.db import connections

    connections[alias].close()
    settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = name


def _own_sqlite(alias: str) -> None:
    def make(folder: Path) -> None:
        from django.db import connections

        from carreau.site.config.migrating import migrate

        for each in connections:
            use(each, str(folder / f"{each}.sqlite3"))
            migrate(each)
            connections[each].close()  # the last to close writes what is in the log beside the file

    template = made_once("databases", make, of=SCHEMA) / f"{alias}.sqlite3"
    own = Path(os.environ["CARREAU_HOME"], f"test-{alias}.sqlite3")
    with (
        closing(sqlite3.connect(f"{template.as_uri()}?mode=ro", uri=True)) as whole,
        closing(sqlite3.connect(own)) as to,
    ):
        whole.backup(to)
    use(alias, str(own))


def _own_postgresql(alias: str) -> None:
    from django.db import connections

    from carreau.site.config.migrating import migrate

    connection = connections[alias]
    name = connection.settings_dict["NAME"]
    template, own = f"template_{name}_{digest_of(*SCHEMA)}", f"test_{name}_{PROCESS}"
    with alone(f"postgresql-{alias}"):
        if not _told_to_the_server(connection, "SELECT 1 FROM pg_database WHERE datname = %s", template):
            _told_to_the_server(connection, f'CREATE DATABASE "{template}"')
            use(alias, template)
            migrate(alias)
            connection.close()
        _told_to_the_server(connection, f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)')
        _told_to_the_server(connection, f'CREATE DATABASE "{own}" TEMPLATE "{template}"')
    use(alias, own)


def _told_to_the_server(connection: Any, statement: str, *values: str) -> list[Any]:
    """What PostgreSQL answers to a statement that concerns the server, not one of its databases."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []
