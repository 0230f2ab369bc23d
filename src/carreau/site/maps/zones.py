"""The zones that a release tells beside its units: communes, IRIS, priority neighbourhoods, residences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings

from carreau.site.maps.measures import CELLS
from carreau.site.maps.models import Published
from carreau.site.maps.shown import Shown

FOLDER = "zones"
COMMUNE = "commune"
EXACT, WITHHELD = "exact", "withheld"
TEXT = {"zone": pl.String, "told": pl.String, "unit_id": pl.String, "as_of": pl.String}


@dataclass(frozen=True, eq=False)
class Zoning:
    """A zoning of a release. `told`: of every zone with homes `zone` and `told` (`exact`, `units` or `withheld`).

    `exact`: `zone` and its own number. `units`: `zone`, the number and indicators of all units mostly in it, and
    `members` (`unit_id`, `zone`) which units.
    """

    name: str
    told: pl.DataFrame
    exact: pl.DataFrame
    units: pl.DataFrame
    members: pl.DataFrame

    @property
    def zones(self) -> Sequence[str]:
        """Those of which something is told."""
        return self.told.filter(pl.col("told") != WITHHELD)["zone"].to_list()


@dataclass(frozen=True)
class Zone:
    """A zone: `own` is its exact number, if told; `row` what its units say together, if there are any."""

    zoning: str
    code: str
    own: int | None
    row: Mapping[str, Any] | None
    members: Sequence[str]
    """The units mostly in it."""


def zonings(published: Published) -> Mapping[str, Zoning]:
    """The zonings of a release by name, from the files that everybody can download."""
    return _read(settings.ENVIRONMENT.home / published.folder)


def zone_of(release: Shown, zoning: Zoning, code: str) -> Zone | None:
    """A zone; None when nothing is told of it."""
    if code not in zoning.zones:
        return None
    members = zoning.members.filter(pl.col("zone") == code)["unit_id"].to_list()
    row = next(zoning.units.filter(pl.col("zone") == code).iter_rows(named=True), None)
    cells = release.places.filter(pl.col("unit_id").is_in(members)).height
    own = zoning.exact.filter(pl.col("zone") == code)
    return Zone(
        zoning.name, code, own[release.count][0] if own.height else None, row and {**row, CELLS: cells}, members
    )


def commune_of(release: Shown, known: Mapping[str, Zoning], members: Sequence[str]) -> Zone | None:
    """The commune that has most of some units, where the release tells communes."""
    if COMMUNE not in known:
        return None
    found = known[COMMUNE].members.filter(pl.col("unit_id").is_in(list(members)))["zone"].mode().sort()
    return zone_of(release, known[COMMUNE], found[0]) if len(found) else None


@lru_cache(maxsize=8)
def _read(folder: Path) -> Mapping[str, Zoning]:
    names = [file.name.removesuffix("_told.csv") for file in sorted((folder / FOLDER).glob("*_told.csv"))]
    return {
        name: Zoning(name, *(_frame(folder / FOLDER / f"{name}{end}.csv")
                             for end in ("_told", "", "_units", "_units_cells")))
        for name in names
    }  # fmt: skip


def _frame(file: Path) -> pl.DataFrame:
    with file.open(encoding="utf-8") as lines:
        names = lines.readline().strip().split(",")
    return pl.read_csv(file, schema_overrides={name: TEXT.get(name, pl.Int64) for name in names if name != "told"})
