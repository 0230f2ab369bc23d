"""The map as SVG: what is seen without a script, before the script is there, and on paper."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import polars as pl
import shapely

from carreau.places.contours import near
from carreau.places.grid import CELL
from carreau.places.projection import WGS84, project
from carreau.site.maps.geometry import Floats, around, frame, merged
from carreau.site.maps.shown import Shown

Box = tuple[int, int, int, int, int]
"""A grid, and in its metres west, south, width and height."""
LEAST_AROUND = 30 * CELL


@dataclass(frozen=True)
class Patch:
    """A unit: the path of its inhabited cells, and the number of its colour for each indicator (0: not told)."""

    unit_id: str
    path: str
    colours: str


@dataclass(frozen=True)
class Drawing:
    """The units of one grid; one unit of length is a cell, north up."""

    width: int
    height: int
    communes: Sequence[str]
    bridges: Sequence[str]
    """Paths of the cells without homes that hold a unit together."""
    patches: Sequence[Patch]


def drawings(release: Shown) -> list[Drawing]:
    """One drawing a grid, the fullest first; none when there are too many units to draw."""
    if release.tiled:
        return []
    parts = release.places.partition_by("cell_crs", maintain_order=True)
    colours = _colours(release)
    parts = sorted(parts, key=lambda part: -part.height)
    return [_drawing(release, part, frame(_on_grid(release.ground, part)), colours) for part in parts]


def surroundings(release: Shown, places: pl.DataFrame) -> Drawing:
    """Some cells of one grid in the middle of what is around them; patches have no colours."""
    grid, x, y, width, height = frame(places)
    side = max(width, height, LEAST_AROUND)
    box = grid, x - (side - width) // 2 // CELL * CELL, y - (side - height) // 2 // CELL * CELL, side, side
    east, north = pl.col("cell_east"), pl.col("cell_north")
    near_it = east.is_between(box[1], box[1] + side - CELL) & north.is_between(box[2], box[2] + side - CELL)
    part = _on_grid(release.places, places).filter(near_it)
    bridges = release.bridges.filter(near_it)
    return _drawing(replace(release, bridges=bridges), part, box, {})


def _on_grid(cells: pl.DataFrame, part: pl.DataFrame) -> pl.DataFrame:
    return cells.filter(pl.col("cell_crs") == part["cell_crs"][0])


def _drawing(release: Shown, part: pl.DataFrame, box: Box, colours: dict[str, str]) -> Drawing:
    grid, west, south, width, height = box
    top = south + height
    units = merged(part)
    shapes = shapely.transform(list(units.values()), partial(_placed, west, top))
    patches = [Patch(unit, _path(shape), colours.get(unit, "")) for unit, shape in zip(units, shapes, strict=True)]
    links = merged(_on_grid(release.bridges, part)).values()
    bridges = [_path(shape) for shape in shapely.transform(list(links), partial(_placed, west, top))]
    width, height = width // CELL, height // CELL
    return Drawing(width, height, _communes(release, grid, west, top, width, height), bridges, patches)


def _colours(release: Shown) -> dict[str, str]:
    """For each unit, one figure an indicator: 1 to 6 for c1 to c6, 0 for unknown."""
    columns = [
        [colour[1] if colour.startswith("c") else "0" for colour in
         release.classes[one.name].colours_of(one.middle(release.units))]
        for one in release.indicators
    ]  # fmt: skip
    return dict(zip(release.units["unit_id"], map("".join, zip(*columns, strict=True)), strict=True))


def _communes(release: Shown, grid: int, west: int, top: int, width: int, height: int) -> list[str]:
    around_it = shapely.box(-width, -height, 2 * width, 2 * height)
    shapes = shapely.transform(near(around(release)), partial(project, source=WGS84, target=grid), interleaved=False)
    placed = shapely.transform(shapes, partial(_placed, west, top))
    return [path for shape in shapely.intersection(placed, around_it) if (path := _path(shape))]


def _placed(west: int, top: int, points: Floats) -> Floats:
    """Points of a grid in units of a cell, downwards from the top."""
    return np.column_stack([(points[:, 0] - west) / CELL, (top - points[:, 1]) / CELL])


def _path(shape: shapely.Geometry) -> str:
    rings = [
        ring
        for part in shapely.get_parts(shape)
        if part.geom_type == "Polygon" and not part.is_empty
        for ring in (part.exterior, *part.interiors)
    ]
    return "".join(
        "M" + "L".join(f"{round(x, 1):g} {round(y, 1):g}" for x, y in ring.coords[:-1]) + "z" for ring in rings
    )
