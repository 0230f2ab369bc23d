"""One home now: the same candidates as a whole allocation, from applications ranked once."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from territories import DAY, application, home, territory, vacancy
from test_allocate import FIRST_COME, POINTS, SOME_APPLICATIONS, SOME_HOMES

from carreau.allocation.allocate import allocate
from carreau.allocation.flow import index, rank_one
from carreau.errors import BadInput


def known(path: Path, people: list[dict[str, Any]]) -> pl.DataFrame:
    return territory(path, [home("h")], [], people).table("applications").collect()


def test_the_best_placed_of_those_still_in_the_running(tmp_path: Path) -> None:
    people = [application(f"a{n}", seniority_from=date(2020 + n, 1, 1)) for n in range(5)]
    ranked = index(known(tmp_path / "t", people), FIRST_COME, DAY)
    found = rank_one(ranked, home("h"), without={"a1"})
    assert found.candidates.select("rank", "application_id").rows() == [(1, "a0"), (2, "a2"), (3, "a3")]
    assert (found.eligible, found.wanting) == (4, 5)
    assert rank_one(ranked, home("h"), most=1).candidates["application_id"].to_list() == ["a0"]


def test_a_home_that_nobody_fits_says_what_to_relax(tmp_path: Path) -> None:
    ranked = index(known(tmp_path / "t", [application("a")]), POINTS, DAY)
    found = rank_one(ranked, home("h", rooms=3))
    assert found.candidates.is_empty()
    assert (found.refused["rooms"], found.relax, found.would_fit) == (1, ["rooms"], 1)
    with pytest.raises(BadInput, match="the home has no commune"):
        rank_one(ranked, {"rooms": 2})


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(flat=SOME_HOMES, persons=st.lists(SOME_APPLICATIONS, min_size=1, max_size=8))
def test_one_home_is_ranked_as_in_a_whole_allocation(tmp_path: Path, flat: Any, persons: list[Any]) -> None:
    people = []
    for n, one in enumerate(persons):
        births = [date(DAY.year - age, 1, 1) for age in one["ages"]]
        least, most = sorted(one["rooms"])
        rest = {name: value for name, value in one.items() if name not in ("ages", "rooms")}
        people.append(application(f"a{n}", births=births, wanted_rooms_min=least, wanted_rooms_max=most, **rest))
    one_home = territory(tmp_path / "t", [home("h0", **flat)], [vacancy("v", "h0")], people)
    whole = allocate(one_home, POINTS)
    found = rank_one(index(one_home.table("applications").collect(), POINTS, DAY), home("h0", **flat))
    columns = ["rank", "application_id", "points", "effort"]
    assert found.candidates.select(columns).rows() == whole.candidates.select(columns).rows()
    assert found.eligible == whole.vacancies["eligible_count"].item()
