"""The gate: a statistic leaves Carreau only as a `Release`, and only `protect` makes one."""

from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from types import MappingProxyType
from typing import Any

import polars as pl

from carreau.outputs import digest
from carreau.places.grid import CELL, cell_ids
from carreau.release.homes import of_homes
from carreau.release.indicators import READ_FROM, Indicator
from carreau.release.ledger import Ledger
from carreau.release.partition.drawn import CELL_KEY, Drawn, refuse_overlaps
from carreau.release.previous import AS_OF, Former
from carreau.release.publications import CHANGED, HASHES, units_in_time, zones_in_time
from carreau.release.rules import Rules
from carreau.release.traits import exact, told, winsorised
from carreau.release.zones.tables import ZoneTable, zone_tables

_GATE = object()


@dataclass(frozen=True, eq=False)
class Release:
    """A protected release: made by `protect`, read by everybody, written by `exports.write`.

    `facts` says what it is (method, count, threshold, territory, reference date, licence, synthetic, sources, rules).
    `digest`: SHA-256 of the units, cells, bridges and tables of zones when made (see `carreau.outputs.digest`).
    `withheld` is for the operator alone: how many of those counted are in no published unit; so are `quality` (see
    `Drawn`) and `entries`, those of the ledger for the rows that are told for the first time. They are in no export and
    in no digest.
    """

    facts: Mapping[str, Any]
    indicators: tuple[Indicator, ...]
    withheld: int = field(repr=False)
    quality: Mapping[str, float] = field(repr=False)
    entries: pl.DataFrame = field(repr=False)
    _units: pl.DataFrame = field(repr=False)
    _cells: pl.DataFrame = field(repr=False)
    _bridges: pl.DataFrame | None = field(repr=False)
    _changes: pl.DataFrame = field(repr=False)
    zones: Mapping[str, ZoneTable] = field(repr=False)
    digest: str = field(init=False)
    gate: InitVar[object]

    def __post_init__(self, gate: object) -> None:
        if gate is not _GATE:
            raise TypeError("a Release is made by carreau.release.gate.protect only")
        object.__setattr__(self, "facts", MappingProxyType(dict(self.facts)))
        object.__setattr__(self, "zones", MappingProxyType(dict(self.zones)))
        object.__setattr__(self, "digest", self._counted())

    @property
    def units(self) -> pl.DataFrame:
        """One row a published unit: `unit_id`, `crs`, `size`, `north`, `east` (metres), the count, the indicators.

        A unit is the square of `size` at that corner, or, when the method makes other shapes, as many cells as `cells`
        says inside that square: those of the tables `cells` and `bridges`. `size` is 200 for single cells only.
        Counts and persons are intervals `_low`, `_high`, both ends included; a mean is null when withheld, and any
        number where something is unknown of a household there. Numbers of homes are exact. The whole row is as of the
        day `as_of`; `changed` says how many households came or went since it was told before (null: it was not).
        """
        return self._units.clone()

    @property
    def cells(self) -> pl.DataFrame:
        """One row a 200 m cell with located homes in a published unit: `cell_id`, `unit_id`."""
        return self._cells.clone()

    @property
    def bridges(self) -> pl.DataFrame | None:
        """The cells without located homes that hold units together, as `cells`; None when all units are squares."""
        return None if self._bridges is None else self._bridges.clone()

    @property
    def changes(self) -> pl.DataFrame:
        """How many households came or went since each earlier row of a unit: `unit_id`, `since`, `households`."""
        return self._changes.clone()

    @property
    def count(self) -> str:
        """What the units count: `households` or `homes`."""
        return str(self.facts["count"])

    @property
    def share_at_200m(self) -> float:
        """The part of those published who are in units of 200 m; 0 when nothing is published."""
        total = int(self._units[self.count].sum())
        return int(self._units.filter(pl.col("size") == CELL)[self.count].sum()) / total if total else 0.0

    @property
    def exact_values_share(self) -> float:
        """The part of the units' numbers that are told exactly, a mean when it is told at all; 1 without indicators.

        Each band of a distribution is a number; what the open register tells anyway does not count.
        """
        asked = [one for one in self.indicators if not one.open]
        told = [
            int(self._units.select((pl.col(one.columns[0]) == pl.col(one.columns[-1])).sum()).item()) for one in asked
        ]
        return sum(told) / (len(asked) * self._units.height) if asked and self._units.height else 1.0

    @property
    def intact(self) -> bool:
        """Whether the tables are still those that the gate let through."""
        return self._counted() == self.digest

    def _counted(self) -> str:
        bridges = {} if self._bridges is None else {"bridges": self._bridges}
        zones = {f"zones/{name}{end}": t for name, one in self.zones.items() for end, t in one.frames.items()}
        return digest({"units": self._units, "cells": self._cells, "changes": self._changes, **bridges, **zones})


def protect(
    rows: pl.DataFrame,
    drawn: Drawn,
    *,
    indicators: tuple[Indicator, ...],
    rules: Rules,
    facts: Mapping[str, Any],
    homes: pl.DataFrame | None = None,
    belonging: pl.DataFrame | None = None,
    former: Sequence[Former] = (),
    ledger: Ledger | None = None,
) -> Release:
    """Let through what may be told of `rows`, one a household or home with its cell (`CELL_KEY`) and exact values.

    `drawn.cells` are those with located homes, which the open register tells. `facts["count"]` names what a row is. A
    unit with fewer rows than the threshold is not published, nor is any figure that would tell how many are not.
    `homes` is needed by indicators on homes: one row each with its cell and values (`located.home_values`).
    `belonging` (`zones.belonging`) asks for tables of zones beside the units; the rows then name their `home_id`.
    `former` are earlier releases, the latest first, beside which rows are renewed or stay (see `publications`), and
    `ledger` says who was counted there; the rows then name their `household_id` and `moved_in` too.

    Raises ValueError when two units share a cell, when units do not fit their cells, or when a row is in no drawn cell.
    """
    if indicators and facts["count"] != "households":
        raise ValueError("indicators describe households; a release of homes has none")
    of_people = tuple(one for one in indicators if one.kind != "homes")
    if homes is None and len(of_people) < len(indicators):
        raise ValueError("indicators on homes need the homes")
    refuse_overlaps(drawn)
    placed = rows.join(drawn.cells, on=CELL_KEY, how="inner", validate="m:1")
    if placed.height != rows.height:
        raise ValueError("a row is in a cell that was not drawn")
    placed = winsorised(placed, rules)
    sums = exact(placed.drop_nulls("unit_id"), "unit_id", of_people, rules)
    sums = sums.filter(pl.col("n") >= rules.least)
    if homes is not None:
        of_units = of_homes(homes, drawn.cells, [one for one in indicators if one.kind == "homes"])
        sums = sums.join(of_units, on="unit_id", how="left", validate="1:1")
    units = drawn.units.join(sums, on="unit_id", validate="1:1").select(
        *drawn.units.columns,
        pl.lit(_as_of(facts, former)).alias(AS_OF),
        pl.lit(None, pl.Int32).alias(CHANGED),
        pl.col("n").cast(pl.Int32).alias(facts["count"]),
        *(column for indicator in indicators for column in told(indicator, rules)),
    )
    day = _as_of(facts, former)
    if facts["count"] != "households":  # homes are in the open register whenever it is read
        former, ledger = (), None
    beside = former if rules.holds("previous") else ()
    if not rules.holds("renewal"):
        former, ledger = (), None
    hashed = _hashed(placed, indicators, ledger)
    living = hashed.drop_nulls("unit_id").select("unit_id", *HASHES)
    units, entries, changes = units_in_time(
        units, living, drawn, former=former, ledger=ledger, indicators=indicators, rules=rules
    )
    quality = dict(drawn.quality)
    if former:
        fresh = living.join(units.filter(pl.col(AS_OF) == day), on="unit_id", how="semi")
        quality["renewed"] = fresh.height / max(1, living.height)
    zones: Mapping[str, ZoneTable] = {}
    if belonging is not None:
        zones = _zones_of(belonging, rows, drawn, units, indicators, rules, facts["count"], beside)
        placed_in = hashed.join(belonging.drop(CELL_KEY), on="home_id", how="left")
        older = _cells_of(drawn.cells, units.filter(pl.col(AS_OF) != day)).select("cell_id")
        zones, more = zones_in_time(
            zones, placed_in, older, count=facts["count"], as_of=day, former=former, ledger=ledger, rules=rules
        )
        entries = pl.concat([entries, more])
    return Release(
        facts={**facts, "protections_off": sorted(rules.off)} if rules.off else facts,
        indicators=indicators,
        withheld=rows.height - placed.join(units, on="unit_id", how="semi").height,
        quality=MappingProxyType(quality),
        entries=entries if ledger is not None else entries.clear(),
        _units=units.sort("crs", "north", "east", "unit_id"),
        _cells=_cells_of(drawn.cells, units),
        _bridges=None if drawn.squares else _cells_of(drawn.bridges, units),
        _changes=changes,
        zones=zones,
        gate=_GATE,
    )


def _as_of(facts: Mapping[str, Any], former: Sequence[Former]) -> str:
    """The day of a row that is new; a later edition of the same day says which it is."""
    day = str(facts.get("reference_date", ""))
    edition = sum(one.date == day for one in former)
    return f"{day} ({edition + 1})" if edition else day


def _hashed(placed: pl.DataFrame, indicators: tuple[Indicator, ...], ledger: Ledger | None) -> pl.DataFrame:
    """With what the ledger knows households by; without one, with nothing of use."""
    if ledger is None:
        return placed.with_columns(pl.lit(0, pl.UInt64).alias(name) for name in HASHES)
    read = {READ_FROM.get(one.name, one.name) for one in indicators if one.kind != "homes"}
    return placed.hstack(ledger.hashed(placed, sorted(read & {*placed.columns})))


def _zones_of(
    belonging: pl.DataFrame, rows: pl.DataFrame, drawn: Drawn, units: pl.DataFrame, indicators: tuple[Indicator, ...],
    rules: Rules, count: str, former: Sequence[Former],
) -> dict[str, ZoneTable]:  # fmt: skip
    zonings = [name for name in belonging.columns if name not in ("home_id", *CELL_KEY)]
    counted = rows.group_by("home_id").agg(n=pl.len())
    homes = belonging.join(counted, on="home_id", how="left").group_by(*CELL_KEY, *zonings)
    alike = homes.agg(pl.col("n").sum(), homes=pl.len())
    held = rows.join(drawn.cells, on=CELL_KEY).group_by("unit_id").agg(n=pl.len()).filter(pl.col("n") >= rules.least)
    published = drawn.cells.join(units, on="unit_id", how="semi").join(held, on="unit_id", how="semi")
    placed = alike.join(published, on=CELL_KEY, how="left")
    return zone_tables(
        placed, units, zonings=zonings, count=count, indicators=indicators, threshold=rules.beside,
        former=former,
    )  # fmt: skip


def _cells_of(cells: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """The cells of published units. That a home is there is open; that it is let is not."""
    placed = cells.join(units, on="unit_id", how="semi")
    named = placed.select(cell_id=cell_ids(*(pl.col(name) for name in CELL_KEY)), unit_id="unit_id")
    return named.sort("unit_id", "cell_id")
