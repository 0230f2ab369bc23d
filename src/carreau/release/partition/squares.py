"""Squares inside squares: the finest that all hold enough.

Squares of the largest size are aligned on the grid's origin. A square gives way to the squares inside it only if every
inhabited one of them holds at least the threshold.
"""

from collections.abc import Sequence

import polars as pl

from carreau.errors import BadInput
from carreau.places.grid import parent


def divide(cells: pl.DataFrame, threshold: int, sizes: Sequence[int]) -> pl.DataFrame:
    """The unit of each cell: `cells` with `unit_size`, `unit_north`, `unit_east` (Int32, metres) added, in its order.

    `cells` has `cell_crs`, `cell_north`, `cell_east` (one row a cell) and `base`, the number counted there. A cell with
    none is not inhabited. It has no unit (null), like every cell of a largest square that holds less than `threshold`.
    `sizes` go down to that of a cell; each divides the one before.

    Raises BadInput when a cell appears twice, when `base` is null or negative, or when `threshold` is below 1.
    """
    refuse(cells, threshold)
    leaves = cells.filter(pl.col("base") > 0).select(
        crs="cell_crs", north="cell_north", east="cell_east", base=pl.col("base").cast(pl.Int64)
    )
    decided = _descend(_levels(leaves, threshold, sizes), threshold, sizes)
    units = decided.rename({"crs": "cell_crs", "north": "cell_north", "east": "cell_east"}).drop("base", "parts_hold")
    return cells.join(units, on=["cell_crs", "cell_north", "cell_east"], how="left", maintain_order="left")


def refuse(cells: pl.DataFrame, threshold: int) -> None:
    """Raise BadInput when a cell appears twice, a count is null or negative, or the threshold is below 1."""
    if threshold < 1:
        raise BadInput(f"a threshold of {threshold} protects nobody; expected 1 or more")
    if cells.select("cell_crs", "cell_north", "cell_east").is_duplicated().any():
        raise BadInput("a cell appears twice; count each cell once before drawing the grid")
    if not cells["base"].is_not_null().all() or not (cells["base"] >= 0).all():
        raise BadInput("the number counted in a cell is missing or negative")


def _levels(leaves: pl.DataFrame, threshold: int, sizes: Sequence[int]) -> list[pl.DataFrame]:
    """The inhabited squares of each size, largest first: key, `base`, and whether all inhabited parts hold enough."""
    levels = [leaves.with_columns(parts_hold=pl.lit(value=False))]
    for size in reversed(sizes[:-1]):
        north, east = parent(pl.col("north"), pl.col("east"), size)
        level = (
            levels[-1]
            .group_by("crs", north, east)
            .agg(pl.col("base").sum(), parts_hold=(pl.col("base") >= threshold).all())
        )
        levels.append(level)
    return levels[::-1]


def _descend(levels: list[pl.DataFrame], threshold: int, sizes: Sequence[int]) -> pl.DataFrame:
    """Give each 200 m cell the largest square above it that does not give way; null when even that holds too few."""
    top = levels[0].filter(pl.col("base") >= threshold)
    above = _decide(top.with_columns(unit_size=None, unit_north=None, unit_east=None), sizes[0])
    for size, larger, level in zip(sizes[1:], sizes, levels[1:], strict=False):
        north, east = parent(pl.col("north"), pl.col("east"), larger)
        inherited = above.select(crs="crs", up_north="north", up_east="east", unit_size="unit_size",
                                 unit_north="unit_north", unit_east="unit_east")  # fmt: skip
        placed = level.with_columns(up_north=north, up_east=east).join(inherited, on=["crs", "up_north", "up_east"])
        above = _decide(placed.drop("up_north", "up_east"), size)
    return above


def _decide(squares: pl.DataFrame, size: int) -> pl.DataFrame:
    """Make each square that has no unit above it, and does not give way, a unit of its own."""
    own = pl.col("unit_size").is_null() & ~pl.col("parts_hold")
    return squares.with_columns(
        unit_size=pl.when(own).then(size).otherwise("unit_size").cast(pl.Int32),
        unit_north=pl.when(own).then("north").otherwise("unit_north").cast(pl.Int32),
        unit_east=pl.when(own).then("east").otherwise("unit_east").cast(pl.Int32),
    )
