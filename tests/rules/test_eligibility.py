"""What must hold of any applicant: needs, conditions and priorities beside their slow twins, and who may not matter."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest
from asking import DAY, applicant
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from carreau.errors import BadInput
from carreau.register.vocabulary import GROUND, PRESENT_HOUSING
from carreau.rules.eligibility.account import as_applications
from carreau.rules.eligibility.codes import listed
from carreau.rules.eligibility.conditions import eligibility
from carreau.rules.eligibility.delays import delay, delays_on
from carreau.rules.eligibility.facts import FACTS, FROM_REGISTER, described
from carreau.rules.eligibility.need import needs
from carreau.rules.eligibility.priority import priority
from carreau.rules.parameters import load
from carreau.rules.quartile import Threshold

KINDS = ["alone", "couple", "couple_children", "lone_parent", "other"]
PROTECTED = ("name", "sex", "nationality", "origin", "religion", "health")
LIMIT = Threshold("200093201", DAY, 9_000, "published", None, "made up", "to verify")


def claims(frame: pl.DataFrame, day: date) -> pl.DataFrame:
    return priority(frame, day, LIMIT, {"59": {1: 24, 4: 36}})


JUDGES = (needs, eligibility, claims)

HOUSEHOLDS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "ages": st.lists(st.integers(0, 90), min_size=1, max_size=8),
        "kind": st.sampled_from(KINDS),
        "expected_births": st.integers(0, 2),
        "needs_adapted_home": st.booleans(),
        "grounds": st.lists(st.sampled_from(list(GROUND.categories)), max_size=3, unique=True),
        "resources": st.integers(0, 6_000),
        "reference_income": st.integers(0, 90_000),
        "present_housing": st.sampled_from(list(PRESENT_HOUSING.categories)),
        "present_rooms": st.none() | st.integers(1, 6),
        "present_surface": st.none() | st.integers(8, 120),
        "seniority_from": st.dates(date(2018, 1, 1), DAY),
        "wanted_communes": st.sampled_from([["59350"], ["75113"], ["92050"], ["97411"]]),
        "wanted_rooms_min": st.integers(1, 6),
        "visiting_children": st.none() | st.integers(0, 3),
        "carer": st.none() | st.booleans(),
        "dalo": st.booleans(),
        "relocated_for_renewal": st.booleans(),
        "regular_stay": st.none() | st.booleans(),
        "permanent_residence": st.none() | st.booleans(),
        "owns_suitable_home": st.none() | st.booleans(),
        "protection_order": st.none() | st.booleans(),
        "own_reference_income": st.none() | st.integers(0, 60_000),
        "recent_income": st.none() | st.integers(0, 90_000),
    }
)


def judged(judge: Callable[[pl.DataFrame, date], pl.DataFrame], *households: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows that a judge gives for these households, together."""
    return judge(as_applications([applicant(one) for one in households]), DAY).drop("application_id").to_dicts()


def slow_need(one: dict[str, Any]) -> tuple[int, int, int]:
    """Beds counted one by one: who lives there, who visits, who helps."""
    ages = one["ages"]
    couple = one["kind"] in ("couple", "couple_children") and len(ages) >= 2
    others = ages[2:] if couple else ages[1:]
    young = len([age for age in others if age < 18]) + one["expected_births"]
    grown = len([age for age in others if age >= 18])
    carer, visits = int(one["carer"] or False), one["visiting_children"] or 0
    fewest = min(1 + grown + young, 2 + grown + -(-young // 2), 5)
    persons = len(ages) + one["expected_births"]
    living = persons + carer
    surface = 9 if living == 1 else min(16 + 9 * (living - 2), 70)
    return min(fewest + carer, 5), persons + visits + 1 + carer, surface


@given(st.lists(HOUSEHOLDS, min_size=1, max_size=5))
def test_needs_equal_their_slow_twin(households: list[dict[str, Any]]) -> None:
    found = judged(needs, *households)
    assert [(row["rooms_min"], row["rooms_max"], row["surface"]) for row in found] == [slow_need(o) for o in households]
    assert all(row["rooms_min"] <= row["rooms_max"] for row in found)


@given(HOUSEHOLDS)
def test_a_larger_household_never_has_a_lower_ceiling_nor_needs_less(one: dict[str, Any]) -> None:
    kind = {"alone": "lone_parent", "couple": "couple_children"}.get(one["kind"], one["kind"])
    larger = {**one, "kind": kind, "ages": [*one["ages"], 0]}
    need, wider = judged(needs, one, larger)
    before, after = judged(eligibility, one, larger)
    assert before["ceiling"] is None or before["ceiling"] <= after["ceiling"]
    assert all(need[name] <= wider[name] for name in ("rooms_min", "rooms_max", "surface"))


@given(HOUSEHOLDS)
def test_one_more_child_that_visits_never_lowers_the_ceiling(one: dict[str, Any]) -> None:
    more = {**one, "visiting_children": (one["visiting_children"] or 0) + 1}
    before, after = judged(eligibility, one, more)
    assert before["ceiling"] is None or before["ceiling"] <= after["ceiling"]


RANK = {"no": 0, "not_determined": 1, "yes": 2}
INCOMES = ("reference_income", "own_reference_income", "recent_income")


@given(HOUSEHOLDS, st.integers(2, 5))
def test_a_higher_income_never_gains_eligibility(one: dict[str, Any], times: int) -> None:
    """Every income of the household grows alike: a fall between two of them is a rule of its own."""
    richer = {**one, **{name: one[name] * times for name in INCOMES if one[name] is not None}}
    before, after = judged(eligibility, one, richer)
    assert RANK[after["eligible"]] <= RANK[before["eligible"]]
    assert set(after["classes"]) <= set(before["classes"])


@given(HOUSEHOLDS, st.integers(0, 50_000))
def test_more_of_the_only_income_known_never_gains_eligibility(one: dict[str, Any], more: int) -> None:
    alone = {**one, "own_reference_income": None, "recent_income": None}
    before, after = judged(eligibility, alone, {**alone, "reference_income": one["reference_income"] + more})
    assert RANK[after["eligible"]] <= RANK[before["eligible"]]


@given(HOUSEHOLDS)
def test_low_income_never_excludes(one: dict[str, Any]) -> None:
    poor = {**one, **{name: None if one[name] is None else 0 for name in INCOMES}, "reference_income": 0}
    found = judged(eligibility, poor)[0]
    assert found["eligible"] != "no" or {"not_regular_stay", "not_permanent_residence"} & set(found["reasons"])


@settings(max_examples=examples(24))
@given(st.lists(HOUSEHOLDS, min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_protected_traits_cannot_be_taken(households: list[dict[str, Any]], random: Any) -> None:
    frame = as_applications([applicant(one) for one in households])
    plain = [judge(frame, DAY) for judge in JUDGES]
    for _ in range(2):
        told = frame.with_columns(
            pl.Series(trait, [random.choice(["a", "b", None]) for _ in households], dtype=pl.String)
            for trait in PROTECTED
        )
        assert all(judge(told, DAY).equals(one) for judge, one in zip(JUDGES, plain, strict=True))


def test_what_is_read_is_a_closed_list_without_a_protected_trait() -> None:
    assert not {*FROM_REGISTER, *FACTS} & set(PROTECTED)
    frame = as_applications([applicant({})]).with_columns(pl.lit("x").alias("name"))
    assert "name" not in described(frame, DAY).columns


# What may change with age, composition or disability, and the reasons that then tell the two answers apart.
OF_AGE = {
    "couple_shares_a_bedroom", "living_room_as_bedroom", "children_share_a_bedroom", "adult_has_a_bedroom",
    "no_more_rooms_exist", "young_couple", "alone_with_dependants", "income_within_ceiling", "income_over_ceiling",
    "minor_in_bad_housing", "minor_in_bad_housing_no_minor", "leaving_child_care", "leaving_child_care_over_age",
    "first_quartile",
}  # fmt: skip
OF_DISABILITY = {"disability", "income_within_ceiling", "income_over_ceiling"}


def answers(row: dict[str, Any]) -> dict[str, Any]:
    """The answer without what explains it."""
    return {name: value for name, value in row.items() if name not in ("reasons", "proofs", "appeal", "suggested")}


@settings(max_examples=examples(24))
@given(HOUSEHOLDS, st.integers(0, 7), st.integers(0, 90))
def test_another_age_changes_the_answer_only_through_a_rule_named(one: dict[str, Any], who: int, years: int) -> None:
    ages = list(one["ages"])
    ages[who % len(ages)] = years
    for judge in JUDGES:
        before, after = judged(judge, one, {**one, "ages": ages})
        if answers(before) != answers(after):
            changed = set(before["reasons"]) ^ set(after["reasons"])
            assert changed
            assert changed <= OF_AGE


@settings(max_examples=examples(24))
@given(HOUSEHOLDS)
def test_a_disability_changes_the_answer_only_through_a_rule_named(one: dict[str, Any]) -> None:
    without = {**one, "grounds": [ground for ground in one["grounds"] if ground != "disability"]}
    with_it = {**without, "grounds": [*without["grounds"], "disability"]}
    before, after = judged(needs, without, with_it)
    assert before == after
    for judge in (eligibility, claims):
        before, after = judged(judge, without, with_it)
        if answers(before) != answers(after):
            assert "disability" in set(after["reasons"]) - set(before["reasons"])
            assert set(before["reasons"]) ^ set(after["reasons"]) <= OF_DISABILITY


@given(HOUSEHOLDS)
def test_another_person_changes_needs_and_ceilings_only_through_the_rules_on_persons(one: dict[str, Any]) -> None:
    larger = {**one, "ages": [*one["ages"], 30]}
    assert all("by_persons" in row["reasons"] for row in judged(needs, one, larger))
    before, after = judged(eligibility, one, larger)
    if before["eligible"] != after["eligible"]:
        assert {"income_over_ceiling", "income_within_ceiling"} <= set(before["reasons"]) ^ set(after["reasons"])


@given(HOUSEHOLDS)
def test_priorities_equal_their_slow_twin(one: dict[str, Any]) -> None:
    row = judged(claims, one)[0]
    ages, couple = one["ages"], one["kind"] in ("couple", "couple_children") and len(one["ages"]) >= 2
    minor = any(age < 18 for age in ages[2 if couple else 1 :])
    young = min(ages[: 2 if couple else 1]) < 21
    kept = {
        ground
        for ground in one["grounds"]
        if (ground != "minor_in_bad_housing" or minor) and (ground != "leaving_child_care" or young)
    }
    assert row["grounds"] == [ground for ground in load("priorities").parameters if ground in kept]
    assert row["priority"] == bool(kept or one["dalo"])
    since = one["seniority_from"]
    months = 12 * (DAY.year - since.year) + DAY.month - since.month - (since.day > DAY.day)
    late = one["wanted_communes"] == ["59350"] and months >= (24 if one["wanted_rooms_min"] < 4 else 36)
    assert ("abnormal_delay" in row["situations"]) == late
    assert ("transfer" in row["situations"]) == (one["present_housing"] == "social_tenant")


@given(st.lists(st.lists(st.sampled_from("abcdef"), unique=True), min_size=1, max_size=20))
def test_codes_are_those_that_hold_in_order(rows: list[list[str]]) -> None:
    frame = pl.DataFrame(
        {name: [name in row or None for row in rows] for name in "abcdef"}, schema=dict.fromkeys("abcdef", pl.Boolean)
    )
    found = listed(frame, {name: pl.col(name) for name in "abcdef"}, first=lambda codes: codes[:1])
    assert found["codes"].to_list() == [sorted(row) for row in rows]
    assert found["first"].to_list() == [sorted(row)[:1] for row in rows]


def test_a_day_before_any_delay_has_none_and_a_delay_without_months_is_refused() -> None:
    assert delays_on(date(2012, 12, 31)) == {}
    assert delays_on(date(2013, 1, 1)) == {"243500139": {1: 30, 4: 24}}
    frame = as_applications([applicant({})])
    assert delay(frame, {}).to_list() == [None]
    for steps in ({}, {1: 0}):
        with pytest.raises(BadInput, match="delay of 59"):
            delay(frame, {"59": steps})


def test_the_delay_of_an_epci_comes_before_that_of_its_department() -> None:
    frame = as_applications([applicant({"wanted_communes": ["35238"]}), applicant({"wanted_communes": ["35288"]})])
    assert delay(frame, {"243500139": {1: 30}, "35": {1: 18}}).to_list() == [30, 18]


def test_a_missing_column_and_a_negative_count_are_refused_by_name() -> None:
    frame = as_applications([applicant({})])
    with pytest.raises(BadInput, match="births"):
        needs(frame.drop("births"), DAY)
    with pytest.raises(BadInput, match="recent_income"):
        eligibility(frame.with_columns(pl.lit(-1).alias("recent_income")), DAY)


def test_a_frame_described_once_gives_the_same_answers() -> None:
    frame = as_applications([applicant({"ages": [40, 39, 5], "kind": "couple_children"}), applicant({})])
    once = described(frame, DAY)
    assert all(judge(once, DAY).equals(judge(frame, DAY)) for judge in JUDGES)


def test_without_applications_the_columns_are_the_same() -> None:
    full, empty = as_applications([applicant({})]), as_applications([])
    assert all(judge(empty, DAY).schema == judge(full, DAY).schema for judge in JUDGES)
