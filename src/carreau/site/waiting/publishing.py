"""Publish a protected table of waiting times, and find those that are public."""

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from carreau.errors import BadInput
from carreau.release.tables import Table
from carreau.site.waiting.models import Covered, WaitingTable


def publish(table: Table) -> WaitingTable:
    """Show a table to everybody; the same again changes nothing.

    Raises BadInput when another one tells of some of its places in the same year, TypeError for what the gate of
    `carreau.release.tables` did not make, or was altered since.
    """
    if not isinstance(table, Table) or not table.intact:
        raise TypeError("only a table that the gate made is published")
    if found := WaitingTable.objects.filter(digest=table.digest).first():
        return found
    day = date.fromisoformat(table.facts["reference_date"])
    rows = [row | {"no_letting": bool(row["no_letting"])} for row in table.rows.to_dicts()]
    try:
        with transaction.atomic():
            made = WaitingTable.objects.create(
                name=table.facts["territory"],
                reference_date=day,
                rows=rows,
                facts=dict(table.facts),
                digest=table.digest,
            )
            for commune in sorted({code for row in rows for code in row["communes"]}):
                Covered.objects.create(table=made, commune=commune, year=day.year)
    except IntegrityError:
        raise BadInput(
            f"waiting times of {day.year} are published already for some of these communes: a second table of the "
            "same households, cut otherwise, could tell of a few of them",
        ) from None
    return made


def published() -> QuerySet[WaitingTable]:
    """The tables that are public, those of the last year first."""
    found: QuerySet[WaitingTable] = WaitingTable.objects.filter(withdrawn__isnull=True)
    return found
