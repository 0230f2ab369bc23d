"""Units as GeoParquet 1.1: in the grid of the units, or in longitude and latitude when they lie in several grids."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import shapely
from pyproj import CRS

from carreau.places.projection import project
from carreau.release.polygons import Polygons

LONGLAT = CRS.from_user_input("OGC:CRS84")


def write_geoparquet(units: pl.DataFrame, shapes: Polygons, file: Path) -> None:
    """Write the units and their polygons. Source: GeoParquet 1.1.0, "File metadata" and "Column metadata"."""
    placed, crs = in_one_crs(units, shapes)
    geometry: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": ["Polygon"],
        "orientation": "counterclockwise",
        "edges": "planar",
        "crs": json.loads(crs.to_json()),
    }
    if len(placed):
        geometry["bbox"] = [float(value) for value in shapely.total_bounds(placed)]
    about = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": geometry}}
    table = units.with_columns(pl.Series("geometry", shapely.to_wkb(placed).tolist(), dtype=pl.Binary))
    table.write_parquet(file, compression="zstd", metadata={"geo": json.dumps(about)})


def in_one_crs(units: pl.DataFrame, shapes: Polygons) -> tuple[Polygons, CRS]:
    """The polygons in the one grid of the units, or else in longitude and latitude (OGC:CRS84)."""
    grids = units["crs"].unique().sort().to_list()
    return (shapes, CRS.from_epsg(grids[0])) if len(grids) == 1 else (projected(units, shapes, LONGLAT), LONGLAT)


def projected(units: pl.DataFrame, shapes: Polygons, target: CRS) -> Polygons:
    """The polygons, each from its grid, in another system; easting or longitude first."""
    moved = shapes.copy()
    for grid in units["crs"].unique().sort().to_list():
        mine = (units["crs"] == grid).to_numpy()
        moved[mine] = shapely.transform(shapes[mine], partial(project, source=grid, target=target), interleaved=False)
    return moved
