"""A small map, made by the gate: two cells of 200 m, a square of 1 km, and a few households too far to be published."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.release.conftest import FACTS, Household, homes_of, households_of

from carreau.places.grid import METROPOLE
from carreau.register.territory import write
from carreau.release.building import build
from carreau.release.gate import Release
from carreau.site.maps import publishing
from carreau.site.maps.models import Published

THIRTY, TWELVE = (2_746_000, 3_448_000), (2_746_000, 3_448_200)
FIVE, TWENTY = (2_747_000, 3_449_000), (2_747_400, 3_449_600)
ALONE = (2_746_000, 3_456_200)
HOUSEHOLDS = {THIRTY: 30, TWELVE: 12, FIVE: 5, TWENTY: 20, ALONE: 9}
FINE, LARGE = "CRS3035RES200mN2746000E3448000", "CRS3035RES1000mN2747000E3449000"
Cell = tuple[int, ...]
"""Northing and easting of a cell; then its grid, if not that of the metropole."""


def household(cell: Cell, number: int) -> Household:
    """Of every seven: two persons alone, a lone parent, a family of five; three of seven are poor, fewer in TWELVE."""
    persons, kind = ((1, "alone"), (1, "alone"), (3, "lone_parent"), (5, "couple_children"), (2, "couple"),
                     (2, "couple"), (4, "couple_children"))[number % 7]  # fmt: skip
    poor = number % 7 in (0, 2, 4) and (cell != TWELVE or number < 2)
    return (cell[0], cell[1]), persons, kind, 12_000 + 700 * (number % 11), poor


def tables(given: Mapping[Cell, int]) -> dict[str, pl.DataFrame]:
    """Homes and households of a territory."""
    found: dict[str, list[pl.DataFrame]] = {"homes": [], "households": []}
    for crs in sorted({(*cell, METROPOLE)[2] for cell in given}):
        cells = {cell: total for cell, total in given.items() if (*cell, METROPOLE)[2] == crs}
        lived = [household(cell, number) for cell, total in cells.items() for number in range(total)]
        for name, rows in (("homes", homes_of(lived, crs)), ("households", households_of(lived))):
            keys = [key for key in ("home_id", "household_id") if key in rows.columns]
            found[name].append(rows.with_columns(pl.format(f"{crs}-{{}}", key).alias(key) for key in keys))
    return {name: pl.concat(parts) for name, parts in found.items()}


def made(
    folder: Path, given: Mapping[Cell, int], count: str = "households", zonings: Sequence[str] = (), **facts: Any
) -> Release:
    """What `build` makes of a territory with so many households in each cell."""
    about = {**FACTS, "name": "Testville", "sources": [{"table": "homes", "text": "Made up"}], **facts}
    territory = write(folder / f"territory-{len(list(folder.iterdir()))}", tables(given), about)
    return build(territory, method="natural", count=count, zonings=zonings)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> Path:
    """Files of the installation go to a folder of this test."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, home=tmp_path)
    return tmp_path


class Made:
    """Releases and their files, made once a process: to build one and to attack it takes most of a test's time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.releases: dict[str, Release] = {}

    def release(self, given: Mapping[Cell, int], count: str = "households", **facts: Any) -> Release:
        told = repr((given, count, sorted(facts.items())))
        if told not in self.releases:
            self.releases[told] = made(self.folder, given, count, **facts)
        return self.releases[told]

    def published(self, release: Release, home: Path) -> Published:
        """Shown in an installation, with the files that it gets beside the others that are shown there."""
        beside = sorted(one.name for one in home.glob("releases/*"))
        files = self.folder / "files" / "-".join([*beside, release.digest[:16]])
        if files.exists():
            shutil.copytree(files, home / "releases" / release.digest[:16])
        found = publishing.publish(release)
        if not files.exists():
            shutil.copytree(home / found.folder, files)
        return found


@pytest.fixture(scope="session")
def maps(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("maps"))


@pytest.fixture
def release(maps: Made) -> Release:
    return maps.release(HOUSEHOLDS)


@pytest.fixture
def published(maps: Made, release: Release, own_home: Path) -> Published:
    return maps.published(release, own_home)


@pytest.fixture
def publish(maps: Made, own_home: Path) -> Callable[..., Published]:
    """Publishes another small map."""
    return lambda *args, **facts: maps.published(maps.release(*args, **facts), own_home)
