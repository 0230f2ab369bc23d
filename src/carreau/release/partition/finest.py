"""The finest partition: as many people as can be in units of one cell, and the others in units as small as can be."""

import numpy as np
import numpy.typing as npt
import polars as pl

from carreau.places.grid import CELL
from carreau.release.partition.commune import Plan, plan
from carreau.release.partition.drawn import CELL_KEY, Drawn, of_shapes
from carreau.release.partition.shapes import Effort
from carreau.release.partition.squares import refuse
from carreau.release.partition.windows import Surroundings, Window

MARGINS = (1, 40)
"""How far from a commune's own cells a bridge may pass, in cells; the second where a cell reaches nobody else."""
EFFORT = 2_000_000
"""How many sets of cells may be looked at over the whole territory to make the first partition better."""

Ints = npt.NDArray[np.int64]


def finest(cells: pl.DataFrame, threshold: int) -> Drawn:
    """Group cells into units that hold the threshold.

    A unit is one cell, or cells of one commune that touch by their sides, empty cells between them counted (bridges).
    Of all partitions it looks for the one with the most people in units of one cell; then the least Σ people × cells of
    their unit; then the fewest bridges; then the fewest units on both sides of a border. The first is exact; the second
    is exact in small communes and as good as the effort allows elsewhere: `quality["gap"]` bounds what is lost.

    `cells` has `CELL_KEY`, one row a cell, `base`, the number counted there, and where known `commune` and `side` (of
    a QPV border), one for each cell. A cell is in no unit when its commune holds less than the threshold, or when it is
    small and shut in on all sides by cells of other communes. The order of rows does not matter.

    Raises BadInput as `squares.divide`, and when cells of a commune are too far apart.
    """
    refuse(cells, threshold)
    table = _table(cells)
    communes = _Communes(table["base"].to_numpy(), threshold)
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

    def __init__(self, base: Ints, threshold: int) -> None:
        self.threshold = threshold
        self.unit: Ints = np.where(base >= threshold, np.arange(len(base)), -1)
        self.bridges: list[tuple[int, int, int]] = []
        self.cost = self.bound = int(base[base >= threshold].sum())
        self.each = EFFORT // max(1, int((base < threshold).sum()))
        self.effort = Effort(0)

    @property
    def gap(self) -> float:
        return 1 - self.bound / self.cost if self.cost else 0.0

    def draw(self, grid: pl.DataFrame) -> None:
        """Draw the communes of one grid, in the order of their codes."""
        rows, columns = (grid[name].to_numpy().astype(np.int64) // CELL for name in CELL_KEY[1:])
        base, side = grid["base"].to_numpy(), grid["side"].rank("dense").to_numpy().astype(np.int64)
        surroundings, first = Surroundings(rows, columns, max(MARGINS)), int(grid["number"][0])
        ends = grid["commune"].rle_id().value_counts().sort("commune")["count"].cum_sum().to_list() if len(base) else []
        for start, end in zip([0, *ends], ends, strict=False):
            mine = slice(start, end)
            small = int((base[mine] < self.threshold).sum())
            if not small or base[mine].sum() < self.threshold:
                continue
            name = grid["commune"][start]
            self.effort.left += small * self.each
            for margin in MARGINS:
                window = surroundings.window(rows[mine], columns[mine], margin, name)
                numbers = window.numbers(rows[mine], columns[mine])
                found = plan(window, numbers, base[mine], side[mine], self.threshold, self.effort)
                if not found.lost:
                    break
            self._keep(found, window, numbers, first + start)
            held = int(base[mine][base[mine] >= self.threshold].sum())
            self.cost, self.bound = self.cost + found.cost - held, self.bound + found.bound - held
            surroundings.take(window.places(found.bridges))

    def _keep(self, found: Plan, window: Window, numbers: Ints, first: int) -> None:
        row = {cell: first + place for place, cell in enumerate(numbers.tolist())}
        for cells in found.units:
            own = sorted(row[cell] for cell in cells if cell in row)
            self.unit[own] = own[0]
            empty = window.places(cell for cell in cells if cell not in row)
            self.bridges += [(north, east, own[0]) for north, east in empty]
