"""Units as polygons in longitude and latitude, for the browser."""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from carreau.places.contours import Box, near
from carreau.places.grid import CELL
from carreau.places.projection import WGS84, project
from carreau.site.maps.shown import Shown

DECIMALS = 5
"""About a metre."""
AROUND = 0.12
"""Degrees of background around the units."""
MARGIN = 3
"""Cells around the units, in a drawing."""
HIDDEN = ("crs", "north", "east")

Floats = npt.NDArray[np.float64]


def units_geojson(release: Shown) -> dict[str, Any]:
    """One feature a unit: its inhabited cells, its released columns (its name says its place) and `cells`."""
    told = release.units.drop(HIDDEN).iter_rows(named=True)
    shapes = outlines(release.places)
    features = [_feature(row, shapes[row["unit_id"]]) for row in told if row["unit_id"] in shapes]
    page = release.page
    about = {name: page[name] for name in ("territory", "reference_date", "synthetic", "licence", "digest")}
    return {"type": "FeatureCollection", **about, "features": features}


def communes_geojson(release: Shown) -> dict[str, Any]:
    """Contours of the communes around the units."""
    return {"type": "FeatureCollection", "features": [_feature({}, one) for one in near(around(release))]}


def bridges_geojson(release: Shown) -> dict[str, Any]:
    """One feature a unit that cells without homes hold together: those cells."""
    features = [_feature({"unit_id": unit}, shape) for unit, shape in outlines(release.bridges).items()]
    return {"type": "FeatureCollection", "features": features}


def outlines(places: pl.DataFrame) -> dict[str, Any]:
    """The cells of each unit as one shape, in degrees."""
    return {unit: _to_degrees(one, grid) for grid, part in _by_grid(places) for unit, one in merged(part).items()}


def bounds(release: Shown) -> Box:
    """West, south, east and north of what is framed, in degrees."""
    boxes = [_corners(*part) for part in _by_grid(release.ground)]
    west, south = np.min([box[:2] for box in boxes], axis=0)
    east, north = np.max([box[2:] for box in boxes], axis=0)
    return float(west), float(south), float(east), float(north)


def around(release: Shown) -> Box:
    """A little more than `bounds`."""
    west, south, east, north = bounds(release)
    return west - AROUND, south - AROUND, east + AROUND, north + AROUND


def box_of(unit: dict[str, Any]) -> Box:
    """West, south, east and north of the square of a unit, in degrees."""
    square = shapely.box(unit["east"], unit["north"], unit["east"] + unit["size"], unit["north"] + unit["size"])
    west, south, east, north = (round(float(one), DECIMALS) for one in _to_degrees(square, unit["crs"]).bounds)
    return west, south, east, north


def extent(release: Shown) -> dict[str, Any]:
    """What the drawing of the fullest grid shows: `centre` in degrees, `width` and `height` in metres."""
    grid, x, y, width, height = frame(release.ground)
    longitude, latitude = _degrees(grid, np.array([x + width / 2]), np.array([y + height / 2]))
    return {"centre": [float(longitude[0]), float(latitude[0])], "width": width, "height": height}


def bearing(release: Shown) -> float:
    """Where the grid's north points in the middle of the fullest grid, in degrees clockwise from the map's north."""
    grid, x, y, width, height = frame(release.ground)
    middle = y + height / 2
    lon, lat = project(np.repeat(x + width / 2, 2), np.array([middle, middle + 1000]), grid, WGS84)
    return round(float(np.degrees(np.arctan2((lon[1] - lon[0]) * np.cos(np.radians(lat[0])), lat[1] - lat[0]))), 2)


def frame(places: pl.DataFrame) -> tuple[int, int, int, int, int]:
    """The fullest grid, and the box around its cells with a margin: easting, northing, width and height in metres."""
    part = max(places.partition_by("cell_crs", maintain_order=True), key=lambda one: one.height)
    east, north = part["cell_east"].to_numpy(), part["cell_north"].to_numpy()
    x, y = int(east.min()) - MARGIN * CELL, int(north.min()) - MARGIN * CELL
    width, height = int(east.max()) + (MARGIN + 1) * CELL - x, int(north.max()) + (MARGIN + 1) * CELL - y
    return int(part["cell_crs"][0]), x, y, width, height


def _by_grid(places: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
    for (grid,), part in places.group_by("cell_crs", maintain_order=True):
        yield int(grid), part


def _corners(grid: int, part: pl.DataFrame) -> Sequence[float]:
    north, east = part["cell_north"].to_numpy(), part["cell_east"].to_numpy()
    box = shapely.box(east.min(), north.min(), east.max() + CELL, north.max() + CELL)
    return [float(one) for one in _to_degrees(box, grid).bounds]


def merged(part: pl.DataFrame) -> dict[str, Any]:
    """The cells of each unit as one shape, in metres of their one grid."""
    if part.is_empty():
        return {}
    part = part.sort("unit_id", "cell_north", "cell_east")
    north, east = (part[name].to_numpy().astype(np.float64) for name in ("cell_north", "cell_east"))
    boxes = shapely.box(east, north, east + CELL, north + CELL)
    units, starts = np.unique(part["unit_id"].to_numpy(), return_index=True)
    shapes = [shapely.union_all(cells) for cells in np.split(boxes, starts[1:])]
    return dict(zip(units.tolist(), shapely.orient_polygons(np.array(shapes)), strict=True))


def _to_degrees(shapes: Any, grid: int) -> Any:
    return shapely.transform(shapes, partial(_degrees, grid), interleaved=False)


def _degrees(grid: int, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    longitude, latitude = project(x, y, grid, WGS84)
    return np.round(longitude, DECIMALS), np.round(latitude, DECIMALS)


def _feature(properties: dict[str, Any], shape: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(shape))}
