"""What the law counts of a household whose lease is signed: first quartile, priority, DALO, transfer, renewal."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import polars as pl

from carreau.errors import BadInput
from carreau.places.communes import Communes
from carreau.register.tables import Applications
from carreau.rules.eligibility.priority import priority
from carreau.rules.quartile import Threshold, threshold
from carreau.site.applications.models import Application
from carreau.site.bridge.models import Result, Snapshot
from carreau.site.bridge.rows import from_texts
from carreau.site.bridge.snapshot import opened
from carreau.site.homes.models import Home
from carreau.site.keyring.fields import open_many

NAMES = ("first_quartile", "priority", "dalo", "transfer", "relocated_for_renewal")
Told = dict[str, bool | None]


def populations(applications: Sequence[Application], home: Home, day: date, result: Result | None) -> dict[str, Told]:
    """The truth values that quotas count, by application, for a home on a day; None where it cannot be known.

    The first quartile is that of the home's EPCI: the published threshold of the year, else computed from the
    applications of the ranking's snapshot, else unknown. An application whose person was erased tells nothing.
    """
    frame = opened_rows(applications)
    nothing: Told = dict.fromkeys(NAMES)
    found = {one.number: dict(nothing) for one in applications}
    if frame.is_empty():
        return found
    limit = quartile(home, day, result)
    for row in priority(frame, day, limit).iter_rows(named=True):
        situations = set(row["situations"])
        found[row["application_id"]] = {
            "first_quartile": "first_quartile" in situations if limit else None,
            "priority": bool(row["priority"]),
            "dalo": "dalo" in situations,
            "transfer": "transfer" in situations,
            "relocated_for_renewal": "renewal" in situations,
        }
    return found


def opened_rows(applications: Sequence[Application]) -> pl.DataFrame:
    """Applications as the engine reads them, those of erased people left out."""
    alive = [(one, one.facts) for one in open_many(applications) if one.facts]
    schema = Applications.create_empty().schema
    if not alive:
        return pl.DataFrame(schema=schema)
    clear = pl.DataFrame(
        {
            "application_id": [one.number for one, _ in alive],
            "department": [one.department for one, _ in alive],
            "filed": [one.filed for one, _ in alive],
            "seniority_from": [one.seniority_from for one, _ in alive],
            "origin": ["synthetic" if one.synthetic else "real" for one, _ in alive],
        }
    )
    told = from_texts([text for _, text in alive])
    frame = pl.concat([clear.drop(set(clear.columns) & set(told.columns)), told], how="horizontal")
    return Applications.cast(frame.select(Applications.column_names()))


def quartile(home: Home, day: date, result: Result | None) -> Threshold | None:
    """The first-quartile threshold where a home is; None when nothing tells it."""
    communes = Communes.shipped().lookup
    epci = communes.filter(pl.col("code") == home.commune)["epci"].to_list()
    snapshot = result.snapshot if result else None
    return _threshold(epci[0], day, snapshot.pk if snapshot and not snapshot.expired else None) if epci else None


@lru_cache(maxsize=64)
def _threshold(epci: str, day: date, snapshot: int | None) -> Threshold | None:
    try:
        return threshold(epci, day)
    except BadInput:
        pass
    try:
        taken = opened(Snapshot.objects.get(pk=snapshot)) if snapshot else None
        return threshold(epci, day, taken.table("applications").collect()) if taken else None
    except BadInput:
        return None
