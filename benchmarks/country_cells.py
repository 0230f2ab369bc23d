"""A generated country: social households by 200 m cell, clustered like towns, each town a commune."""

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.spatial import cKDTree

COMMUNES, HOUSEHOLDS = 35_000, 5_000_000
SIDE = 4_200
"""Cells along a side of the country: about the area of the metropole."""


def country(households: int = HOUSEHOLDS, communes: int = COMMUNES, seed: int = 1) -> pl.DataFrame:
    """One row a cell: its key, `commune`, `base`; each commune is the Voronoi region of its town.

    Towns lie at random; their sizes follow Zipf's law, and their households a Gaussian that widens with size, by
    buildings of 1 to 40 homes. `households` is met within a few per cent.
    """
    random = np.random.default_rng(seed)
    side = int(SIDE * np.sqrt(communes / COMMUNES))
    towns = random.integers(0, side, (communes, 2))
    size = 1 / np.arange(1, communes + 1) ** 0.9
    buildings = random.poisson(size / size.sum() * households / 6) + random.integers(0, 8, communes)
    town = np.repeat(np.arange(communes), buildings)
    spread = 1 + 0.25 * np.sqrt(buildings)[town]
    places = towns[town] + np.rint(random.normal(size=(len(town), 2)) * spread[:, None]).astype(np.int64)
    homes = np.minimum(random.geometric(1 / 6, len(town)), 40)
    cells = pl.DataFrame({"row": places[:, 0], "column": places[:, 1], "homes": homes})
    cells = cells.group_by("row", "column", maintain_order=True).agg(base=pl.col("homes").sum())
    nearest = _nearest(cells.select("row", "column").to_numpy(), towns)
    return cells.select(
        cell_crs=pl.lit(3035, pl.Int32),
        cell_north=(2_000_000 + 200 * pl.col("row")).cast(pl.Int32),
        cell_east=(3_200_000 + 200 * pl.col("column")).cast(pl.Int32),
        commune=pl.Series(nearest).cast(pl.String).str.zfill(5),
        base=pl.col("base").cast(pl.Int64),
    )


def _nearest(places: npt.NDArray[np.int64], towns: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return cKDTree(towns).query(places)[1]
