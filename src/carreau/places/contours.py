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
    contours, tree, _ = _shipped()
    return list(contours[np.sort(tree.query(shapely.box(*box), predicate="intersects"))])


def neighbours(code: str) -> tuple[str, ...]:
    """The communes around a commune, by code; none where its contour is not shipped."""
    contours, tree, codes = _shipped()
    if code not in codes:
        return ()
    found = tree.query(contours[codes.index(code)], predicate="intersects")
    return tuple(sorted(codes[place] for place in found if codes[place] != code))


@cache
def _shipped() -> tuple[npt.NDArray[np.object_], shapely.STRtree, list[str]]:
    with files("carreau.places").joinpath("data/contours.parquet").open("rb") as source:
        rows = pl.read_parquet(source)
    contours = shapely.from_wkb(rows["contour"].to_numpy())
    return contours, shapely.STRtree(contours), rows["code"].to_list()
