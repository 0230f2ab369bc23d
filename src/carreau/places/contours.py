"""Contours of communes, generalised: a background for maps, never a test of which commune a point is in.

Those shipped cover Loire-Atlantique, Seine-Saint-Denis and Corse only (`data/SOURCES.md`).
"""

from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

Box = tuple[float, float, float, float]


def near(box: Box) -> list[Any]:
    """The contours (shapely polygons, longitude and latitude) that meet a box: west, south, east, north in degrees."""
    contours, tree = _shipped()
    return list(contours[np.sort(tree.query(shapely.box(*box), predicate="intersects"))])


@cache
def _shipped() -> tuple[npt.NDArray[np.object_], shapely.STRtree]:
    with files("carreau.places").joinpath("data/contours.parquet").open("rb") as source:
        contours = shapely.from_wkb(pl.read_parquet(source)["contour"].to_numpy())
    return contours, shapely.STRtree(contours)
