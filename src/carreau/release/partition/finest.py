"""The finest partition: as many people as can be in units of one cell, and the others in units as small as can be."""

from collections.abc import Iterable
from concurrent.futures import Executor
from functools import partial

import numpy as np
import polars as pl

from carreau.places.grid import CELL
from carreau.release.partition.drawn import CELL_KEY, Drawn, of_shapes
from carreau.release.partition.shapes import Effort
from carreau.release.partition.squares import refuse
from carreau.release.partition.stretches import MARGINS, Drawing, Ints, Stretch, draw, stretches
from carreau.release.partition.windows import Surroundings

EFFORT = 2_000_000
"""How many sets of cells may be looked at over the whole territory to make the first partition better."""

SHARED = 10
"""Stretches: fewer are drawn before other processes would have begun."""


def finest(cells: pl.DataFrame, threshold: int, *, executor: Executor | None = None) -> Drawn:
    """Group cells into units that hold the threshold.

    A unit is one cell, or cells of one commune that touch by their sides, empty cells between them counted (bridges).
    Of all partitions it looks for the one with the most people in units of one cell; then the least Σ people × cells of
    their unit; then the fewest bridges; then the fewest units on both sides of a border. The first is exact; the second
    is exact in small communes and as good as the effort allows elsewhere: `quality["gap"]` bounds what is lost.

    `cells` has `CELL_KEY`, one row a cell, `base`, the number counted there, and where known `commune` and `side` (of
    a QPV border), one for each cell. A cell is in no unit when its commune holds less than the threshold, or when it is
    small and shut in on all sides by cells of other communes. The order of rows does not matter. The
    processes of an `executor` draw the communes of a large territory at once: the same units, sooner.

    Raises BadInput as `squares.divide`, and when cells of a commune are too far apart.
    """
    refuse(cells, threshold)
    table = _table(cells)
    communes = _Communes(table["base"].to_numpy(), threshold, executor)
    for _, grid in table.group_by("cell_crs", maintain_order=True):
        communes.draw(grid)
    placed = table.select(*CELL_KEY, unit=pl.Series(communes.unit))
    return of_shapes(placed, _bridges(placed, communes.bridges), {"gap": communes.gap})


def _table(cells: pl.DataFrame) -> pl.DataFrame:
    names = ("commune", "side")
    words = [pl.col(name).cast(pl.String).fill_null("") for name in names if name in cells.columns]
    words += [pl.lit("").alias(name) for name in names if name not in cells.columns]
    table = cells.select(*CELL_KEY, pl.col("base").cast(pl.Int64), *words)
    return table.sort("cell_crs", "commune", "cell_north", "cell_east").with_row_index("number")


def _bridges(placed: pl.DataFrame, bridges: list[tuple[int, int, int]]) -> pl.DataFrame:
    schema = {"cell_north": pl.Int32, "cell_east": pl.Int32, "unit": pl.Int64}
    table = pl.DataFrame(bridges, schema=schema, orient="row")
    grids = placed["cell_crs"].gather(table["unit"])
    return table.select(grids.alias("cell_crs"), pl.col("cell_north", "cell_east") * CELL, "unit")


class _Communes:
    """What is drawn so far: the `unit` of each cell, by the row of its first one (-1: none), and the bridges."""

    def __init__(self, base: Ints, threshold: int, executor: Executor | None) -> None:
        self.threshold, self.executor = threshold, executor
        self.unit: Ints = np.where(base >= threshold, np.arange(len(base)), -1)
        self.bridges: list[tuple[int, int, int]] = []
        self.cost = self.bound = int(base[base >= threshold].sum())
        self.each = EFFORT // max(1, int((base < threshold).sum()))

    @property
    def gap(self) -> float:
        return 1 - self.bound / self.cost if self.cost else 0.0

    def draw(self, grid: pl.DataFrame) -> None:
        """Draw the communes of one grid; those whose bridges met another stretch's once more, when all others are."""
        parts = list(stretches(grid))
        taken: set[tuple[int, int]] = set()
        again: list[tuple[Stretch, int, int]] = []
        first = int(grid["number"].to_numpy()[0]) if grid.height else 0
        for part, found in zip(parts, self._each(parts), strict=True):
            for number, drawing in enumerate(found):
                if taken.isdisjoint(drawing.bridges):
                    self._keep(drawing, first + part.starts[number])
                    taken.update(drawing.bridges)
                else:
                    again.append((part, number, first + part.starts[number]))
            first += part.starts[-1]
        if not again:
            return
        rows, columns = (
            np.concatenate(lines) for lines in zip(*[(one.rows, one.columns) for one in parts], strict=True)
        )
        whole = Surroundings(rows, columns, max(MARGINS))
        whole.take(taken)
        for part, number, start in again:
            effort = Effort(part.effort(number, self.threshold, self.each))
            self._keep(part.commune(number, whole, self.threshold, effort), start)

    def _each(self, parts: list[Stretch]) -> Iterable[list[Drawing]]:
        drawn = partial(draw, threshold=self.threshold, each=self.each)
        return map(drawn, parts) if self.executor is None or len(parts) < SHARED else self.executor.map(drawn, parts)

    def _keep(self, found: Drawing, first: int) -> None:
        for cells, bridges in found.units:
            self.unit[[first + cell for cell in cells]] = first + cells[0]
            self.bridges += [(north, east, first + cells[0]) for north, east in bridges]
        self.cost, self.bound = self.cost + found.cost, self.bound + found.bound
