"""From one system of coordinates to another: longitude or easting first, latitude or northing second."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer

from carreau.errors import BadInput

WGS84 = 4326
Floats = npt.NDArray[np.float64]


def project(x: Floats, y: Floats, source: int | CRS, target: int | CRS) -> tuple[Floats, Floats]:
    """The same points in another system (EPSG codes, or systems of pyproj); a point that has none there is infinite.

    Raises BadInput when a code is unknown.
    """
    transformer = transformer_between(source, target)
    if len(x) == 1:  # pyproj hands an array of one to NumPy as a scalar, which NumPy is about to refuse
        east, north = transformer.transform(float(x[0]), float(y[0]))
        return np.array([east]), np.array([north])
    east, north = transformer.transform(x, y)
    return east, north


@lru_cache(maxsize=32)
def transformer_between(source: int | CRS, target: int | CRS) -> Transformer:
    """The transformation itself, made once. Raises BadInput when a code is unknown."""
    try:
        return Transformer.from_crs(source, target, always_xy=True)
    except Exception:
        raise BadInput(f"EPSG:{source} is not a known system of coordinates") from None
