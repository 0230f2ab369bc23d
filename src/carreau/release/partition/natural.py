"""Insee's natural grid: squares of 64 km halved down to 1 km, and 1 km holds 25 cells of 200 m.

Source: Insee, documentation of the gridded data of Filosofi 2019 ("niveau naturel").
"""

import polars as pl

from carreau.places.grid import CELL
from carreau.release.partition.drawn import Drawn, of_squares
from carreau.release.partition.squares import divide

SIZES = (64_000, 32_000, 16_000, 8_000, 4_000, 2_000, 1_000, CELL)


def natural(cells: pl.DataFrame, threshold: int) -> Drawn:
    """Draw the natural square of each cell; `cells` and errors as in `squares.divide`."""
    return of_squares(divide(cells, threshold, SIZES), SIZES)
