"""Make the extract of Bondy that ships with the demonstration: only the columns and the places that it needs.

    python tools/build_bondy.py ADDRESSES CELLS IRIS QPV

ADDRESSES has one point an address with its number of homes, CELLS are Filosofi's of 200 m, IRIS those of a
département, QPV the contours of priority neighbourhoods. Each becomes a file of the archive that Carreau's own readers
read; contours keep every point, at a decimetre. The sources are described in `src/carreau/demo/data/SOURCES.md`.
"""

import io
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyogrio
import shapely

from carreau.register.filosofi import COLUMNS

TARGET = Path(__file__).parent.parent / "src/carreau/demo/data/bondy.zip"
COMMUNE = "93010"
METRES = 0.1
CELL_COLUMNS = ["idcar_200m", "idcar_nat", "i_est_200", "lcog_geo", *(name.lower() for name in COLUMNS.values())]


def shapes(source: Path, layer: str, columns: list[str], commune: str | None = None) -> bytes:
    """A layer as GeoJSON with some of its columns; only the rows of a commune when there is a column for it."""
    meta, _, wkb, fields = pyogrio.raw.read(source)
    values = dict(zip(meta["fields"], fields, strict=True))
    kept = values["INSEE_COM"] == commune if commune else np.full(len(wkb), fill_value=True)
    whole = shapely.set_precision(shapely.from_wkb(wkb[kept]), METRES)
    kind = "MultiPolygon" if (shapely.get_dimensions(whole) == 2).any() else "Point"
    written = io.BytesIO()
    pyogrio.raw.write(
        written, shapely.to_wkb(whole), [values[name][kept] for name in columns], columns, driver="GeoJSON",
        geometry_type=kind, crs=meta["crs"], layer_options={"COORDINATE_PRECISION": "1"}, layer=layer,
    )  # fmt: skip
    return written.getvalue()


def cells(source: Path) -> bytes:
    """Filosofi's cells as CSV, without their geometry, which their names tell."""
    meta, _, _, fields = pyogrio.raw.read(source, read_geometry=False)
    values: dict[str, Any] = dict(zip(meta["fields"], fields, strict=True))
    text = pl.DataFrame({name: values[name] for name in [*CELL_COLUMNS, "insee"]}).write_csv(separator=";")
    return text.encode()


def main() -> None:
    """Read the four files named on the command line and write the archive."""
    addresses, squares, iris, qpv = map(Path, sys.argv[1:])
    files = {
        "addresses.geojson": shapes(addresses, "addresses", ["cle", "appartement", "Année.de.construction"]),
        "cells.csv": cells(squares),
        "iris.geojson": shapes(iris, "iris", ["CODE_IRIS", "NOM_IRIS"], COMMUNE),
        "qpv.geojson": shapes(qpv, "qpv", ["C_NQPV", "L_NQPV"]),
    }
    with zipfile.ZipFile(TARGET, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, compresslevel=9)
    print({name: len(content) for name, content in files.items()}, TARGET.stat().st_size)


if __name__ == "__main__":
    main()
