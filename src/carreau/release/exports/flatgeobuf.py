"""Units as FlatGeobuf: one file that web maps and desktop tools read by parts, through its spatial index."""

from io import BytesIO
from pathlib import Path

import numpy as np
import polars as pl
import shapely

from carreau.release.exports.geoparquet import in_one_crs
from carreau.release.polygons import Polygons

LAYER = "units"


def write_flatgeobuf(units: pl.DataFrame, shapes: Polygons, file: Path) -> None:
    """Write the units and their polygons, in the same system as GeoParquet; what is not told is null."""
    import pyogrio  # here, because it loads GDAL, and pandas where there is one: not for every command

    placed, crs = in_one_crs(units, shapes)
    filled = units.with_columns(pl.col(pl.String).fill_null(""), pl.selectors.numeric().fill_null(0))
    whole = BytesIO()  # GDAL changes some names of folders, and tells of a full disk too late
    pyogrio.raw.write(
        whole,
        shapely.to_wkb(placed),
        [filled[name].to_numpy().astype(_plain(filled.schema[name])) for name in units.columns],
        units.columns,
        field_mask=[units[name].is_null().to_numpy() for name in units.columns],
        layer=LAYER,
        driver="FlatGeobuf",
        geometry_type="Polygon",
        crs=crs.to_wkt(),
        promote_to_multi=False,
        SPATIAL_INDEX="YES" if len(placed) else "NO",
    )
    file.write_bytes(whole.getvalue())


def _plain(dtype: pl.DataType) -> np.dtype:
    if dtype == pl.String:
        return np.dtype(object)
    return np.dtype(np.float64 if dtype.is_float() else np.int64 if dtype == pl.Int64 else np.int32)
