"""The published tables of a zoning: what is told of its zones, and where they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from carreau.places.grid import cell_ids
from carreau.release.indicators import Indicator
from carreau.release.partition.drawn import CELL_KEY
from carreau.release.previous import Former
from carreau.release.zones.pieces import Pieces, cut
from carreau.release.zones.steady import steady
from carreau.release.zones.telling import EXACT, UNITS, WITHHELD, Told, tell

SUMS = ("count", "total", "band", "homes")
"""Kinds of indicators whose ends may be added up."""


@dataclass(frozen=True, eq=False)
class ZoneTable:
    """What a release tells of one zoning. Zones of one frame share no home.

    `exact`: `zone` and its own number. `cells`: `cell_id`, `zone`, `whole`: where the homes of those zones are; `whole`
    is false when other homes of the cell are in none of them. `units`: `zone`, the number and the indicators of all
    units mostly in it, and `units_cells` (`unit_id`, `zone`) which units: sums of what the grid tells.
    `told`: of every zone with homes `zone`, `told` (`exact`, `units` or `withheld`), `homes` and `homes_moved`: open.

    `why` is for the operator alone: why a zone is not exact, and the zones that a small region would follow from.
    """

    exact: pl.DataFrame
    cells: pl.DataFrame
    units: pl.DataFrame
    units_cells: pl.DataFrame
    told: pl.DataFrame
    why: Mapping[str, tuple[str, tuple[str, ...]]] = field(repr=False)

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """What is published, by what its file's name ends in."""
        return {"": self.exact, "_cells": self.cells, "_told": self.told,
                "_units": self.units, "_units_cells": self.units_cells}  # fmt: skip

    @property
    def figures(self) -> dict[str, int]:
        """How many zones are told in which way, and the homes on the wrong side of those that are not exact."""
        status = self.told["told"]
        counted = {name: int((status == name).sum()) for name in (EXACT, UNITS, WITHHELD)}
        return counted | {"homes_moved": int(self.told["homes_moved"].sum())}


def zone_tables(
    homes: pl.DataFrame, units: pl.DataFrame, *, zonings: Sequence[str], count: str,
    indicators: tuple[Indicator, ...], threshold: int, former: Sequence[Former] = (),
) -> dict[str, ZoneTable]:  # fmt: skip
    """The tables of each zoning beside published units, and beside earlier releases.

    `homes`: one row for those alike: `CELL_KEY`, `unit_id` (null: in no published unit), the zonings, `homes` (how many
    there are) and `n` (how many are counted there).
    """
    pieces = cut(homes, zonings)
    labels = zip(zonings, pieces.labels[1:], strict=True)
    told = tell(pieces, threshold, [steady(homes, name, own, former) for name, own in labels])
    return {
        name: _table(name, number, pieces, told[number - 1], homes, units, count, indicators)
        for number, name in enumerate(zonings, start=1)
    }


def _table(
    name: str, number: int, pieces: Pieces, told: Told, homes: pl.DataFrame, units: pl.DataFrame, count: str,
    indicators: tuple[Indicator, ...],
) -> ZoneTable:  # fmt: skip
    zones = pl.DataFrame(
        {
            "zone": pieces.labels[number],
            "told": pl.Series(told.status, dtype=pl.String),
            "homes": pieces.sums(number, pieces.homes),
            "homes_moved": told.homes_moved,
        }
    )
    numbers = pl.Series(count, pieces.sums(number, pieces.people), dtype=pl.Int32)
    most = pl.DataFrame({"unit_id": pieces.labels[0], "place": told.most}).filter(pl.col("place") >= 0)
    over = most.with_columns(zone=zones["zone"].gather(most["place"])).drop("place")
    exact = zones.select("zone", numbers).filter(zones["told"] == EXACT)
    return ZoneTable(
        exact=exact,
        cells=_cells(homes, name, exact["zone"]),
        units=_over_units(over, units, count, indicators),
        units_cells=over.sort("unit_id"),
        told=zones.select("zone", "told", "homes", "homes_moved"),
        why=told.why,
    )


def _cells(homes: pl.DataFrame, name: str, exact: pl.Series) -> pl.DataFrame:
    inside = pl.col(name).is_in(exact.implode())
    placed = homes.select(*CELL_KEY, zone=pl.when(inside).then(name)).unique()
    whole = placed.with_columns(whole=pl.col("zone").is_not_null().all().over(CELL_KEY)).drop_nulls("zone")
    return whole.select(cell_ids(*(pl.col(key) for key in CELL_KEY)).alias("cell_id"), "zone", "whole").sort(
        "zone", "cell_id"
    )


def _over_units(
    over: pl.DataFrame, units: pl.DataFrame, count: str, indicators: tuple[Indicator, ...]
) -> pl.DataFrame:  # fmt: skip
    """Sums over units: an indicator that one unit does not tell is not told of the zone, nor is one that is no sum."""
    summed = [column for one in indicators if one.kind in SUMS for column in one.columns]
    sums = [pl.when(pl.col(column).is_not_null().all()).then(pl.col(column).sum()) for column in summed]
    return (
        over.join(units, on="unit_id")
        .group_by("zone")
        .agg(pl.col(count).sum(), *(value.cast(pl.Int32).alias(c) for value, c in zip(sums, summed, strict=True)))
        .sort("zone")
    )
