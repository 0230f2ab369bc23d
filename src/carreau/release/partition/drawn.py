"""What every way of grouping gives: units that share no cell, and the unit of each cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from carreau.places.grid import CELL, cell_ids, parent

CELL_KEY = ("cell_crs", "cell_north", "cell_east")
SQUARE = ("cell_crs", "unit_size", "unit_north", "unit_east")


@dataclass(frozen=True, eq=False)
class Drawn:
    """Units and their cells.

    `units`: `unit_id`, `crs`, `size`, `north`, `east` (Int32): the lower-left corner and the side, in metres, of the
    square that the unit is (`squares`), or of the smallest one that it fits in; the side is 200 only for a single cell.
    Units that are no squares also have `cells`, how many they are made of. `cells`: `CELL_KEY` and `unit_id`, one row a
    cell that may hold somebody; null is in no unit. `bridges`: the same for the empty cells that hold a unit together.

    `quality` is for whoever draws: `gap`, the part of Σ households × cells of their unit that a better partition might
    save at most. It comes from counts that are not published, and must not be published either.
    """

    units: pl.DataFrame
    cells: pl.DataFrame
    bridges: pl.DataFrame
    squares: bool
    quality: Mapping[str, float] = field(default_factory=dict)


def of_squares(placed: pl.DataFrame, sizes: Sequence[int]) -> Drawn:
    """Take squares as units: `placed` as `squares.divide` gives it. A cell with nobody goes with the square over it."""
    known = placed.drop_nulls("unit_size").select(SQUARE).unique()
    cells = placed.select(CELL_KEY)
    over = units_over(cells, known, sizes)
    named = over.select(*CELL_KEY, unit_id=_square_id())
    units = known.select(
        unit_id=_square_id(), crs="cell_crs", size="unit_size", north="unit_north", east="unit_east"
    ).sort("crs", "north", "east", "size")
    return Drawn(
        units,
        cells.join(named, on=CELL_KEY, how="left", maintain_order="left"),
        named.clear(),
        squares=True,
    )


def of_shapes(
    cells: pl.DataFrame, bridges: pl.DataFrame, quality: Mapping[str, float], names: pl.DataFrame | None = None
) -> Drawn:
    """Take sets of cells as units: `CELL_KEY` and `unit`, any number below 0 for none.

    A unit is called as `names` says (`unit`, `unit_id`). Without, a unit of one cell is called as the cell; another
    after its first own cell, southernmost then westernmost, and the number of its cells.
    """
    first = cells.filter(pl.col("unit") >= 0).sort(CELL_KEY).group_by("unit", maintain_order=True).first()
    every = pl.concat([cells.select(*CELL_KEY, "unit"), bridges.select(*CELL_KEY, "unit")])
    north, east = pl.col("cell_north"), pl.col("cell_east")
    boxes = every.group_by("unit").agg(
        size=(pl.max_horizontal(north.max() - north.min(), east.max() - east.min()) + CELL).cast(pl.Int32),
        north=north.min(),
        east=east.min(),
        cells=pl.len().cast(pl.Int32),
        crs=pl.col("cell_crs").first(),
    )
    if names is None:
        name = cell_ids(*(pl.col(key) for key in CELL_KEY))
        called = pl.when(pl.col("cells") == 1).then(name).otherwise(pl.format("{}-{}", name, "cells"))
        names = boxes.join(first, on="unit").select("unit", unit_id=called)
    units = boxes.join(names, on="unit").select("unit", "unit_id", "crs", "size", "north", "east", "cells")
    placed, held = (
        table.join(units.select("unit", "unit_id"), on="unit", how="left").select(*CELL_KEY, "unit_id")
        for table in (cells, bridges)
    )
    return Drawn(
        units.drop("unit").sort("crs", "north", "east", "unit_id"), placed, held, squares=False, quality=quality
    )


def units_over(cells: pl.DataFrame, squares: pl.DataFrame, sizes: Sequence[int]) -> pl.DataFrame:
    """Each pair of a cell (`CELL_KEY`) and a square (`SQUARE`) that lies over it."""
    parts = [cells.clear().join(squares.clear(), on="cell_crs")]
    for size in sizes:
        north, east = parent(pl.col("cell_north"), pl.col("cell_east"), size)
        above = cells.with_columns(unit_size=pl.lit(size, pl.Int32), unit_north=north, unit_east=east)
        parts.append(above.join(squares, on=SQUARE, how="semi"))
    return pl.concat(parts)


def refuse_overlaps(drawn: Drawn) -> None:
    """Raise ValueError when units share a cell, or are not what their cells say: a smaller one could be derived.

    Squares lie over all their cells and over no cell of another; other units are connected by the sides of their cells.
    """
    cells = drawn.cells.select(*CELL_KEY, "unit_id")
    if pl.concat([cells, drawn.bridges.select(cells.columns)]).select(CELL_KEY).is_duplicated().any():
        raise ValueError("units share a cell: a smaller one could be derived")
    if drawn.squares:
        _refuse_nested_squares(drawn, cells)
    else:
        _refuse_torn_units(drawn)


def _refuse_nested_squares(drawn: Drawn, cells: pl.DataFrame) -> None:
    squares = drawn.units.select(
        "unit_id", cell_crs="crs", unit_size="size", unit_north="north", unit_east="east"
    )  # fmt: skip
    sizes = squares["unit_size"].unique().sort().to_list()
    over = units_over(cells.select(CELL_KEY), squares.select(SQUARE), sizes)
    told = over.join(squares, on=SQUARE).select(cells.columns)
    placed = cells.drop_nulls("unit_id")
    if told.height != placed.height or not told.join(placed, on=cells.columns, how="anti").is_empty():
        raise ValueError("units share a cell, or do not lie over theirs: a smaller one could be derived")


def _refuse_torn_units(drawn: Drawn) -> None:
    every = pl.concat([drawn.cells.drop_nulls("unit_id"), drawn.bridges.select(drawn.cells.columns)])
    sizes = every.group_by("unit_id").agg(pl.len().cast(pl.Int32).alias("counted"))
    if drawn.units.join(sizes, on="unit_id").filter(pl.col("counted") == pl.col("cells")).height != drawn.units.height:
        raise ValueError("a unit does not have the cells that it says")
    numbered = every.with_row_index("row")
    pairs = pl.concat(
        [
            numbered.join(
                numbered.select(
                    "cell_crs", "unit_id", pl.col("cell_north") - north, pl.col("cell_east") - east, other="row"
                ),
                on=[*CELL_KEY, "unit_id"],
            ).select("row", "other")
            for north, east in ((0, CELL), (CELL, 0))
        ]
    )
    shape = (every.height, every.height)
    graph = coo_array((np.ones(pairs.height, np.int8), (pairs["row"].to_numpy(), pairs["other"].to_numpy())), shape)
    parts, _ = connected_components(graph, directed=False)
    if parts != drawn.units.height:
        raise ValueError("a unit is in several pieces: a smaller one could be derived")


def _square_id() -> pl.Expr:
    return cell_ids(pl.col("cell_crs"), pl.col("unit_north"), pl.col("unit_east"), pl.col("unit_size"))
