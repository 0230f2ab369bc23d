"""The communes of a grid in stretches that are drawn without knowing one another, so that processes can share them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from carreau.places.grid import CELL
from carreau.release.partition.commune import plan
from carreau.release.partition.drawn import CELL_KEY
from carreau.release.partition.shapes import Effort
from carreau.release.partition.windows import Surroundings

MARGINS = (1, 40)
"""How far from a commune's own cells a bridge may pass, in cells; the second where a cell reaches nobody else."""
STRETCH = 500
"""Communes drawn one after the other. What depends on it are bridges and effort, never who draws or when."""

Ints = npt.NDArray[np.int64]
Bridges = list[tuple[int, int]]


@dataclass(frozen=True, eq=False)
class Stretch:
    """Cells by row and column, commune after commune: `starts` says where each begins, and where the last one ends.

    `side` is of a border, in any numbers. `near`: rows and columns of all cells that a bridge might run into.
    """

    names: list[str]
    starts: list[int]
    rows: Ints
    columns: Ints
    base: Ints
    side: Ints
    near: tuple[Ints, Ints]

    def surroundings(self) -> Surroundings:
        """A picture of all cells near, without any bridge."""
        return Surroundings(*self.near, max(MARGINS))

    def commune(self, number: int, surroundings: Surroundings, threshold: int, effort: Effort) -> "Drawing":
        """Draw one commune in what is known of its surroundings, and put its bridges there."""
        mine = slice(self.starts[number], self.starts[number + 1])
        rows, columns, base = self.rows[mine], self.columns[mine], self.base[mine]
        if (base >= threshold).all() or base.sum() < threshold:
            return Drawing([], 0, 0)
        for margin in MARGINS:
            window = surroundings.window(rows, columns, margin, self.names[number])
            numbers = window.numbers(rows, columns)
            found = plan(window, numbers, base, self.side[mine], threshold, effort)
            if not found.lost:
                break
        surroundings.take(window.places(found.bridges))
        place = {cell: place for place, cell in enumerate(numbers.tolist())}
        units = [
            (sorted(place[cell] for cell in unit if cell in place), window.places(set(unit) - place.keys()))
            for unit in found.units
        ]
        held = int(base[base >= threshold].sum())
        return Drawing(units, found.cost - held, found.bound - held)

    def effort(self, number: int, threshold: int, each: int) -> int:
        """What a commune may spend: `each` for every cell that needs company."""
        return each * int((self.base[self.starts[number] : self.starts[number + 1]] < threshold).sum())


@dataclass(frozen=True)
class Drawing:
    """The units of several cells of one commune: the places of each one's cells among the commune's, and its bridges.

    `cost` is Σ people × cells, `bound` what it cannot go below, both less those of people in cells that hold enough.
    """

    units: list[tuple[list[int], Bridges]]
    cost: int
    bound: int

    @property
    def bridges(self) -> Bridges:
        """Those of all units, by row and column."""
        return [bridge for _, bridges in self.units for bridge in bridges]


def stretches(grid: pl.DataFrame) -> Iterator[Stretch]:
    """The cells of one grid, sorted by `commune`: `CELL_KEY`, `base`, `commune`, `side`."""
    rows, columns = (grid[name].to_numpy().astype(np.int64) // CELL for name in CELL_KEY[1:])
    base, side = grid["base"].to_numpy(), grid["side"].rank("dense").to_numpy().astype(np.int64)
    starts = [*np.flatnonzero(grid["commune"].rle_id().diff().fill_null(1).to_numpy()).tolist(), grid.height]
    reach = max(MARGINS) + 1
    for first in range(0, len(starts) - 1, STRETCH):
        own = starts[first : first + STRETCH + 1]
        mine = slice(own[0], own[-1])
        near = np.ones(grid.height, np.bool_)
        for line in (rows, columns):
            near &= (line >= line[mine].min() - reach) & (line <= line[mine].max() + reach)
        yield Stretch(
            grid["commune"].gather(own[:-1]).to_list(), [start - own[0] for start in own],
            rows[mine], columns[mine], base[mine], side[mine], (rows[near], columns[near]),
        )  # fmt: skip


def draw(stretch: Stretch, threshold: int, each: int) -> list[Drawing]:
    """Draw every commune of a stretch; effort that one does not need is left to those after it.

    Raises BadInput when cells of a commune are too far apart.
    """
    surroundings, effort, found = stretch.surroundings(), Effort(0), []
    for number in range(len(stretch.names)):
        effort.left += stretch.effort(number, threshold, each)
        found.append(stretch.commune(number, surroundings, threshold, effort))
    return found
