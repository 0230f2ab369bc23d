"""A partition that follows earlier releases: a unit stays as it was drawn, whatever changes in it.

Two shapes over the same ground would be compared: who moved between two releases is known to neighbours, so that their
difference tells of those alone who live in one and not in the other. Cells in no former unit are drawn among
themselves, and wait where they hold too few. Whether the row of a unit is published anew, `publications` says.
"""

from collections.abc import Callable, Sequence

import polars as pl

from carreau.release.partition.drawn import CELL_KEY, Drawn, of_shapes, of_squares, units_over
from carreau.release.previous import Former
from carreau.release.rules import Rules

Draw = Callable[[pl.DataFrame, int], Drawn]


def divide(cells: pl.DataFrame, rules: Rules, former: Sequence[Former], draw: Draw) -> Drawn:
    """The units of a release: those that follow earlier releases, or, where there are none, those that `draw` makes."""
    if former and rules.holds("previous"):
        return follow(cells, rules.least, former, draw)
    return draw(cells, rules.least)


def follow(cells: pl.DataFrame, threshold: int, former: Sequence[Former], draw: Draw) -> Drawn:
    """The former units, and new ones where there were none; `cells` as the way of drawing wants them.

    `quality` says, for the operator, how many units are `kept` and `new`.
    """
    if former[0].squares:
        return _squares(cells, former)
    return _shapes(cells, threshold, former, draw)


def _shapes(cells: pl.DataFrame, threshold: int, former: Sequence[Former], draw: Draw) -> Drawn:
    shape = _layered(former)
    fresh, bridges = _new(cells.join(shape, on=CELL_KEY, how="anti"), shape, threshold, draw)
    every = pl.concat([shape, fresh, bridges])
    names = every.select("unit_id").unique().sort("unit_id").with_row_index("unit").cast({"unit": pl.Int64})
    told = cells.select(CELL_KEY).join(every.join(names, on="unit_id"), on=CELL_KEY, how="left")
    empty = every.join(cells, on=CELL_KEY, how="anti").join(names, on="unit_id").select(*CELL_KEY, "unit")
    kept = shape["unit_id"].n_unique()
    return of_shapes(
        told.select(*CELL_KEY, pl.col("unit").fill_null(-1)),
        empty,
        {"kept": float(kept), "new": float(names.height - kept)},
        names,
    )


def _layered(former: Sequence[Former]) -> pl.DataFrame:
    """The cells of former units, bridges too: all of the latest release, then what earlier ones drew elsewhere."""
    shape = pl.concat([former[0].cells, former[0].bridges])
    for one in former[1:]:
        older = pl.concat([one.cells, one.bridges])
        met = older.join(shape, on=CELL_KEY, how="semi")
        shape = pl.concat([shape, older.join(met, on="unit_id", how="anti")])
    return shape


def _new(left: pl.DataFrame, held: pl.DataFrame, threshold: int, draw: Draw) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cells and the bridges of units made of cells that are in no former unit: `CELL_KEY`, `unit_id`."""
    nothing = held.clear()
    if left.is_empty():
        return nothing, nothing
    drawn = draw(left, threshold)
    cells, bridges = drawn.cells.drop_nulls("unit_id").select(held.columns), drawn.bridges.select(held.columns)
    over = pl.concat([cells, bridges]).join(held, on=CELL_KEY, how="semi")
    return cells.join(over, on="unit_id", how="anti"), bridges.join(over, on="unit_id", how="anti")


def _squares(cells: pl.DataFrame, former: Sequence[Former]) -> Drawn:
    """The former squares; a cell without a former square waits."""
    known = former[0].rows.select("unit_id", cell_crs="crs", unit_size="size", unit_north="north", unit_east="east")
    sizes = known["unit_size"].unique().sort().to_list()
    over = units_over(cells.select(CELL_KEY), known.drop("unit_id"), sizes)
    placed = cells.join(over, on=CELL_KEY, how="left")
    drawn = of_squares(placed.select(*CELL_KEY, "unit_size", "unit_north", "unit_east"), sizes)
    return Drawn(
        drawn.units, drawn.cells, drawn.bridges, squares=True, quality={"kept": float(drawn.units.height), "new": 0.0}
    )
