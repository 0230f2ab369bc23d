"""Which tiles of a zoom each polygon is in, and its corners in their coordinates.

Web Mercator (EPSG:3857); a tile has `EXTENT` steps a side, x to the east and y to the south. Source: Mapbox Vector Tile
specification 2.1, sections 4.3 and 4.5.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from carreau.places.projection import WGS84, project
from carreau.release.exports.pmtiles.archive import tile_ids
from carreau.release.exports.pmtiles.ragged import Ints, places, starts_of
from carreau.release.polygons import Polygons

EXTENT = 4096
BUFFER = 80
"""Steps around a tile: what is there belongs to it too, so that lines along its edge are drawn whole."""
BEYOND = EXTENT
"""Steps that a polygon may go beyond a tile uncut: MapLibre takes twice as many."""
STRAIGHT = 4_000
"""Metres of its grid that a side keeps straight on the map within a step; longer ones get corners between."""
MERCATOR = 3857
HALF = 20_037_508.342789244
"""Half the side of the map, in metres: π × 6,378,137."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Rings:
    """Corners of polygons, end to end, without those that only close a ring; `x`, `y` in parts of the map or steps.

    `ring_of`: where each ring begins among the corners; `polygon_of`: where each polygon begins among the rings; both
    with the end of the last.
    """

    x: npt.NDArray[Any]
    y: npt.NDArray[Any]
    ring_of: Ints
    polygon_of: Ints

    @property
    def corner_of(self) -> Ints:
        """Where each polygon begins among the corners."""
        return self.ring_of[self.polygon_of]


@dataclass(frozen=True, eq=False)
class Cut:
    """Polygons by tile, sorted by the place of the tile in the archive, then by unit.

    One row a pair: `tile` (its number among `ids`, `column`, `row`), `unit`, and `shape`, which of `rings` (in steps
    from the corner of the map) it is drawn as.
    """

    ids: Ints
    column: Ints
    row: Ints
    tile: Ints
    unit: Ints
    shape: Ints
    rings: Rings

    def parts(self, pairs: int) -> Iterator["Cut"]:
        """The same in parts of whole tiles, of about so many pairs each."""
        first = np.searchsorted(self.tile, np.arange(len(self.ids) + 1))
        start = 0
        while start < len(self.ids):
            end = max(start + 1, int(np.searchsorted(first, first[start] + pairs, side="right")) - 1)
            tiles, rows = slice(start, end), slice(int(first[start]), int(first[end]))
            yield Cut(self.ids[tiles], self.column[tiles], self.row[tiles], self.tile[rows] - start, self.unit[rows],
                      self.shape[rows], self.rings)  # fmt: skip
            start = end


def outlines(crs: pl.Series, shapes: Polygons) -> Rings:
    """The polygons as parts of the map, from 0 to 1 in both directions; rings turn as the specification wants.

    `crs` says in which grid each is.
    """
    turned = shapely.orient_polygons(_segmentized(shapes), exterior_cw=True)
    rings = _rings(turned)
    x, y = np.empty(len(rings.x)), np.empty(len(rings.x))
    grid_of = np.repeat(crs.to_numpy(), np.diff(rings.corner_of))
    for grid in np.unique(grid_of):
        mine = grid_of == grid
        corners = np.round(rings.y[mine]).astype(np.int64) << 32 | np.round(rings.x[mine]).astype(np.int64)
        once, again = np.unique(corners, return_inverse=True)
        east, north = project(
            (once & 0xFFFFFFFF).astype(np.float64), (once >> 32).astype(np.float64), int(grid), MERCATOR
        )
        x[mine], y[mine] = ((HALF + east) / (2 * HALF))[again], ((HALF - north) / (2 * HALF))[again]
    return Rings(x, y, rings.ring_of, rings.polygon_of)


def _segmentized(shapes: Polygons) -> Polygons:
    sides = shapely.bounds(shapes)
    long = (sides[:, 2:] - sides[:, :2] > STRAIGHT).any(axis=1)
    found = shapes.copy()
    found[long] = shapely.segmentize(shapes[long], STRAIGHT)
    return found


def box_of(outline: Rings) -> tuple[float, float, float, float]:
    """West, south, east and north of all corners, in degrees; zeros for no polygon."""
    if not len(outline.x):
        return (0.0, 0.0, 0.0, 0.0)
    x, y = (np.array([side.min(), side.max()]) * 2 * HALF - HALF for side in (outline.x, outline.y))
    longitude, latitude = project(x, -y, MERCATOR, WGS84)
    return float(longitude[0]), float(latitude[1]), float(longitude[1]), float(latitude[0])


def cut(outline: Rings, zoom: int) -> Cut:
    """Every polygon in the tiles of a zoom that it meets, `BUFFER` around them included."""
    steps = EXTENT << zoom
    x, y = (np.rint(side * steps).astype(np.int64) for side in (outline.x, outline.y))
    rings = Rings(x, y, outline.ring_of, outline.polygon_of)
    starts = rings.corner_of[:-1]
    west, north = np.minimum.reduceat(x, starts), np.minimum.reduceat(y, starts)
    east, south = np.maximum.reduceat(x, starts), np.maximum.reduceat(y, starts)
    left, top = (west - BUFFER) // EXTENT, (north - BUFFER) // EXTENT
    wide = (east + BUFFER) // EXTENT - left + 1
    many = wide * ((south + BUFFER) // EXTENT - top + 1)
    unit = np.repeat(np.arange(len(many)), many)
    place = places(np.zeros(len(many), np.int64), many)
    column, row = left[unit] + place % wide[unit], top[unit] + place // wide[unit]
    far = (many > 1)[unit]
    long = far & (
        (west[unit] < column * EXTENT - BEYOND) | (east[unit] > (column + 1) * EXTENT + BEYOND)
        | (north[unit] < row * EXTENT - BEYOND) | (south[unit] > (row + 1) * EXTENT + BEYOND)
    )  # fmt: skip
    kept, shape, rings = _met(rings, unit, column, row, far, long)
    return _by_tile(zoom, column[kept], row[kept], unit[kept], shape, rings)


def _met(
    rings: Rings, unit: Ints, column: Ints, row: Ints, far: npt.NDArray[np.bool_], long: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.bool_], Ints, Rings]:
    """Which pairs really meet, and as which shape: those in several tiles are looked at, the `long` ones cut."""
    kept, shape = np.ones(len(unit), bool), unit.copy()
    asked = np.flatnonzero(far)
    whole = _polygons(rings, np.unique(unit[asked]))
    which = np.searchsorted(np.unique(unit[asked]), unit[asked])
    boxes = shapely.box(column[asked] * EXTENT - BUFFER, row[asked] * EXTENT - BUFFER,
                        (column[asked] + 1) * EXTENT + BUFFER, (row[asked] + 1) * EXTENT + BUFFER)  # fmt: skip
    shapely.prepare(whole)
    kept[asked] = shapely.intersects(whole[which], boxes)
    pieces = np.flatnonzero((long & kept)[asked])
    if len(pieces):
        parts = _cut_parts(shapely.intersection(whole[which[pieces]], boxes[pieces]))
        kept[asked[pieces]] = np.diff(parts.polygon_of) > 0
        shape[asked[pieces]] = len(rings.polygon_of) - 1 + np.arange(len(pieces))
        rings = _joined(rings, parts)
    return kept, shape[kept], rings


def _cut_parts(shapes: Polygons) -> Rings:
    """The rings of polygons that were cut, all parts of one taken together; lines and points left by the cut go."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    polygons = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    parts, owner = shapely.set_precision(parts[polygons], 1), owner[polygons]
    again, back = shapely.get_parts(parts, return_index=True)
    solid = (shapely.get_type_id(again) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(again)
    rings = _rings(shapely.orient_polygons(again[solid]))
    per_shape = np.bincount(owner[back[solid]], np.diff(rings.polygon_of), minlength=len(shapes)).astype(np.int64)
    x, y = (np.rint(side).astype(np.int64) for side in (rings.x, rings.y))
    return Rings(x, y, rings.ring_of, starts_of(per_shape))


def _joined(one: Rings, other: Rings) -> Rings:
    return Rings(
        np.concatenate([one.x, other.x]),
        np.concatenate([one.y, other.y]),
        np.concatenate([one.ring_of, one.ring_of[-1] + other.ring_of[1:]]),
        np.concatenate([one.polygon_of, one.polygon_of[-1] + other.polygon_of[1:]]),
    )


def _by_tile(zoom: int, column: Ints, row: Ints, unit: Ints, shape: Ints, rings: Rings) -> Cut:
    named, back = np.unique(column << 32 | row, return_inverse=True)
    columns, rows = named >> 32, named & 0xFFFFFFFF
    ids = tile_ids(zoom, columns, rows)
    order = np.argsort(ids)
    rank = np.empty(len(ids), np.int64)
    rank[order] = np.arange(len(ids))
    tile = rank[back]
    sorted_ = np.lexsort((unit, tile))
    return Cut(ids[order], columns[order], rows[order], tile[sorted_], unit[sorted_], shape[sorted_], rings)


def _rings(shapes: Polygons) -> Rings:
    if not len(shapes):
        return Rings(np.empty(0), np.empty(0), np.zeros(1, np.int64), np.zeros(1, np.int64))
    _, corners, (ring_of, polygon_of) = shapely.to_ragged_array(shapes)
    open_ = np.ones(len(corners), bool)
    open_[ring_of[1:] - 1] = False
    return Rings(corners[open_, 0], corners[open_, 1], ring_of - np.arange(len(ring_of)), polygon_of.astype(np.int64))


def _polygons(rings: Rings, chosen: Ints) -> Polygons:
    """Some polygons in steps."""
    ring_counts = np.diff(rings.polygon_of)[chosen]
    ring = places(rings.polygon_of[chosen], ring_counts)
    lengths = np.diff(rings.ring_of)[ring]
    ends = starts_of(lengths + 1)
    corner = places(rings.ring_of[ring], lengths + 1)
    corner[ends[1:] - 1] = rings.ring_of[ring]
    corners = np.column_stack([rings.x[corner], rings.y[corner]]).astype(np.float64)
    return shapely.from_ragged_array(shapely.GeometryType.POLYGON, corners, (ends, starts_of(ring_counts)))
