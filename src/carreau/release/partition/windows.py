"""The cells of a territory by commune, and the rectangle around each commune with whatever else lies there."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from carreau.errors import BadInput

LARGEST = 4_000_000
"""Cells of a rectangle: some 400 km by 400 km, more than any commune."""

Ints = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Window:
    """A rectangle of cells numbered row by row: those `barred` may not be entered, the outer ring among them."""

    south: int
    west: int
    barred: Truths

    @property
    def width(self) -> int:
        """Cells from west to east."""
        return self.barred.shape[1]

    def numbers(self, rows: Ints, columns: Ints) -> Ints:
        """The numbers of cells in the window."""
        return (rows - self.south) * self.width + columns - self.west

    def places(self, numbers: Iterable[int]) -> list[tuple[int, int]]:
        """Row and column of numbered cells."""
        return [(number // self.width + self.south, number % self.width + self.west) for number in numbers]


class Surroundings:
    """All inhabited cells of a grid, and the empty ones that units have taken as bridges: a picture of the country.

    The system gives a picture no memory where nobody ever lives.
    """

    def __init__(self, rows: Ints, columns: Ints, margin: int) -> None:
        self._south, self._west = int(rows.min()) - margin - 1, int(columns.min()) - margin - 1
        height, width = int(rows.max()) + margin + 2 - self._south, int(columns.max()) + margin + 2 - self._west
        self._held = np.zeros((height, width), dtype=bool)
        self._held[rows - self._south, columns - self._west] = True

    def take(self, places: Iterable[tuple[int, int]]) -> None:
        """Keep cells, by row and column, from those who come later."""
        for row, column in places:
            self._held[row - self._south, column - self._west] = True

    def window(self, rows: Ints, columns: Ints, margin: int, name: str) -> Window:
        """The rectangle that holds some cells and `margin` more on each side, and a ring around; they are in it.

        Raises BadInput, with `name`, when they lie too far apart to be cells of one commune.
        """
        south, west = int(rows.min()) - margin - 1, int(columns.min()) - margin - 1
        height, width = int(rows.max()) + margin + 2 - south, int(columns.max()) + margin + 2 - west
        if height * width > LARGEST:
            raise BadInput(f"homes of commune {name} lie too far apart to be of one commune; check their points")
        down, left = south - self._south, west - self._west
        barred = self._held[down : down + height, left : left + width].copy()
        barred[rows - south, columns - west] = False
        barred[[0, -1]] = barred[:, [0, -1]] = True
        return Window(south, west, barred)
