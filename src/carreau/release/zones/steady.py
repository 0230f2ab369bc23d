"""Zones that may be exact beside earlier releases: what changes in a part of a unit must not look like a small region.

A zone that cuts a unit, less the number that an earlier release told of the unit, is a number of no year; by moves
alone it may be 1 to 10. Nobody learns from it what both years do not tell when the zone was told exactly in the earlier
release too, and the units in it are the same.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from carreau.places.grid import cell_ids
from carreau.release.partition.drawn import CELL_KEY
from carreau.release.previous import Former
from carreau.release.zones.rows import Truths


def steady(homes: pl.DataFrame, name: str, labels: pl.Series, former: Sequence[Former]) -> Truths:
    """By zone of a zoning whether it is made of whole units, or was exact in every earlier release with the same ones.

    `homes` as in `zone_tables`, `labels` the names of the zones.
    """
    if not former:
        return np.ones(len(labels), np.bool_)
    zone = pl.col(name).cast(pl.String)
    over = pl.col("unit_id").is_not_null() & (zone.fill_null("").n_unique().over("unit_id") == 1)
    placed = homes.with_columns(zone=zone, whole=over, cell=cell_ids(*(pl.col(key) for key in CELL_KEY)))
    whole = placed.drop_nulls("zone").group_by("zone").agg(pl.col("whole").all())
    allowed = set(whole.filter("whole")["zone"])
    allowed |= set.intersection(*(_as_before(placed, name, one) for one in former))
    return np.array([label in allowed for label in labels.to_list()], np.bool_)


def _as_before(placed: pl.DataFrame, name: str, former: Former) -> set[str]:
    if name not in former.zones:
        return set()
    now = placed.drop_nulls("zone").select("cell", "zone").unique()
    then = former.zones[name].rename({"cell_id": "cell"})
    units = placed.drop_nulls("unit_id").select("cell", unit="unit_id").unique()
    before = former.cells.select(cell=cell_ids(*(pl.col(key) for key in CELL_KEY)), unit="unit_id")
    same = _alike(units, before, "unit")
    cut = placed.drop_nulls("zone").group_by("zone").agg(
        pl.col("unit_id").is_in(list(same)).fill_null(value=False).all().alias("kept")
    )  # fmt: skip
    return _alike(now, then, "zone") & set(cut.filter("kept")["zone"])


def _alike(now: pl.DataFrame, then: pl.DataFrame, by: str) -> set[str]:
    """Those of the same cells in both frames, by the name that they have now."""
    cells = pl.col("cell").sort().str.join(" ")
    mine, theirs = (table.group_by(by).agg(cells) for table in (now, then))
    on = ["cell"] if by == "unit" else [by, "cell"]
    return set(mine.join(theirs, on=on, how="semi")[by].to_list())
