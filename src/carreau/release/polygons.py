"""The units of a release as polygons, in metres of their grid."""

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from carreau.places.grid import CELL, parse_cell_ids
from carreau.release.gate import Release

Polygons = npt.NDArray[Any]
"""Shapely polygons, counterclockwise."""


def polygons(release: Release) -> Polygons:
    """The polygon of each unit, in the order of `release.units`: its square, or its cells and bridges as one shape."""
    units = release.units
    size, north, east = (units[name].to_numpy().astype(np.float64) for name in ("size", "north", "east"))
    shapes = shapely.box(east, north, east + size, north + size)
    if release.bridges is None:
        return shapes
    several = units["cells"].to_numpy() > 1
    cells = pl.concat([release.cells, release.bridges]).join(
        units.filter(several).select("unit_id").with_row_index("unit"), on="unit_id"
    )
    shapes[several] = _merged(cells.sort("unit", "cell_id"))
    return shapes


def _merged(cells: pl.DataFrame) -> Polygons:
    places = parse_cell_ids(cells["cell_id"])
    north, east = (places[name].to_numpy().astype(np.float64) for name in ("cell_north", "cell_east"))
    squares = shapely.box(east, north, east + CELL, north + CELL)
    starts = np.flatnonzero(np.diff(cells["unit"].to_numpy(), prepend=-1))
    counts = np.diff(starts, append=len(squares))
    shapes = np.empty(len(starts), dtype=object)
    for count in np.unique(counts):  # units of as many cells at once: a country has 100,000 of several
        alike = counts == count
        shapes[alike] = shapely.coverage_union_all(squares[starts[alike][:, None] + np.arange(count)], axis=1)
    return shapely.orient_polygons(shapes)
