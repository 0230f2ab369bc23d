"""Who waited for what, from when to when, within a window of observation."""

from datetime import date
from functools import cache

import polars as pl

from carreau.errors import BadInput
from carreau.places.communes import Communes

CELL = ("commune", "rooms", "priority")
"""What a wait is told by: the commune, the rooms of the home (a T3 has three), whether the household was a priority."""
COLUMNS = (*CELL, "entered", "left", "housed")


def spells(
    leases: pl.DataFrame, homes: pl.DataFrame, applications: pl.DataFrame, first: date, last: date
) -> pl.DataFrame:
    """A row a household and cell: days of waiting at which it came into the window and left it, and whether housed.

    `leases`, `homes` and `applications` have the columns of the register; the window is from `first` to `last`, both
    included; applications are those still waiting on `last`. A lease is in the cell of its home; an application is in
    every cell that it asks for (a city's arrondissements count as the city). Transfers wait as others do. Leases of
    homes whose rooms are not known are left out. Raises BadInput when the window ends before it starts.
    """
    if last < first:
        raise BadInput(f"the window ends on {last}, before it starts on {first}")
    return pl.concat([housed(leases, homes, first, last), _waiting(applications, first, last)])


def housed(leases: pl.DataFrame, homes: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """The spells of those housed alone."""
    signed = leases.filter(pl.col("signed").is_between(first, last))
    placed = signed.join(homes.select("home_id", "commune", "rooms"), on="home_id", how="inner").drop_nulls("rooms")
    since_first = (pl.col("signed") - first).dt.total_days()
    return placed.select(
        _city(pl.col("commune")),
        pl.col("rooms").cast(pl.Int16),
        "priority",
        pl.max_horizontal(pl.lit(0), pl.col("waited") - since_first).cast(pl.Int32).alias("entered"),
        pl.col("waited").cast(pl.Int32).alias("left"),
        pl.lit(True).alias("housed"),
    )


def _waiting(applications: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    days = (pl.lit(last) - pl.col("seniority_from")).dt.total_days()
    asked = applications.filter(pl.col("seniority_from") <= last).select(
        pl.col("wanted_communes").list.eval(_city(pl.element())).list.unique(maintain_order=True).alias("commune"),
        pl.int_ranges("wanted_rooms_min", pl.col("wanted_rooms_max").cast(pl.Int64) + 1, dtype=pl.Int16).alias("rooms"),
        (pl.col("dalo") | (pl.col("grounds").list.len() > 0)).alias("priority"),
        pl.max_horizontal(pl.lit(0), days - (last - first).days).cast(pl.Int32).alias("entered"),
        days.cast(pl.Int32).alias("left"),
        pl.lit(False).alias("housed"),
    )
    return asked.explode("commune", empty_as_null=False).explode("rooms", empty_as_null=False).select(COLUMNS)


def _city(commune: pl.Expr) -> pl.Expr:
    """The commune, or the city that it is an arrondissement of."""
    return commune.replace(_arrondissements())


@cache
def _arrondissements() -> dict[str, str]:
    rows = Communes.shipped().lookup.filter(pl.col("kind") == "ARM")
    return dict(rows.select("code", "current_code").iter_rows())
