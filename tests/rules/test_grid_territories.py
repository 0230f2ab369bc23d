"""An application that names communes of several territories has points in each, by that territory's grid."""

from typing import Any

import polars as pl
import pytest
from applicants import DAY
from hypothesis import given
from hypothesis import strategies as st
from points_by_hand import answered, by_hand, grid_of, register, row

from carreau.errors import BadInput
from carreau.rules.points import points, points_by_territory

COMMUNES = pl.DataFrame(
    {
        "commune": ["31555", "31149", "69123", "44109", "35238"],
        "territory": ["toulouse", "toulouse", "lyon", "nantes", "rennes"],
    }
)
GRIDS = {"toulouse": grid_of("toulouse-partial"), "lyon": grid_of("lyon-partial"), "nantes": grid_of("example")}


def scored(rows: list[dict[str, Any]], answers: list[dict[str, Any]] | None = None) -> list[tuple[Any, ...]]:
    given_answers = None if answers is None else answered(answers)
    found = points_by_territory(register(rows), COMMUNES, GRIDS, DAY, given_answers)
    return list(found.totals.select("application_id", "territory", "points").iter_rows())


def test_each_territory_counts_by_its_own_grid() -> None:
    both = row({"wanted_communes": ["69123", "31555", "31149"], "dalo": True, "grounds": ["eviction_threat"]}, "both")
    assert scored([both]) == [("both", "toulouse", 50), ("both", "lyon", 20)]


def test_an_arrondissement_is_in_the_territory_of_its_city() -> None:
    assert scored([row({"wanted_communes": ["69383"], "grounds": ["eviction_threat"]})]) == [("a", "lyon", 20)]
    own = pl.concat([COMMUNES, pl.DataFrame({"commune": ["69383"], "territory": ["nantes"]})])
    found = points_by_territory(register([row({"wanted_communes": ["69383"]})]), own, GRIDS, DAY)
    assert found.totals["territory"].to_list() == ["nantes"]


def test_no_grid_there_no_row() -> None:
    assert scored([row({"wanted_communes": ["35238", "01001"]})]) == []


def test_answers_may_hold_for_one_territory_only() -> None:
    asked = row({"wanted_communes": ["31555", "69123"]})
    heard = [
        {"application_id": "a", "territory": "lyon", "effort_rate_too_high": True, "departmental_plan": True},
        {"application_id": "a", "territory": "toulouse", "effort_rate_too_high": False, "departmental_plan": False},
    ]
    assert scored([asked], heard) == [("a", "toulouse", 0), ("a", "lyon", 10)]
    everywhere = [{"application_id": "a", "effort_rate_too_high": True, "departmental_plan": True}]
    assert scored([asked], everywhere) == [("a", "toulouse", 40), ("a", "lyon", 10)]


def test_living_there_is_read_from_the_register_unless_it_is_answered() -> None:
    here = row({"wanted_communes": ["44109"], "present_commune": "44109"}, "here")
    there = row({"wanted_communes": ["44109"], "present_commune": "31555"}, "there")
    assert scored([here, there]) == [("here", "nantes", 6), ("there", "nantes", 0)]
    heard = [{"application_id": "there", "lives_in_territory": True}]
    assert scored([here, there], heard) == [("here", "nantes", 0), ("there", "nantes", 6)]
    other = [{"application_id": "here", "fitting_refusals": 2}]
    assert scored([here, there], other) == [("here", "nantes", -4), ("there", "nantes", 0)]


def test_lines_and_what_is_pending_say_their_territory() -> None:
    asked = row({"wanted_communes": ["31555", "44109"], "dalo": True, "grounds": ["disability"]})
    found = points_by_territory(register([asked]), COMMUNES, GRIDS, DAY)
    lines = found.breakdown.select("application_id", "territory", "criterion", "points")
    assert list(lines.iter_rows()) == [
        ("a", "toulouse", "dalo", 50),
        ("a", "nantes", "dalo", 50),
        ("a", "nantes", "lives_here", 6),
    ]
    pending = found.pending.select("territory", "criterion", "points", "awaits")
    assert list(pending.iter_rows()) == [("nantes", "disability", 20, "validated")]
    assert "toulouse: departmental_plan" in found.unanswered
    assert "nantes: lives_in_territory" not in found.unanswered


WISHES = st.lists(st.sampled_from([*COMMUNES["commune"], "69383", "01001"]), min_size=1, max_size=5)


@given(st.lists(st.tuples(WISHES, st.booleans(), st.sampled_from([[], ["eviction_threat"]])), max_size=6))
def test_territories_equal_their_slow_twin(cases: list[tuple[list[str], bool, list[str]]]) -> None:
    named = {**dict(COMMUNES.iter_rows()), "69383": "lyon"}
    rows = [
        row({"wanted_communes": wishes, "dalo": dalo, "grounds": grounds}, f"a{place}")
        for place, (wishes, dalo, grounds) in enumerate(cases)
    ]
    slow = [
        (one["application_id"], territory, by_hand(grid, one, {"lives_in_territory": True}, DAY)["total"])
        for territory, grid in GRIDS.items()
        for one in rows
        if territory in {named.get(commune) for commune in one["wanted_communes"]}
    ]
    assert scored(rows) == slow  # `row` lives in Nantes


def test_one_territory_is_as_its_grid_alone() -> None:
    asked = register([row({"dalo": True, "seniority_from": DAY.replace(year=2020), "wanted_communes": ["31555"]})])
    alone = points(asked, GRIDS["toulouse"], DAY)
    among = points_by_territory(asked, COMMUNES, GRIDS, DAY)
    assert among.totals.drop("territory").equals(alone.totals)
    assert among.breakdown.drop("territory").equals(alone.breakdown)


def test_what_cannot_be_is_refused_by_name() -> None:
    asked = register([row({})])
    two = pl.DataFrame({"commune": ["31555", "31555"], "territory": ["toulouse", "muretain"]})
    with pytest.raises(BadInput, match="commune 31555 is in two territories"):
        points_by_territory(asked, two, GRIDS, DAY)
    with pytest.raises(BadInput, match="no grid is given"):
        points_by_territory(asked, COMMUNES, {}, DAY)
    heard = pl.DataFrame({"application_id": ["a"], "territory": ["lyon"], "religion": ["x"]})
    with pytest.raises(BadInput, match="column religion: no such answer"):
        points_by_territory(asked, COMMUNES, GRIDS, DAY, heard)
