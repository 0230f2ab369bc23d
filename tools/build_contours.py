"""Make the contours of communes that ship with Carreau, for the quiet background of maps.

    python tools/build_contours.py FROM_GPKG

FROM_GPKG has one polygon a commune in longitude and latitude, with its `code` and `nom`. Coordinates are rounded to
0.0001°, about ten metres, well under what the contours were generalised to. The result is described in
`src/carreau/places/data/SOURCES.md`.
"""

import sys
from pathlib import Path

import numpy as np
import polars as pl
import pyogrio
import shapely

TARGET = Path(__file__).parent.parent / "src/carreau/places/data/contours.parquet"
DECIMALS = 4


def build(source: Path) -> pl.DataFrame:
    """`code`, `name` and `contour` (WKB, longitude and latitude), sorted by code."""
    _, _, contours, (codes, names) = pyogrio.raw.read(source, columns=["code", "nom"])
    rounded = shapely.transform(shapely.from_wkb(contours), lambda points: np.round(points, DECIMALS))
    whole = shapely.make_valid(rounded)
    return pl.DataFrame({"code": list(codes), "name": list(names), "contour": shapely.to_wkb(whole).tolist()}).sort(
        "code"
    )


def main() -> None:
    """Read the file named on the command line and write the data file."""
    contours = build(Path(sys.argv[1]))
    contours.write_parquet(TARGET, compression="zstd", compression_level=22)
    print(f"{contours.height} communes in {TARGET.name}, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
