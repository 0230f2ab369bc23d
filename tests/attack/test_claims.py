"""What is claimed of each indicator is checked against the true territory by a count of the attack's own."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from tests.installations import demonstration

from carreau.attack.claims import DATED, checked
from carreau.attack.findings import Finding
from carreau.places.grid import cell_ids
from carreau.register.territory import Territory
from carreau.release.building import build
from carreau.release.gate import Release
from carreau.release.indicators import INDICATORS

UNKNOWN_HERE = {"first_quartile", *(one.name for one in INDICATORS if one.kind == "band")}
"""Of which the attack does not know who has it: that takes thresholds and ceilings."""


@pytest.fixture(scope="module")
def nantes() -> tuple[Path, Release]:
    folder = demonstration() / "territory"
    return folder, build(Territory.open(folder), method="natural")


def claims(release: Release, name: str) -> list[Finding]:
    """As claims, what the release tells exactly of an indicator in five units."""
    units = release.units.filter(pl.col(f"{name}_low") == pl.col(f"{name}_high")).head(5)
    cells = release.cells.group_by("unit_id").agg("cell_id")
    return [
        Finding("nobody", "told", name, row[f"{name}_low"], row[f"{name}_high"], tuple(row["cell_id"]), ())
        for row in units.join(cells, on="unit_id").iter_rows(named=True)
    ]


@pytest.mark.parametrize(
    ("name", "before", "reached"),
    [
        ("aged_65", (date(1961, 1, 2), 0), (date(1961, 1, 1), 1)),
        ("children", (date(2008, 1, 1), 0), (date(2008, 1, 2), 1)),
        ("ten_years", (date(2016, 1, 2), False), (date(2016, 1, 1), True)),
        ("entrants", (date(2024, 1, 1), False), (date(2024, 1, 2), True)),
    ],
)
def test_who_is_counted_on_the_day_of_a_birthday(
    name: str, before: tuple[date, int], reached: tuple[date, int]
) -> None:
    """A person of 65, of less than 18 (the first of a home is no child), ten years there, less than two years there."""
    for day, counted in (before, reached):
        births = [date(1980, 1, 1), day] if name == "children" else [day]
        home = pl.DataFrame({"births": [births], "moved_in": [day]})
        assert home.select(DATED[name](date(2026, 1, 1))).item() == counted


TOLD = [one.name for one in INDICATORS if one.kind in ("count", "total", "band")]


@pytest.mark.parametrize("name", sorted({*TOLD} - {"housing_benefit"}))
def test_the_count_of_the_attack_is_that_of_the_release(name: str, nantes: tuple[Path, Release]) -> None:
    folder, release = nantes
    found = claims(release, name)
    answers = checked(found, folder)
    if name in UNKNOWN_HERE or not found:
        assert all(answer == (None, None) for answer in answers)
    else:
        assert all(answer == (True, one.low) for one, answer in zip(found, answers, strict=True))


def test_what_is_not_known_of_anybody_cannot_be_checked(nantes: tuple[Path, Release]) -> None:
    folder, release = nantes
    (one, *_) = claims(release, "poor")
    asked = Finding("nobody", "told", "housing_benefit", 0, 1, one.cells, ())
    assert checked([asked], folder) == [(None, None)]


def test_the_other_side_is_counted_too(nantes: tuple[Path, Release]) -> None:
    folder, release = nantes
    unit = release.units.row(0, named=True)
    cells = tuple(release.cells.filter(pl.col("unit_id") == unit["unit_id"])["cell_id"])
    people = _people_of(folder, cells)

    def true(kind: str, name: str) -> int | None:
        return checked([Finding(kind, "told", name, 0, 1, cells, ())], folder)[0][1]

    persons = people["births"].list.len()
    assert true("everybody", "one_person") == int((persons > 1).sum())
    assert true("everybody", "aged_65") == int(persons.sum()) - (true("nobody", "aged_65") or 0)
    assert true("everybody", "children") == int(persons.sum()) - people.height - (true("nobody", "children") or 0)


def _people_of(folder: Path, cells: tuple[str, ...]) -> pl.DataFrame:
    place = Territory.open(folder)
    homes = place.table("homes").filter(pl.col("cell_crs").is_not_null()).collect()
    named = homes.select("home_id", cell=cell_ids(pl.col("cell_crs"), pl.col("cell_north"), pl.col("cell_east")))
    return place.table("households").collect().join(named.filter(pl.col("cell").is_in(list(cells))), on="home_id")
