"""The public table of waiting times of a territory: from its leases and applications, through the gate."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from carreau.allocation.waiting.backtest import Backtest, backtest
from carreau.allocation.waiting.ranges import WINDOW, YEAR, ranges
from carreau.allocation.waiting.spells import CELL, housed, spells
from carreau.errors import BadInput
from carreau.places.communes import Communes
from carreau.progress import Progress, silent
from carreau.register.territory import Territory
from carreau.release.rules import Rules
from carreau.release.tables import PUBLISHED, Table, merged, protect_table

STEP = 30
"""Days that waits are rounded up to."""

TENS = 10
SOURCES = ("homes", "leases", "applications")
KIND = ("commune", "rooms")
TOLD = ("first", "median", "last", "housed_first", "housed_last")


def protected(territory: Territory, *, progress: Progress = silent) -> Table:
    """Waits in a territory by commune, rooms and, where both sides hold enough, priority.

    Rows: `release.tables.PUBLISHED`, then `first`, `median`, `last` of all who ask and `housed_first`, `housed_last` of
    those housed, in days rounded up (see `waiting.ranges`), and `no_letting`, not 0 where nothing was let in the twelve
    months before the reference date: such a cell is of one commune and size that enough households ask for. Raises
    BadInput when the territory has no leases or applications.
    """
    day, threshold = territory.reference_date, Rules.of("households").threshold
    homes, leases, applications = (_table(territory, name) for name in SOURCES)
    progress("waiting times", 0, 2)
    found = _here(spells(leases, homes, applications, day - WINDOW, day), homes, day)
    lately = housed(leases, homes, day - YEAR, day)
    placed, cells = _partition(found, lately, threshold)
    progress("waiting times", 1, 2)
    told = ranges(placed, ["cell"], lately.join(_keys(placed), on=CELL, how="inner"))
    quiet = cells.filter("quiet")["cell"].implode()
    values = told.select(
        "cell",
        *(pl.when(pl.col("no_letting")).then(None).otherwise(name).alias(name) for name in TOLD),
        pl.col("no_letting").cast(pl.Int32),
    )
    behind = placed.filter(pl.col("housed") | pl.col("cell").is_in(quiet)).select("cell")
    facts = _facts(territory, _tested(backtest(leases, homes, applications, day - YEAR, day), threshold))
    progress("waiting times", 2, 2)
    return protect_table(behind, cells.drop("quiet"), values, step=STEP, threshold=threshold, facts=facts)


def _table(territory: Territory, name: str) -> pl.DataFrame:
    if not territory.has(name):
        raise BadInput(f"has no {name}: waiting times need them", file=territory.path)
    return territory.table(name).collect()


def _here(found: pl.DataFrame, homes: pl.DataFrame, day: date) -> pl.DataFrame:
    """The spells in communes that the territory has homes in: of another one it does not see all the leases."""
    everywhere = homes.select("home_id", "commune", "rooms").with_columns(
        signed=pl.lit(day), waited=pl.lit(0, pl.Int32), priority=False
    )
    communes = housed(everywhere, homes, day, day)["commune"].unique()
    return found.filter(pl.col("commune").is_in(communes.implode()))


def _partition(found: pl.DataFrame, lately: pl.DataFrame, threshold: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The spells with the `cell` that each is published in, and those cells: `PUBLISHED`, `cell`, `quiet`.

    A commune and size that nothing was let in lately is a quiet cell when enough ask for it. All others that something
    was let in are merged until enough were housed; what lies between sizes that must be merged is merged with them.
    Spells of no published cell are left out.
    """
    asked = found.filter(~pl.col("housed")).group_by(KIND).len("n").filter(pl.col("n") >= threshold)
    quiet = asked.select(KIND).join(lately.select(KIND), on=KIND, how="anti")
    never = found.select(KIND).unique().join(found.filter("housed").select(KIND), on=KIND, how="anti")
    counts = found.group_by(CELL).agg(n=pl.col("housed").sum().cast(pl.Int64)).join(_epcis(), on="commune", how="left")
    counts = counts.with_columns(pl.col("epci").fill_null(pl.col("commune")))
    apart = pl.concat([quiet, never]).unique()
    while True:
        cells = merged(counts.join(apart, on=KIND, how="anti"), threshold).drop_nulls("cell")
        spanned = _spanned(apart, cells)
        if spanned.is_empty():
            break
        apart = apart.join(spanned, on=KIND, how="anti")
    quiet = quiet.join(apart, on=KIND, how="semi")
    keys = pl.concat([cells.select(*CELL, "cell"), _quiet_keys(counts, quiet, cells)])
    published = pl.concat([_published(cells).with_columns(quiet=False), _quiet_cells(counts, quiet, cells)])
    return found.join(keys, on=CELL, how="inner"), published


def _epcis() -> pl.DataFrame:
    return Communes.shipped().lookup.select("epci", commune="code").unique("commune")


def _published(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.select("cell", *list(PUBLISHED)[:4], priority="told_priority").unique("cell").sort("cell")


def _spanned(apart: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """The communes and sizes that a run of merged sizes goes across."""
    runs = _published(cells).explode("communes", empty_as_null=False)
    both = apart.join(runs, left_on="commune", right_on="communes", how="inner")
    return both.filter(pl.col("rooms").is_between("rooms_from", "rooms_to")).select(KIND).unique()


def _numbered(quiet: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    after = -1 if cells.is_empty() else int(cells["cell"].max())  # type: ignore[arg-type]
    return quiet.sort(KIND).with_columns(cell=pl.int_range(pl.len(), dtype=pl.Int64) + after + 1)


def _quiet_keys(counts: pl.DataFrame, quiet: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    return counts.select(CELL).join(_numbered(quiet, cells), on=KIND, how="inner").select(*CELL, "cell")


def _quiet_cells(counts: pl.DataFrame, quiet: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    epcis = counts.select("commune", "epci").unique()
    return _numbered(quiet, cells).join(epcis, on="commune", how="left").select(
        "cell",
        "epci",
        pl.concat_list("commune").alias("communes"),
        pl.col("rooms").alias("rooms_from"),
        pl.col("rooms").alias("rooms_to"),
        pl.lit(None, pl.Boolean).alias("priority"),
        pl.lit(True).alias("quiet"),
    )  # fmt: skip


def _keys(placed: pl.DataFrame) -> pl.DataFrame:
    return placed.select(*CELL, "cell").unique()


def _tested(found: Backtest, threshold: int) -> dict[str, Any] | None:
    """What the page says of the back-test: whole percents and tens of leases; nothing when a quarter holds too few."""
    if found.covered is None or found.below is None or found.leases < 4 * threshold:
        return None
    return {
        "day": found.day.isoformat(),
        "leases": found.leases // TENS * TENS,
        "covered": round(100 * found.covered),
        "below": round(100 * found.below),
        "expected": round(found.expected) // TENS * TENS,
        "observed": found.observed // TENS * TENS,
    }


def _facts(territory: Territory, tested: Mapping[str, Any] | None) -> dict[str, Any]:
    origins = {name: territory.table(name).select(pl.col("origin").cast(pl.String).unique()).collect().to_series()
               for name in ("leases", "applications")}  # fmt: skip
    sources = [one for one in territory.facts.get("sources", []) if one.get("table") in SOURCES]
    return {
        "territory": territory.name,
        "reference_date": territory.reference_date.isoformat(),
        "from": (territory.reference_date - WINDOW).isoformat(),
        "year_from": (territory.reference_date - timedelta(days=YEAR.days)).isoformat(),
        "backtest": tested,
        "synthetic": any("synthetic" in found for found in origins.values()),
        "sources": sources,
        "licence": territory.facts.get("licence"),
    }
