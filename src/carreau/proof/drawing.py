"""The pictures of a proof, as SVG: the units by size, and plain bars."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from carreau.places.grid import CELL

CLASSES = ((1, 1, "#8c3529"), (2, 4, "#d08a5e"), (5, 24, "#e3b893"), (25, None, "#f0dfcb"))
"""Cells of a unit, from and to, and a colour: the finer, the darker."""
ALL_DRAWN = 5_000
"""With more units, squares of several cells are drawn, as wide as it takes to have no more of them than this."""
WIDTH = 640


def map_of_units(folder: Path, label: str) -> str:
    """The units of the fullest grid, each in the colour of its size; one SVG element."""
    units = pl.read_parquet(folder / "units.parquet")
    if units.is_empty():
        return ""
    grid = units["crs"].value_counts().sort("count", "crs", descending=[True, False])["crs"][0]
    mine = units.filter(pl.col("crs") == grid)
    paths = _squares(mine) if mine.height > ALL_DRAWN or units["crs"].n_unique() > 1 else _outlines(mine)
    corners = mine.select("north", "east", top=pl.col("north") + pl.col("size"), right=pl.col("east") + pl.col("size"))
    bottom, left = corners.select("north", "east").min().row(0)
    top, right = corners.select("top", "right").max().row(0)
    height, width = top - bottom, right - left
    scale = WIDTH / width
    drawn = "".join(
        f'<path fill="{colour}" fill-rule="evenodd" d="{path}"/>'
        for colour, path in zip((c[2] for c in CLASSES), paths, strict=True)
        if path
    )
    return (
        f'<svg role="img" aria-label="{label}" viewBox="0 0 {WIDTH} {max(1, round(height * scale))}">'
        f'<g transform="scale({scale:.6g} {-scale:.6g}) translate({-left} {-top})" stroke="#fbf8f3" '
        f'stroke-width="{0.6 / scale:.4g}">{drawn}</g></svg>'
    )


def size_class(cells: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Which of `CLASSES` a unit of so many cells is in."""
    return np.searchsorted([first for first, _, _ in CLASSES], cells, side="right") - 1


def _outlines(units: pl.DataFrame) -> list[str]:
    shapes = shapely.from_wkb(units["geometry"].to_numpy())
    own = size_class(cells_of(units).to_numpy())
    return ["".join(_path(ring) for ring in _rings(shapes[own == number])) for number in range(len(CLASSES))]


def _rings(shapes: npt.NDArray[Any]) -> Iterator[npt.NDArray[np.int64]]:
    for ring in shapely.get_rings(shapes):
        yield shapely.get_coordinates(ring).astype(np.int64)


def _path(ring: npt.NDArray[np.int64]) -> str:
    moves = "".join(f"l{x} {y}" for x, y in np.diff(ring[:-1], axis=0))
    return f"M{ring[0][0]} {ring[0][1]}{moves}z"


def _squares(units: pl.DataFrame) -> list[str]:
    """The usual size of units (the median) in each square of a coarser grid."""
    own = units.select("north", "east", cells=cells_of(units))
    side = CELL
    while True:
        places = own.group_by(pl.col("north") // side, pl.col("east") // side, maintain_order=True)
        if (binned := places.agg(pl.col("cells").median())).height <= ALL_DRAWN:
            break
        side *= 2
    binned = binned.sort("north", "east").with_columns(
        size=size_class(binned.sort("north", "east")["cells"].to_numpy())
    )
    return [
        "".join(
            f"M{east * side} {north * side}h{side}v{side}h-{side}z"
            for north, east in binned.filter(pl.col("size") == number).select("north", "east").iter_rows()
        )
        for number in range(len(CLASSES))
    ]


def cells_of(units: pl.DataFrame) -> pl.Series:
    """How many cells each unit has."""
    size = units["cells"] if "cells" in units.columns else (units["size"] // CELL) ** 2
    return size.cast(pl.Int64).alias("cells")


def bars(parts: Sequence[tuple[str, float]]) -> str:
    """Parts of a whole as one bar, in percent of its width: pairs of a class of the style sheet and a number."""
    total = sum(value for _, value in parts) or 1
    return '<span class="bar">' + "".join(
        f'<i class="{name}" style="width:{100 * value / total:.4g}%"></i>' for name, value in parts if value
    ) + "</span>"  # fmt: skip


def searched_bars(counts: Mapping[str, int], words: Mapping[str, str], numbers: Mapping[str, str]) -> str:
    """One bar for each thing that was searched, as long as there were many, the longest filling the line."""
    longest = max(counts.values(), default=1)
    rows = (
        f"<dt>{words[name]}</dt><dd>{bars([('full', count), ('', max(longest - count, 0))])} {numbers[name]}</dd>"
        for name, count in counts.items()
    )
    return f'<dl class="bars">{"".join(rows)}</dl>'
