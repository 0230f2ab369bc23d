"""A release as files: CSV, GeoParquet and the page that says what they are. Only what the gate made is written."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import shapely
from pyproj import CRS

from carreau.outputs import file_sha256, whole_folder
from carreau.places.projection import project
from carreau.release.gate import Release

FORMAT = 1
PAGE = "release.json"

_PLACE = {
    "unit_id": ("INSPIRE name of the square", ""),
    "crs": ("EPSG code of its grid", ""),
    "size": ("side of the square", "m"),
    "north": ("northing of its lower-left corner", "m"),
    "east": ("easting of its lower-left corner", "m"),
    "households": ("households of tenants living there", "households"),
    "homes": ("social homes located there", "homes"),
}


def write(release: Release, folder: Path) -> dict[str, str]:
    """Write `units.csv`, `units.parquet` (GeoParquet 1.1), `cells.csv` and `release.json`; the hashes by file name.

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
        _write_geoparquet(units, staging / "units.parquet")
        hashes = {file: file_sha256(staging / file) for file in ("cells.csv", "units.csv", "units.parquet")}
        page = json.dumps(_page(release, hashes), ensure_ascii=False, indent=1)
        (staging / PAGE).write_text(page + "\n", encoding="utf-8")
    return hashes


def columns(release: Release) -> list[dict[str, Any]]:
    """What each column of the units means: name, definition, unit, and for an indicator its denominator and kind."""
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
    return [{"name": name, **told[name]} for name in release.units.columns]


def _page(release: Release, hashes: dict[str, str]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        **release.facts,
        "units": release.units.height,
        "share_at_200m": round(release.share_at_200m, 4),
        "digest": release.digest,
        "columns": columns(release),
        "files": hashes,
    }


def _write_geoparquet(units: pl.DataFrame, file: Path) -> None:
    """Source: GeoParquet 1.1.0, sections "File metadata" and "Column metadata"."""
    boxes, crs = _squares(units)
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


def _squares(units: pl.DataFrame) -> tuple[Any, CRS]:
    size, north, east = (units[name].to_numpy().astype(np.float64) for name in ("size", "north", "east"))
    boxes = shapely.box(east, north, east + size, north + size)
    grids = units["crs"].unique().sort().to_list()
    if len(grids) == 1:
        return boxes, CRS.from_epsg(grids[0])
    longlat = CRS.from_user_input("OGC:CRS84")
    for grid in grids:
        mine = (units["crs"] == grid).to_numpy()
        boxes[mine] = shapely.transform(boxes[mine], partial(project, source=grid, target=longlat), interleaved=False)
    return boxes, longlat
