"""A published release as the pages read it: from the files that everybody can download, and nothing else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings

from carreau.places.grid import CELL, parse_cell_ids
from carreau.release.exports import PAGE
from carreau.site.maps.classes import Classes, classes
from carreau.site.maps.measures import CELLS, Indicator, indicators
from carreau.site.maps.models import Published

MOST_UNITS = 5000
"""Beyond, a page with all units would weigh megabytes: the map asks for tiles."""


@dataclass(frozen=True, eq=False)
class Shown:
    """`page` is `release.json`; `units` the released table with `cells` added; `places` their inhabited cells."""

    page: Mapping[str, Any]
    units: pl.DataFrame
    places: pl.DataFrame
    """One row a cell with located homes: `unit_id`, `cell_crs`, `cell_north`, `cell_east`."""
    bridges: pl.DataFrame
    """The same of the cells without homes that hold units together."""
    ground: pl.DataFrame
    """The cells that a drawing frames: `places`, and those of another release that it is compared with."""
    indicators: tuple[Indicator, ...]
    classes: Mapping[str, Classes]
    """By the name of an indicator."""

    @property
    def count(self) -> str:
        """What the units count: `households` or `homes`."""
        return str(self.page["count"])

    @property
    def key(self) -> str:
        """The release in an address."""
        return str(self.page["digest"])[:16]

    @property
    def tiled(self) -> bool:
        """Whether there are too many units for one page."""
        return self.units.height > MOST_UNITS

    def indicator(self, name: str) -> Indicator | None:
        """An indicator by name; the first for none."""
        return next((one for one in self.indicators if one.name == name or not name), None)

    def unit(self, unit_id: str) -> dict[str, Any] | None:
        """The row of a unit."""
        return next(self.units.filter(pl.col("unit_id") == unit_id).iter_rows(named=True), None)

    def bridges_of(self, unit_id: str) -> int:
        """How many cells without homes hold a unit together."""
        return self.bridges.filter(pl.col("unit_id") == unit_id).height


def shown(published: Published) -> Shown:
    """Read a release; once for each process, since its files never change."""
    return _read(settings.ENVIRONMENT.home / published.folder)


@lru_cache(maxsize=8)
def _read(folder: Path) -> Shown:
    page = json.loads((folder / PAGE).read_text(encoding="utf-8"))
    places = _placed(folder / "cells.csv")
    bridges = _placed(folder / "bridges.csv") if "bridges.csv" in page["files"] else places.clear()
    units = _units(folder, page, places)
    found = indicators(page["columns"], page["count"])
    by_name = {one.name: classes(one.middle(units), one.decimals) for one in found}
    return Shown(page, units, places, bridges, places, found, by_name)


def _units(folder: Path, page: Mapping[str, Any], places: pl.DataFrame) -> pl.DataFrame:
    """The released table with `cells`: those with homes, or, as tiles draw whole units, all those of the unit."""
    names = [column["name"] for column in [*page["columns"], *page.get("row", ())]]
    units = pl.read_parquet(folder / "units.parquet", columns=names)
    if units.height <= MOST_UNITS:
        sizes = places.group_by("unit_id").agg(pl.len().cast(pl.Int32).alias(CELLS))
        return units.join(sizes, on="unit_id", how="left", validate="1:1", maintain_order="left")
    if page.get("shape"):
        return units.hstack(pl.read_parquet(folder / "units.parquet", columns=[CELLS]))
    return units.with_columns(((pl.col("size") // CELL) ** 2).alias(CELLS))


def _placed(file: Path) -> pl.DataFrame:
    cells = pl.read_csv(file, schema={"cell_id": pl.String, "unit_id": pl.String})
    return cells.select("unit_id").hstack(parse_cell_ids(cells["cell_id"]).drop("cell_size"))
