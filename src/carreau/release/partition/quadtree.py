"""A dyadic quadtree: squares of 102.4 km, aligned on the grid's origin, halved down to the cell of 200 m.

For comparison: it keeps more at 200 m than the natural grid, where one of 25 cells can keep
a square of 1 km whole.
"""

import polars as pl

from carreau.places.grid import CELL
from carreau.release.partition.drawn import Drawn, of_squares
from carreau.release.partition.squares import divide

SIZES = tuple(CELL * 2**level for level in range(9, -1, -1))


def quadtree(cells: pl.DataFrame, threshold: int) -> Drawn:
    """Draw the square of each cell; `cells` and errors as in `squares.divide`."""
    return of_squares(divide(cells, threshold, SIZES), SIZES)
