"""What is in the log stays as it is, whoever tries: by the ORM, in bulk, or in SQL."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from carreau.site.audit.events import record
from carreau.site.audit.models import Entry, Seal

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def sql(statement: str) -> Callable[[Any], Any]:
    def run(row: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement.format(table=row._meta.db_table, id=row.pk))

    return run


def replaced(row: Any) -> None:
    type(row).objects.bulk_create([row], update_conflicts=True, unique_fields=["id"], update_fields=["at"])


def saved(row: Any) -> None:
    row.at = row.at.replace(year=2000)
    row.save()


ATTEMPTS: dict[str, Callable[[Any], Any]] = {
    "save": saved,
    "delete": lambda row: row.delete(),
    "update": lambda row: type(row).objects.update(at=None),
    "delete all": lambda row: type(row).objects.all().delete(),
    "raw delete": lambda row: type(row).objects.all()._raw_delete("default"),
    "bulk update": lambda row: type(row).objects.bulk_update([row], ["at"]),
    "upsert": replaced,
    "sql update": sql("UPDATE {table} SET at = '2000-01-01' WHERE id = {id}"),
    "sql delete": sql("DELETE FROM {table}"),
}
IN_SQLITE = {
    "insert or replace": sql("INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE id = {id}"),
    "replace": sql("REPLACE INTO {table} SELECT * FROM {table}"),
    "update or replace": sql("UPDATE OR REPLACE {table} SET id = 7 WHERE id = {id}"),
}
IN_POSTGRESQL = {"truncate": sql("TRUNCATE {table}"), "truncate cascade": sql("TRUNCATE {table} CASCADE")}
ATTEMPTS |= IN_SQLITE if connection.vendor == "sqlite" else IN_POSTGRESQL


def rows() -> list[dict[str, Any]]:
    return [*Entry.objects.values(), *Seal.objects.values()]


@pytest.mark.parametrize("attempt", ATTEMPTS)
@pytest.mark.parametrize("model", [Entry, Seal], ids=lambda model: model.__name__)
def test_nothing_is_changed_and_nothing_taken_out(model: type[Any], attempt: str) -> None:
    entry = record("seen", None)
    Seal.objects.create(first=entry.pk, last=entry.pk, count=1, previous="", sha256="a" * 64)
    row, before = model.objects.get(), rows()
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        ATTEMPTS[attempt](row)
    assert rows() == before


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite replaces a row by another of its own accord")
def test_a_seal_is_not_replaced_by_one_with_the_same_hash() -> None:
    Seal.objects.create(first=1, last=1, count=1, previous="", sha256="a" * 64)
    with (
        pytest.raises(DatabaseError, match="only ever added"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT OR REPLACE INTO audit_seal (id, at, first, last, count, previous, sha256) "
            "VALUES (9, '2026-01-01', 2, 2, 1, '', 'b')"
        )
