"""What an audit reads of applications and events, and what it refuses to read."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from territories import DAY, application, frame_of

from carreau.allocation.treatment.groups import LIKE_FOR_LIKE, described, families
from carreau.allocation.treatment.stages import decided, events, presented
from carreau.errors import BadInput
from carreau.register.tables import Applications, Decisions
from carreau.register.vocabulary import KIND_OF_HOUSEHOLD, PRESENT_HOUSING
from carreau.rules.quartile import Threshold

LIMIT = Threshold("244400404", DAY, 10_000, "computed", 100, "made up", "to verify")


def groups(*rows: dict[str, Any]) -> pl.DataFrame:
    return described(frame_of(list(rows), Applications), DAY, LIMIT)


@pytest.mark.parametrize(
    ("given", "column", "word"),
    [
        ({"births": [date(2001, 1, 2)]}, "age_class", "under_25"),
        ({"births": [date(2001, 1, 1)]}, "age_class", "from_25"),
        ({"births": [date(1961, 1, 1)]}, "age_class", "from_65"),
        ({"resources": 833}, "income_class", "first_quartile"),
        ({"resources": 834}, "income_class", "above"),
        ({"dalo": True, "grounds": ["disability"]}, "priority_class", "dalo"),
        ({"grounds": ["eviction_threat"]}, "priority_class", "ground"),
        ({"grounds": ["disability"]}, "disability", "yes"),
        ({"needs_adapted_home": True}, "disability", "yes"),
        ({}, "disability", "no"),
        ({"seniority_from": date(2025, 1, 2)}, "seniority_band", "under_1"),
        ({"seniority_from": date(2025, 1, 1)}, "seniority_band", "from_1"),
        ({"seniority_from": date(2020, 1, 1)}, "seniority_band", "from_5"),
        ({"present_commune": "35238"}, "came_from", "another_department"),
        ({}, "came_from", "this_department"),
        ({"wanted_communes": ["44162", "44109"]}, "commune", "44162"),
    ],
)
def test_groups_read_as_the_law_names_them(given: dict[str, Any], column: str, word: str) -> None:
    assert groups(application("a", **given))[column].item() == word


def test_every_class_of_a_family_is_a_word_that_can_be_found() -> None:
    assert set(families()["composition"].classes) == set(KIND_OF_HOUSEHOLD.categories)
    assert set(families()["present_housing"].classes) == set(PRESENT_HOUSING.categories)
    assert set(groups(application("a")).columns) == {"application_id", *LIKE_FOR_LIKE, *families()}
    assert all(one.reference and one.certainty in ("verified", "to verify") for one in families().values())


@pytest.mark.parametrize("foreign", ["sex", "name", "nationality", "present_commune"])
def test_what_no_audit_may_read_is_refused(foreign: str) -> None:
    happened = pl.DataFrame(
        {"application_id": ["a"], "stage": ["answer"], "outcome": ["silent"], "rank": [None], "wait": [3]}
    )
    described_ones = groups(application("a"))
    with pytest.raises(BadInput, match=f"the groups have {foreign}, which an audit of equal treatment may not read"):
        events(happened, described_ones.with_columns(pl.lit("x").alias(foreign)))
    with pytest.raises(BadInput, match=f"what happened have {foreign}|what happened has {foreign}"):
        events(happened.with_columns(pl.lit("x").alias(foreign)), described_ones)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"stage": "coffee"}, "unknown stage 'coffee'; there are registration, candidates, commission, answer"),
        ({"outcome": "attribution"}, "answer: unknown outcome 'attribution'; there are accepted, refused, silent"),
        ({"outcome": None}, "column outcome: a value is expected"),
        ({"rank": 0}, "column rank: a number from 1"),
        ({"wait": -1}, "column wait: a number from 0"),
        ({"application_id": "gone"}, "1 events are of an application without groups, first gone"),
    ],
)
def test_a_bad_event_is_refused_with_the_reason(change: dict[str, Any], problem: str) -> None:
    row = {"application_id": "a", "stage": "answer", "outcome": "silent", "rank": 1, "wait": 3, **change}
    with pytest.raises(BadInput, match=problem):
        events(pl.DataFrame([row]), groups(application("a")))


def test_a_run_gives_the_stage_of_candidates() -> None:
    candidates = pl.DataFrame({"application_id": ["a", "a", "b"], "rank": [3, 2, 1]})
    found = presented(candidates, pl.DataFrame({"application_id": ["a", "b", "c"]}))
    assert found.select("application_id", "outcome", "rank").rows() == [
        ("a", "presented", 2),
        ("b", "presented", 1),
        ("c", "passed_over", None),
    ]


def test_decisions_give_the_stages_of_commission_and_answer() -> None:
    row = {"decision_id": "d", "vacancy_id": "v", "application_id": "a", "rank": 1, "outcome": "attribution"}
    rows = [{**row, "decided": date(2025, 1, 31), "answer": "silent", "origin": "synthetic"}]
    rows += [{**rows[0], "decision_id": "e", "outcome": "non_attribution", "answer": None}]
    found = decided(frame_of(rows, Decisions), frame_of([application("a")], Applications))
    assert found.select("stage", "outcome", "wait").rows() == [
        ("commission", "attribution", 30),
        ("commission", "non_attribution", 30),
        ("answer", "silent", 30),
    ]
    assert events(found, groups(application("a")))["favourable"].to_list() == [True, False, False]
