"""The dyadic quadtree beside the natural grid."""

from itertools import pairwise

import polars as pl

from carreau.release.partition.drawn import CELL_KEY
from carreau.release.partition.quadtree import SIZES, quadtree

Corner = tuple[int, int]


def units(cells: dict[Corner, int]) -> dict[Corner, str | None]:
    rows = [(3035, north, east, base) for (north, east), base in cells.items()]
    schema = {**dict.fromkeys(CELL_KEY, pl.Int32), "base": pl.Int64}
    drawn = quadtree(pl.DataFrame(rows, schema=schema, orient="row"), 11)
    return {(north, east): unit for _, north, east, unit in drawn.cells.iter_rows()}


def test_each_size_is_half_the_one_before() -> None:
    assert SIZES[0] == 102_400
    assert SIZES[-1] == 200
    assert all(larger == 2 * size for larger, size in pairwise(SIZES))


def test_a_small_cell_keeps_only_its_square_of_400_m() -> None:
    assert units({(0, 0): 50, (200, 0): 3, (400, 0): 11, (800, 0): 20}) == {
        (0, 0): "CRS3035RES400mN0E0",
        (200, 0): "CRS3035RES400mN0E0",
        (400, 0): "CRS3035RES200mN400E0",
        (800, 0): "CRS3035RES200mN800E0",
    }


def test_a_cell_with_nobody_goes_with_the_square_over_it() -> None:
    assert units({(0, 0): 50, (200, 0): 3, (200, 200): 0, (600, 0): 0}) == {
        (0, 0): "CRS3035RES400mN0E0",
        (200, 0): "CRS3035RES400mN0E0",
        (200, 200): "CRS3035RES400mN0E0",
        (600, 0): None,
    }
