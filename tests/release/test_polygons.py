"""Units as polygons: the cells of each, as one shape."""

import random
from types import SimpleNamespace

import polars as pl
import pytest
import shapely

from carreau.release.polygons import polygons

Cells = set[tuple[int, int]]


def grown(chance: random.Random, size: int) -> Cells:
    """Cells that touch by their sides, drawn at random."""
    cells = {(0, 0)}
    while len(cells) < size:
        row, column = chance.choice(sorted(cells))
        cells.add(chance.choice([(row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)]))
    return cells


def drawn(units: list[Cells]) -> list[shapely.Polygon]:
    """The polygons of units, each far from the others; the last cell of each is a bridge."""
    rows = [(f"u{n}", 200 * (20_000 + row), 200 * (20_000 + 100 * n + column)) for n, cells in enumerate(units)
            for row, column in sorted(cells)]  # fmt: skip
    names = pl.DataFrame([{"cell_id": f"CRS3035RES200mN{north}E{east}", "unit_id": unit} for unit, north, east in rows])
    last = names["unit_id"].is_last_distinct() & names["unit_id"].is_duplicated()
    table = pl.DataFrame(
        {"unit_id": [f"u{n}" for n in range(len(units))], "size": 200, "cells": [len(cells) for cells in units],
         "north": [200 * (20_000 + min(row for row, _ in cells)) for cells in units],
         "east": [200 * (20_000 + 100 * n + min(column for _, column in cells)) for n, cells in enumerate(units)]}
    )  # fmt: skip
    made = SimpleNamespace(units=table, cells=names.filter(~last), bridges=names.filter(last))
    return list(polygons(made))  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(4))
def test_a_unit_is_the_union_of_its_cells(seed: int) -> None:
    chance = random.Random(seed)
    units = [grown(chance, chance.randint(1, 14)) for _ in range(60)]
    for number, (cells, shape) in enumerate(zip(units, drawn(units), strict=True)):
        twin = shapely.union_all([
            shapely.box(200 * (x + 20_000 + 100 * number), 200 * (y + 20_000),
                        200 * (x + 20_001 + 100 * number), 200 * (y + 20_001)) for y, x in cells
        ])  # fmt: skip
        assert shape.geom_type == "Polygon"
        assert shape.is_valid
        assert shape.exterior.is_ccw
        assert shape.equals(twin)


def test_a_ring_of_cells_has_a_hole() -> None:
    ring = {(row, column) for row in range(3) for column in range(3)} - {(1, 1)}
    (shape,) = drawn([ring])
    assert shape.area == 8 * 200 * 200
    assert len(shape.interiors) == 1
