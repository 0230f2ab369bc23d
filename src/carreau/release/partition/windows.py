"""The cells of a territory by commune, and the rectangle around each commune with whatever else lies there."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from carreau.errors import BadInput

LARGEST = 4_000_000
"""Cells of a rectangle: some 400 km by 400 km, more than any commune."""

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Window:
    """A rectangle of cells numbered row by row: `others` may not be entered, and neither may the outer ring."""

    south: int
    west: int
    height: int
    width: int
    others: Ints

    def numbers(self, rows: Ints, columns: Ints) -> Ints:
        """The numbers of cells in the window."""
        return (rows - self.south) * self.width + columns - self.west

    def places(self, numbers: Iterable[int]) -> list[tuple[int, int]]:
        """Row and column of numbered cells."""
        return [(number // self.width + self.south, number % self.width + self.west) for number in numbers]

    def barred(self) -> npt.NDArray[np.bool_]:
        """Whether each cell is barred, row by row."""
        barred = np.ones((self.height, self.width), dtype=bool)
        barred[1:-1, 1:-1] = False
        barred.ravel()[self.others] = True
        return barred


class Surroundings:
    """All inhabited cells of a grid, and the empty ones that units have taken as bridges."""

    def __init__(self, rows: Ints, columns: Ints) -> None:
        order = np.lexsort((columns, rows))
        self._rows, self._columns, self._taken = rows[order], columns[order], defaultdict[int, list[int]](list)

    def take(self, places: Iterable[tuple[int, int]]) -> None:
        """Keep cells, by row and column, from those who come later."""
        for row, column in places:
            self._taken[row].append(column)

    def window(self, rows: Ints, columns: Ints, margin: int, name: str) -> Window:
        """The rectangle that holds some cells and `margin` more on each side, and a ring around; they are in it.

        Raises BadInput, with `name`, when they lie too far apart to be cells of one commune.
        """
        south, west = int(rows.min()) - margin - 1, int(columns.min()) - margin - 1
        height, width = int(rows.max()) + margin + 2 - south, int(columns.max()) + margin + 2 - west
        if height * width > LARGEST:
            raise BadInput(f"homes of commune {name} lie too far apart to be of one commune; check their points")
        window = Window(south, west, height, width, np.empty(0, dtype=np.int64))
        inhabited = np.concatenate([*self._inside(window), np.empty(0, dtype=np.int64)])
        return Window(south, west, height, width, np.setdiff1d(inhabited, window.numbers(rows, columns)))

    def _inside(self, window: Window) -> Iterator[Ints]:
        first, last = np.searchsorted(self._rows, [window.south, window.south + window.height])
        rows, columns = self._rows[first:last], self._columns[first:last]
        if last - first > 8 * window.height:
            rows, columns = self._cut(window, int(first), int(last))
        near = (columns >= window.west) & (columns < window.west + window.width)
        yield window.numbers(rows[near], columns[near])
        taken = [
            (row, column)
            for row in range(window.south, window.south + window.height)
            for column in self._taken.get(row, ())
            if 0 <= column - window.west < window.width
        ]
        if taken:
            yield window.numbers(*np.array(taken, dtype=np.int64).T)

    def _cut(self, window: Window, first: int, last: int) -> tuple[Ints, Ints]:
        """The same rows without most of what lies west and east."""
        wide = np.int64(1) << 32
        key = self._rows[first:last] * wide + self._columns[first:last]
        starts = np.arange(window.south, window.south + window.height) * wide + window.west
        low, high = np.searchsorted(key, starts), np.searchsorted(key, starts + window.width)
        kept = np.concatenate([np.arange(a, b) for a, b in zip(low, high, strict=True)])
        return self._rows[first:last][kept], self._columns[first:last][kept]
