"""Which rows a release tells: those that may be renewed, and elsewhere the row that was published before.

What a row is about is known by its `shape`: the cells of a unit, the empty ones too, or the square that it is; or a
zone, its zoning and its cells. Rows of units are compared with rows of units, those of a zoning with its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

import polars as pl

from carreau.places.grid import cell_ids
from carreau.release.indicators import Indicator
from carreau.release.ledger import ENTRIES, Ledger
from carreau.release.partition.drawn import CELL_KEY, Drawn
from carreau.release.previous import AS_OF, CHANGES, Former
from carreau.release.renewal import NOW, renewable
from carreau.release.rules import Rules
from carreau.release.zones.tables import ZoneTable

CHANGED = "changed"
HASHES = ("home", "stay", "household", "facts")
KEPT = ("shape", *HASHES)
"""What the ledger keeps of each household in a row that is told for the first time."""
MARK = 16
ZONING = r"^(.*?)/"
"""What the shape of a zone begins with, and no other."""
BEFORE = pl.Schema({"shape": pl.String(), "release": pl.String(), AS_OF: pl.String()})

Published = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]
"""The rows to publish, the entries (`KEPT`) of those that are new, and of these by `shape` what `CHANGES` says."""


def units_in_time(
    units: pl.DataFrame, households: pl.DataFrame, drawn: Drawn, *, former: Sequence[Former], ledger: Ledger | None,
    indicators: Sequence[Indicator], rules: Rules,
) -> Published:  # fmt: skip
    """The rows of units, their entries, and `CHANGES`. `units` are those that could be told now.

    `households`: those who live in the units of `drawn`, `unit_id` and `HASHES`. `former`: earlier releases, the latest
    first. Without `ledger` the rows of theirs stay, and no unit is new: who moved into one is not known. A unit over
    which another shape was told is never renewed.
    """
    named = shapes(drawn.cells.drop_nulls("unit_id"), drawn.bridges, squares=drawn.squares)
    found = [pl.DataFrame(schema=BEFORE)]
    for one in former:
        mine = shapes(one.cells, one.bridges, squares=one.squares)
        found.append(one.rows.join(mine, on="unit_id").with_columns(release=pl.lit(one.digest)))
    before = pl.concat(found, how="diagonal_relaxed").join(named, on="shape", how="semi")
    entries = households.join(named, on="unit_id").select(KEPT)
    fresh, stays = units.join(named, on="unit_id"), _redrawn(named, drawn, former)
    if ledger is not None and not {one.digest for one in former} <= {*ledger.entries["release"]}:
        fresh = fresh.join(before, on="shape", how="semi")  # who moved into another is known only in part
    free = fresh if not former and ledger is None else fresh.clear()
    told, new, changes = _in_time(fresh, entries, before, stays, free["shape"], ledger, indicators, rules)
    mine = changes.join(named, on="shape").select(list(CHANGES))
    kept = told.join(mine, on="unit_id", how="anti").select("unit_id")
    latest = [one.changes.join(kept, on="unit_id", how="semi") for one in former]
    known = pl.concat([mine.cast(CHANGES), *latest]).unique(["unit_id", "since"], keep="first", maintain_order=True)
    return told, new, known.sort("unit_id", "since")


def zones_in_time(
    tables: Mapping[str, ZoneTable], households: pl.DataFrame, older: pl.DataFrame, *, count: str, as_of: str,
    former: Sequence[Former], ledger: Ledger | None, rules: Rules,
) -> tuple[dict[str, ZoneTable], pl.DataFrame]:  # fmt: skip
    """The tables with the rows of their exact zones, and the entries of those that are new.

    `households`: all that are counted, `HASHES` and the zone of each zoning. `older`: the cells (`cell_id`) of units
    whose row stays; the row of a zone over one of them stays too, since what it tells less that row is of no year.
    """
    found, new = {}, [pl.DataFrame(schema={name: ENTRIES[name] for name in KEPT})]
    for name, table in tables.items():
        rows = table.exact.with_columns(pl.lit(as_of).alias(AS_OF), pl.lit(None, pl.Int32).alias(CHANGED))
        fresh = rows.join(_zone_shapes(name, table.cells), on="zone")
        before = [pl.DataFrame(schema=BEFORE)]
        for one in former:
            if name in one.exact:
                mine = _zone_shapes(name, one.zones[name])
                before.append(one.exact[name].join(mine, on="zone").with_columns(release=pl.lit(one.digest)))
        living = households.select(pl.col(name).cast(pl.String).alias("zone"), *HASHES[:3], facts=pl.lit(0, pl.UInt64))
        entries = living.join(fresh.select("zone", "shape"), on="zone").select(KEPT)
        earlier = pl.concat(before, how="diagonal_relaxed").join(fresh, on="shape", how="semi")
        stays = fresh.join(table.cells.join(older, on="cell_id", how="semi"), on="zone", how="semi").select("shape")
        new_zones = fresh.join(earlier, on="shape", how="anti")["shape"]  # of which a number alone is told
        told, kept, _ = _in_time(fresh, entries, earlier, stays, new_zones, ledger, (), rules)
        found[name] = replace(table, exact=told.select("zone", count, AS_OF, CHANGED).sort("zone"))
        new.append(kept)
    return found, pl.concat(new)


def _in_time(
    fresh: pl.DataFrame, entries: pl.DataFrame, before: pl.DataFrame, stays: pl.DataFrame, free: pl.Series,
    ledger: Ledger | None, indicators: Sequence[Indicator], rules: Rules,
) -> Published:  # fmt: skip
    """`stays` are the shapes whose row may not be renewed, `free` those whose row is told anyhow."""
    latest = before.unique("shape", keep="first", maintain_order=True)
    told = set(free)
    changes = pl.DataFrame(schema={"shape": pl.String, "since": pl.String, "households": pl.Int32})
    if ledger is not None:
        everybody, unclear = _everybody(entries, fresh, ledger)
        again = fresh.join(latest, on="shape", how="semi").join(stays, on="shape", how="anti")
        again = again.join(_comparable(before, ledger), on="shape", how="semi").join(unclear, on="shape", how="anti")
        asked = pl.concat([again, fresh.join(latest, on="shape", how="anti")])
        told |= _renewed(asked, everybody, before, indicators, rules)
        moved = _came_or_went(everybody)
        least = moved.group_by("shape").agg(pl.col("households").min().alias(CHANGED))
        fresh = fresh.drop(CHANGED).join(least, on="shape", how="left", maintain_order="left").select(fresh.columns)
        dated = moved.join(before.select("shape", "release", since=AS_OF), on=["shape", "release"])
        changes = dated.filter(pl.col("shape").is_in(sorted(told))).select(changes.columns)
    mine = pl.col("shape").is_in(sorted(told))
    kept = latest.filter(~mine)
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in fresh.schema.items() if name not in kept.columns]
    kept = kept.with_columns(missing).select(pl.col(name).cast(dtype) for name, dtype in fresh.schema.items())
    return pl.concat([fresh.filter(mine), kept]).drop("shape"), entries.filter(mine), changes


def shapes(cells: pl.DataFrame, bridges: pl.DataFrame, *, squares: bool) -> pl.DataFrame:
    """The shape of each unit: `unit_id`, `shape`. `cells` and `bridges`: `CELL_KEY`, `unit_id`."""
    if squares:
        return cells.select("unit_id", shape="unit_id").unique()
    names = pl.concat([one.select("unit_id", cell=cell_ids(*map(pl.col, CELL_KEY))) for one in (cells, bridges)])
    return _marked(names, "unit_id")


def _zone_shapes(name: str, cells: pl.DataFrame) -> pl.DataFrame:
    named = _marked(cells.select(pl.col("zone").cast(pl.String), cell="cell_id"), "zone")
    return named.with_columns(shape=pl.format("{}/{}/{}", pl.lit(name), "zone", "shape"))


def _marked(cells: pl.DataFrame, by: str) -> pl.DataFrame:
    """A mark of the cells of each region."""
    whole = cells.group_by(by).agg(pl.col("cell").sort().str.join(" "))
    marks = [sha256(one.encode()).hexdigest()[:MARK] for one in whole["cell"]]
    return whole.select(by, pl.Series("shape", marks, dtype=pl.String))


def _comparable(before: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """The shapes of which each row ever published is both in the ledger and among the former releases."""
    known = ledger.entries.join(before, on="shape", how="semi").select("shape", "release").unique()
    dated = before.join(known, on=["shape", "release"], how="semi").select("shape", AS_OF).unique()
    unknown = before.join(dated, on=["shape", AS_OF], how="anti").select("shape")
    absent = known.join(before, on=["shape", "release"], how="anti").select("shape")
    return dated.select("shape").unique().join(pl.concat([unknown, absent]), on="shape", how="anti")


def _redrawn(named: pl.DataFrame, drawn: Drawn, former: Sequence[Former]) -> pl.DataFrame:
    """The shapes that another one of an earlier release overlaps: the two would be compared."""
    mine = pl.concat([drawn.cells.drop_nulls("unit_id"), drawn.bridges]).join(named, on="unit_id")
    met = [named.clear().select("shape")]
    for one in former:
        their = shapes(one.cells, one.bridges, squares=one.squares).rename({"shape": "other"})
        over = pl.concat([one.cells, one.bridges]).join(their, on="unit_id").select(*CELL_KEY, "other")
        both = mine.join(over, on=CELL_KEY)
        met.append(both.filter(pl.col("shape") != pl.col("other")).select("shape"))
    return pl.concat(met).unique()


def _everybody(entries: pl.DataFrame, fresh: pl.DataFrame, ledger: Ledger) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The entries of all rows of a table, those of now too, and the shapes of which nobody can tell who moved.

    A household is who has its identifier. Where one stayed in its home since the same day under another identifier, or
    has its identifier there since another day, or where neither is known to be the same, the register may have numbered
    households anew, or corrected a date: then it cannot be told.
    """
    now = entries.with_columns(release=pl.lit(""), turn=pl.lit(NOW, pl.Int32)).select(ENTRIES.names())
    zoning = fresh["shape"].str.extract(ZONING).first() if fresh.height else None
    mine = ledger.entries.filter(pl.col("shape").str.extract(ZONING).eq_missing(pl.lit(zoning, pl.String)))
    both = now.join(mine, on=["shape", "home"], suffix="_then")
    same, stayed = pl.col("household") == pl.col("household_then"), pl.col("stay") == pl.col("stay_then")
    doubtful = (same & ~stayed.fill_null(value=True)) | (~same & stayed.fill_null(value=True))
    every = pl.concat([mine, now]).with_columns(stay="household")
    return every.unique(["shape", "turn", "stay"], maintain_order=True), both.filter(doubtful).select("shape").unique()


def _renewed(
    asked: pl.DataFrame, everybody: pl.DataFrame, before: pl.DataFrame, indicators: Sequence[Indicator], rules: Rules
) -> set[str]:
    """The shapes of `asked` that pass the rule of time. Whoever lives in another row moved: those count too."""
    turns = everybody.filter(pl.col("turn") != NOW).select("shape", "release", "turn").unique()
    columns = [column for one in indicators for column in one.columns if one.kind in ("count", "band")]
    missing = [pl.lit(None, pl.Int32).alias(name) for name in columns if name not in before.columns]
    then = before.with_columns(missing).join(turns, on=["shape", "release"]).select("shape", "turn", *columns)
    now = asked.select("shape", pl.lit(NOW, pl.Int32).alias("turn"), *columns)
    told = pl.concat([then, now], how="vertical_relaxed")
    return renewable(everybody, told, indicators, rules) & set(asked["shape"])


def _came_or_went(everybody: pl.DataFrame) -> pl.DataFrame:
    """How many households came or went since each row of a shape was told: `shape`, `release`, `households`."""
    now = everybody.filter(pl.col("turn") == NOW).select("shape", "stay", now=True)
    then = everybody.filter(pl.col("turn") != NOW).select("shape", "release", "stay", was=True)
    here = then.select("shape", "release").unique().join(now, on="shape")
    both = here.join(then, on=["shape", "release", "stay"], how="full", coalesce=True)
    moved = pl.col("now").is_null() | pl.col("was").is_null()
    return both.group_by("shape", "release").agg(households=moved.sum().cast(pl.Int32))
