"""A partition that follows earlier releases: what changes from one to the next tells of nobody.

The units of the latest release are kept, and those of earlier ones where it has none. Whoever compares two releases
sees A without B, B without A and what both have, for a unit A of one and B of the other: each holds nobody or the
threshold, in what is counted now, and the difference of two published numbers does not look like 1 to 10 either,
whoever moved in between. What the earlier year held in a part of a unit is not known here: of it the published numbers
are all that counts.

A unit that fell below the threshold can join no other, since its part would follow: it is not told this time. Cells in
no former unit are drawn among themselves, and wait where they hold too few.
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

    `quality` says, for the operator: `kept` and `new` units, `former_withheld` units that are not told this time.
    """
    if former[0].method == "finest":
        return _shapes(cells, threshold, former, draw)
    return _squares(cells, threshold, former)


def _shapes(cells: pl.DataFrame, threshold: int, former: Sequence[Former], draw: Draw) -> Drawn:
    shape = _layered(former)
    placed = cells.join(shape, on=CELL_KEY, how="left")
    lost = unlawful(placed, threshold, former)
    kept = placed.filter(pl.col("unit_id").is_not_null() & ~pl.col("unit_id").is_in(lost))
    held = shape.join(kept, on="unit_id", how="semi")
    fresh, bridges = _new(placed, held, threshold, former, draw)
    units = pl.concat([kept.select("unit_id"), fresh.select("unit_id")]).unique().sort("unit_id").with_row_index("unit")
    empty = pl.concat([held.join(kept, on=CELL_KEY, how="anti"), bridges])
    told = pl.concat([kept.select(*CELL_KEY, "unit_id"), fresh])
    numbered = told.join(units.with_columns(pl.col("unit").cast(pl.Int64)), on="unit_id")
    waiting = cells.select(CELL_KEY).join(told, on=CELL_KEY, how="anti").with_columns(unit=pl.lit(-1, pl.Int64))
    number = kept["unit_id"].n_unique()
    quality = {"kept": number, "new": units.height - number, "former_withheld": shape["unit_id"].n_unique() - number}
    return of_shapes(
        pl.concat([numbered.select(*CELL_KEY, "unit"), waiting]),
        empty.join(units.with_columns(pl.col("unit").cast(pl.Int64)), on="unit_id").select(*CELL_KEY, "unit"),
        {name: float(value) for name, value in quality.items()},
    )


def _layered(former: Sequence[Former]) -> pl.DataFrame:
    """The cells of former units, bridges too: all of the latest release, then what earlier ones drew elsewhere."""
    shape = pl.concat([former[0].cells, former[0].bridges])
    for one in former[1:]:
        older = pl.concat([one.cells, one.bridges])
        met = older.join(shape, on=CELL_KEY, how="semi")
        shape = pl.concat([shape, older.join(met, on="unit_id", how="anti")])
    return shape


def _new(
    placed: pl.DataFrame, held: pl.DataFrame, threshold: int, former: Sequence[Former], draw: Draw
) -> tuple[pl.DataFrame, pl.DataFrame]:  # fmt: skip
    """The cells and the bridges of units made of cells that are in no former unit: `CELL_KEY`, `unit_id`."""
    left = placed.filter(pl.col("unit_id").is_null()).drop("unit_id")
    nothing = held.clear().select(*CELL_KEY, "unit_id")
    if left.is_empty():
        return nothing, nothing
    drawn = draw(left, threshold)
    named = {name: pl.format("new {}", "unit_id").alias("unit_id") for name in ("cells", "bridges")}
    cells = drawn.cells.drop_nulls("unit_id").select(*CELL_KEY, named["cells"])
    bridges = drawn.bridges.select(*CELL_KEY, named["bridges"])
    taken = pl.concat([held.select(CELL_KEY), placed.filter(pl.col("unit_id").is_not_null()).select(CELL_KEY)])
    over = pl.concat([cells, bridges]).join(taken, on=CELL_KEY, how="semi")["unit_id"]
    counted = left.join(cells, on=CELL_KEY)
    lost = {*over, *unlawful(counted, threshold, former)}
    return tuple(table.filter(~pl.col("unit_id").is_in(list(lost))) for table in (cells, bridges))  # type: ignore[return-value]


def _squares(cells: pl.DataFrame, threshold: int, former: Sequence[Former]) -> Drawn:
    """The former squares that are still lawful; a square without a former unit waits."""
    latest = former[0]
    known = latest.units.select("unit_id", cell_crs="crs", unit_size="size", unit_north="north", unit_east="east")
    sizes = known["unit_size"].unique().sort().to_list()
    over = units_over(cells.select(CELL_KEY), known.drop("unit_id"), sizes).join(
        known, on=["cell_crs", "unit_size", "unit_north", "unit_east"]
    )
    placed = cells.join(over, on=CELL_KEY, how="left")
    lost = unlawful(placed, threshold, former)
    gone = pl.col("unit_id").is_in(lost)
    columns = ("unit_size", "unit_north", "unit_east")
    squares = placed.with_columns(pl.when(~gone).then(pl.col(name)).alias(name) for name in columns)
    drawn = of_squares(squares.select(*CELL_KEY, *columns), sizes)
    number = drawn.units.height
    quality = {"kept": float(number), "new": 0.0, "former_withheld": float(latest.units.height - number)}
    return Drawn(drawn.units, drawn.cells, drawn.bridges, squares=True, quality=quality)


def unlawful(placed: pl.DataFrame, threshold: int, former: Sequence[Former]) -> list[str]:
    """The units that may not be told beside earlier releases; `placed`: `CELL_KEY`, `base`, `unit_id` (null: none)."""
    units = placed.drop_nulls("unit_id").group_by("unit_id").agg(n=pl.col("base").sum(), size=pl.len())
    lost = units.filter(pl.col("n") < threshold)["unit_id"].to_list()
    for one in former:
        lost += _beside(placed, units, one, threshold)
    return sorted(set(lost))


def _beside(placed: pl.DataFrame, units: pl.DataFrame, former: Former, threshold: int) -> list[str]:
    their = former.cells.rename({"unit_id": "former"})
    now = placed.select(*CELL_KEY, "unit_id", "base").join(their, on=CELL_KEY)
    there = (
        their.join(placed.select(*CELL_KEY, "base"), on=CELL_KEY, how="left")
        .group_by("former")
        .agg(held=pl.col("base").sum(), their_size=pl.len())
        .join(former.units.select(former="unit_id", told="n"), on="former")
    )
    both = (
        now.drop_nulls("unit_id").group_by("unit_id", "former").agg(both=pl.col("base").sum(), shared=pl.len())
        .join(units, on="unit_id").join(there, on="former")
    )  # fmt: skip

    def small(value: pl.Expr) -> pl.Expr:
        return value.is_between(1, threshold - 1)

    same = (pl.col("shared") == pl.col("size")) & (pl.col("shared") == pl.col("their_size"))
    parts = small(pl.col("both")) | small(pl.col("n") - pl.col("both")) | small(pl.col("held") - pl.col("both"))
    inside = (pl.col("shared") == pl.col("size")) & small(pl.col("told") - pl.col("n"))
    within = pl.col("shared") == pl.col("their_size")
    around = small(pl.col("n") - pl.when(within).then(pl.col("told")).otherwise(0).sum().over("unit_id"))
    around = (around & within.any().over("unit_id")) | (within & small(pl.col("n") - pl.col("told")))
    return both.filter(~same & (parts | inside | around))["unit_id"].unique().to_list()
