"""Points equal the sum of their breakdown, months are counted as people count them, and bad grids are refused."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from applicants import DAY, application, applications
from hypothesis import given
from hypothesis import strategies as st

from carreau.errors import BadInput
from carreau.register.vocabulary import GROUND, PRESENT_HOUSING
from carreau.rules.grids import grids, load_grid, read
from carreau.rules.points import months_between, points

CASES = st.fixed_dictionaries(
    {
        "seniority_from": st.dates(date(2005, 1, 1), DAY),
        "kind": st.sampled_from(["alone", "couple", "couple_children", "lone_parent"]),
        "ages": st.lists(st.integers(0, 80), min_size=1, max_size=6),
        "present_housing": st.sampled_from(list(PRESENT_HOUSING.categories)),
        "present_rooms": st.none() | st.integers(1, 6),
        "grounds": st.lists(st.sampled_from(list(GROUND.categories)), unique=True, max_size=4),
        "dalo": st.booleans(),
    }
)


def slow_months(start: date, day: date) -> int:
    months = 0
    while (start.year + (start.month + months) // 12, (start.month + months) % 12, start.day) <= (
        day.year,
        day.month - 1,
        day.day,
    ):
        months += 1
    return months


@given(st.dates(date(2000, 1, 1), date(2026, 1, 1)), st.dates(date(2024, 1, 1), date(2026, 12, 31)))
def test_months_equal_their_slow_twin(start: date, day: date) -> None:
    found = pl.DataFrame({"start": [start]}).select(months_between(pl.col("start"), day)).item()
    assert found == slow_months(start, day)


@pytest.mark.parametrize("name", grids())
@given(cases=st.lists(CASES, min_size=1, max_size=6))
def test_points_are_the_sum_of_their_breakdown(name: str, cases: list[dict[str, Any]]) -> None:
    rows = [{**application(one), "application_id": f"a{place}"} for place, one in enumerate(cases)]
    found = points(applications(rows), load_grid(name), DAY)
    assert found.totals["application_id"].to_list() == [row["application_id"] for row in rows]
    for application_id, total in found.totals.iter_rows():
        assert total == found.breakdown.filter(pl.col("application_id") == application_id)["points"].sum()
    assert found.breakdown.filter(pl.col("points") == 0).is_empty()


def test_what_is_not_real_says_so() -> None:
    assert {name: (load_grid(name).fictitious, load_grid(name).partial) for name in grids()} == {
        "demo": (True, False),
        "toulouse-partial": (False, True),
    }


LINE = {"criterion": "dalo", "kind": "dalo", "points": 50}
GRID = {
    "name": "mine",
    "title": {"fr": "Ma grille", "en": "My grid"},
    "reference": "deliberation of the council",
    "certainty": "verified",
    "rubrics": {"priority": [LINE]},
}


def written(tmp_path: Path, page: object) -> Path:
    file = tmp_path / "mine.yaml"
    file.write_text(page if isinstance(page, str) else yaml.safe_dump(page), encoding="utf-8")
    return file


def test_a_grid_of_a_territory_is_read(tmp_path: Path) -> None:
    grid = load_grid(written(tmp_path, GRID))
    assert [(one.name, one.rubric, one.points) for one in grid.criteria] == [("dalo", "priority", 50)]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([{**LINE, "kind": "sex"}], "unknown kind 'sex'; there are seniority, ground"),
        ([{**LINE, "points": 2.5}], "points must be a whole number, not 2.5"),
        ([{**LINE, "points": True}], "points must be a whole number"),
        ([{**LINE, "bonus": 1}], "unknown field bonus for a dalo"),
        ([{"criterion": "dalo", "kind": "dalo"}], "a dalo needs points"),
        ([{"kind": "dalo", "points": 1}], "with a name under `criterion`"),
        ([LINE, LINE], "two criteria are named dalo"),
        ([], "has no criterion"),
        ([{"criterion": "g", "kind": "ground", "any_of": ["tall"], "points": 1}], "unknown ground tall; there are dis"),
        ([{"criterion": "g", "kind": "ground", "any_of": [], "points": 1}], "at least one word"),
        (
            [{"criterion": "s", "kind": "seniority", "points_per_month": 1, "abnormal_points": 2}],
            "abnormal_points and abnormal_after_months go together",
        ),
    ],
)
def test_a_bad_line_is_refused_by_name(tmp_path: Path, lines: list[object], problem: str) -> None:
    with pytest.raises(BadInput, match=f"mine.yaml: .*{problem}"):
        read(written(tmp_path, {**GRID, "rubrics": {"priority": lines}}))


@pytest.mark.parametrize("field", ["name", "title", "reference", "certainty", "rubrics"])
def test_a_grid_that_lacks_something_is_refused(tmp_path: Path, field: str) -> None:
    with pytest.raises(BadInput, match="grid"):
        read(written(tmp_path, {name: value for name, value in GRID.items() if name != field}))


@pytest.mark.parametrize("text", ["rubrics: [", "3", ""])
def test_what_is_no_grid_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInput, match=r"mine\.yaml"):
        read(written(tmp_path, text))


def test_an_unknown_grid_is_refused_with_those_that_exist() -> None:
    with pytest.raises(BadInput, match="unknown points grid 'lyon': not a file, nor one of demo, toulouse-partial"):
        load_grid("lyon")
