"""What follows from where a method did not divide: some part of a unit holds too few, and perhaps only one can."""

from collections import Counter
from itertools import pairwise

import numpy as np
import polars as pl

from carreau.attack.findings import SMALL, Finding, Term
from carreau.attack.published import Table
from carreau.places.grid import CELL, parent, parse_cell_ids

DIVISIONS = {
    "natural": (64_000, 32_000, 16_000, 8_000, 4_000, 2_000, 1_000, CELL),
    "quadtree": tuple(CELL * 2**level for level in range(9, -1, -1)),
}
"""The sides of the squares of each method, whose inhabited parts all hold 11 or more where it divides."""
SHAPES = ("finest",)
"""Methods that keep a cell of 11 or more by itself unless a neighbour needs it."""


def undivided(table: Table, homes: pl.DataFrame, searched: Counter[str]) -> list[Finding]:
    """The only part of a unit that can hold 1 to 10, where the open register does not say so already.

    `homes`: `cell` and `homes`, how many the open register has there. A part holds no more than its homes, and no less
    than the unit has more than the homes of the other parts.
    """
    if table.units is None or table.count != "households" or table.method not in (*DIVISIONS, *SHAPES):
        return []
    parts = _parts(table, homes)
    low, high = table.base
    told = pl.DataFrame({"zone": np.arange(len(low)), "low": low, "high": high})
    bounded = parts.join(told, on="zone").with_columns(
        least=(pl.col("low") - pl.col("homes").sum().over("zone") + pl.col("homes")).clip(lower_bound=0),
        most=pl.min_horizontal("homes", "high"),
        parts=pl.len().over("zone"),
    )
    divisible = bounded.filter(pl.col("parts") > 1)
    searched["units that could have been divided"] += divisible["zone"].n_unique()
    able = divisible.filter((pl.col("most") >= 1) & (pl.col("least") <= SMALL))
    alone = able.filter((pl.len().over("zone") == 1) & (pl.col("homes") > SMALL))
    if table.method in SHAPES:  # such a part may hold nobody at all
        alone = alone.filter(pl.col("least") >= 1)
    return [
        Finding(
            "small", "undivided", table.count, max(1, int(row["least"])), SMALL, tuple(sorted(row["cells"])),
            (Term(1, table.name, table.zones[row["zone"]], int(row["low"]), int(row["high"])),), False, table.count,
        )
        for row in alone.sort("zone").iter_rows(named=True)
    ]  # fmt: skip


def _parts(table: Table, homes: pl.DataFrame) -> pl.DataFrame:
    """The parts that each unit would have been divided into: `zone`, `homes`, `cells`."""
    cells = table.cells.join(homes, on="cell")
    if table.method in SHAPES:
        return cells.select("zone", "homes", cells=pl.concat_list("cell"))
    assert table.units is not None
    assert table.method is not None
    sizes = DIVISIONS[table.method]
    below = dict(pairwise(sizes))
    side = table.units["size"].cast(pl.Int64)
    corners = parse_cell_ids(cells["cell"])
    placed = cells.with_columns(
        *corners.select("cell_north", "cell_east"), size=pl.Series(side.to_numpy()[cells["zone"].to_numpy()])
    )
    found = []
    for size, part in below.items():
        north, east = parent(pl.col("cell_north"), pl.col("cell_east"), part)
        inside = placed.filter(pl.col("size") == size)
        found.append(inside.group_by("zone", north=north, east=east).agg(pl.col("homes").sum(), cells=pl.col("cell")))
    return pl.concat(found).select("zone", "homes", "cells")
