"""Reading files with shapes (GeoPackage, GeoJSON, FlatGeobuf, Shapefile): attributes as a frame, shapes as WKB."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely
from pyproj import CRS

from carreau.errors import BadInput
from carreau.places.projection import WGS84, project

SUFFIXES = (".gpkg", ".geojson", ".json", ".fgb", ".shp")


@dataclass(frozen=True)
class Shapes:
    """Rows of a layer: `attributes` (names in capitals) and, row by row, `geometries` in the system `crs`."""

    attributes: pl.DataFrame
    geometries: npt.NDArray[np.object_]
    crs: CRS


def read_shapes(file: Path) -> Shapes:
    """Read the only layer of a file.

    Raises BadInput when the file is missing or unreadable, has several layers, no row or no coordinate system.
    """
    if not file.exists():
        raise BadInput("does not exist", file=file)
    import pyogrio  # here, because it loads GDAL, and pandas where there is one: not for every command

    try:
        layers = pyogrio.list_layers(file)
        if len(layers) != 1:
            raise BadInput(f"holds {len(layers)} layers; exactly one is expected", file=file)
        meta, _, geometry, fields = pyogrio.raw.read(file)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise BadInput(f"cannot be read as a file of shapes: {str(error).splitlines()[0]}", file=file) from None
    columns = [str(name).upper() for name in meta["fields"]]
    if geometry is None or not len(geometry):
        raise BadInput("holds no shape", file=file)
    if not meta["crs"]:
        raise BadInput("does not say its coordinate system", file=file)
    attributes = pl.DataFrame({name: _series(values) for name, values in zip(columns, fields, strict=True)})
    return Shapes(attributes, shapely.from_wkb(geometry), CRS.from_user_input(meta["crs"]))


def to_wgs84(shapes: Shapes) -> npt.NDArray[np.object_]:
    """The shapes with longitude and latitude."""
    moved: npt.NDArray[np.object_] = shapely.transform(
        shapes.geometries, lambda x, y: project(x, y, shapes.crs, WGS84), interleaved=False
    )
    return moved


def _series(values: npt.NDArray[np.generic]) -> pl.Series:
    if values.dtype == object:
        return pl.Series([None if value is None else str(value) for value in values], dtype=pl.String)
    return pl.Series(values)
