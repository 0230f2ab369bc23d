"""A release as files: CSV, GeoParquet and the page that says what they are. Only what the gate made is written.

| file | one row |
|---|---|
| `units.csv`, `units.parquet` | a unit: `release.json` says what each column is; GeoParquet adds the polygon |
| `cells.csv` | a 200 m cell with located homes: `cell_id`, `unit_id` |
| `bridges.csv` | a cell without, that links those of a unit; only when units are other shapes than squares |

Cells with homes and bridges have files of their own: whoever counts or draws inhabited cells must not take the others
for such. In that case `units` also has `cells`, the number of both, told under `shape` in the page and not among the
`columns`, which are those to be mapped.
"""

import json
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import shapely
from pyproj import CRS

from carreau.outputs import file_sha256, whole_folder
from carreau.places.projection import project
from carreau.release.gate import Release
from carreau.release.polygons import Polygons, polygons

FORMAT = 1
PAGE = "release.json"
CELLS = "cells"

_PLACE = {
    "unit_id": ("INSPIRE name of the square; for another shape that of its first cell, and how many cells it has", ""),
    "crs": ("EPSG code of its grid", ""),
    "size": ("side of the square, or of the smallest that another shape fits in", "m"),
    "north": ("northing of the lower-left corner of that square", "m"),
    "east": ("easting of the lower-left corner of that square", "m"),
    "households": ("households of tenants living there", "households"),
    "homes": ("social homes located there", "homes"),
}
_SHAPE = {"name": CELLS, "definition": "200 m cells of the unit, those without homes included", "unit": "cells"}


def write(release: Release, folder: Path) -> dict[str, str]:
    """Write `units.csv`, `units.parquet` (GeoParquet 1.1), `cells.csv`, `release.json` and, for other shapes than
    squares, `bridges.csv`; the hashes by file name.

    The folder appears as a whole or not at all. The geometry is in the grid of the units, or in longitude and latitude
    (OGC:CRS84) when they lie in several grids.

    Raises TypeError for anything but a release as the gate made it, and BadInput when the folder cannot be written.
    """
    if type(release) is not Release or not release.intact:
        raise TypeError("only a Release made by carreau.release.gate.protect can be written")
    with whole_folder(folder) as staging:
        units = release.units
        units.write_csv(staging / "units.csv")
        release.cells.write_csv(staging / "cells.csv")
        if release.bridges is not None:
            release.bridges.write_csv(staging / "bridges.csv")
        _write_geoparquet(units, polygons(release), staging / "units.parquet")
        hashes = {file.name: file_sha256(file) for file in sorted(staging.iterdir())}
        page = json.dumps(_page(release, hashes), ensure_ascii=False, indent=1)
        (staging / PAGE).write_text(page + "\n", encoding="utf-8")
    return hashes


def columns(release: Release) -> list[dict[str, Any]]:
    """What each column of the units means: name, definition, unit, and for an indicator its denominator and kind.

    All but `cells`, which tells of the shape of a unit.
    """
    told: dict[str, dict[str, Any]] = {
        name: {"definition": definition, "unit": unit} for name, (definition, unit) in _PLACE.items()
    }
    for indicator in release.indicators:
        for column in indicator.columns:
            end = {"_low": "at least: ", "_high": "at most: "}.get(column.removeprefix(indicator.name), "")
            told[column] = {
                "definition": end + indicator.definition,
                "unit": indicator.unit,
                "denominator": indicator.denominator,
                "sensitive": indicator.sensitive,
            }
    return [{"name": name, **told[name]} for name in release.units.columns if name != CELLS]


def _page(release: Release, hashes: dict[str, str]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        **release.facts,
        "units": release.units.height,
        "share_at_200m": round(release.share_at_200m, 4),
        "digest": release.digest,
        "columns": columns(release),
        **({"shape": [_SHAPE]} if CELLS in release.units.columns else {}),
        "files": hashes,
    }


def _write_geoparquet(units: pl.DataFrame, shapes: Polygons, file: Path) -> None:
    """Source: GeoParquet 1.1.0, sections "File metadata" and "Column metadata"."""
    boxes, crs = _in_one_crs(units, shapes)
    geometry: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": ["Polygon"],
        "orientation": "counterclockwise",
        "edges": "planar",
        "crs": json.loads(crs.to_json()),
    }
    if len(boxes):
        geometry["bbox"] = [float(value) for value in shapely.total_bounds(boxes)]
    about = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": geometry}}
    table = units.with_columns(pl.Series("geometry", shapely.to_wkb(boxes).tolist(), dtype=pl.Binary))
    table.write_parquet(file, compression="zstd", metadata={"geo": json.dumps(about)})


def _in_one_crs(units: pl.DataFrame, shapes: Polygons) -> tuple[Polygons, CRS]:
    grids = units["crs"].unique().sort().to_list()
    if len(grids) == 1:
        return shapes, CRS.from_epsg(grids[0])
    longlat = CRS.from_user_input("OGC:CRS84")
    for grid in grids:
        mine = (units["crs"] == grid).to_numpy()
        shapes[mine] = shapely.transform(shapes[mine], partial(project, source=grid, target=longlat), interleaved=False)
    return shapes, longlat
