"""The review against its slow twin, and what must hold of it for any household."""

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from carreau.errors import BadInput
from carreau.rules.occupancy.account import Occupancy, as_tenants
from carreau.rules.occupancy.cases import CASES
from carreau.rules.occupancy.facts import FACTS, FROM_REGISTER
from carreau.rules.occupancy.refusals import may_end_lease, refusals_left
from carreau.rules.occupancy.review import next_review, review
from carreau.rules.parameters import load

DAY = date(2026, 3, 1)
MAYBE = st.sampled_from([True, False, None])
DAYS = st.dates(date(1930, 1, 1), DAY)
COUNTS = st.sampled_from([None, 0, 1, 2, 3, 4])


@st.composite
def occupancies(draw: st.DrawFn) -> Occupancy:
    births = draw(st.lists(DAYS, min_size=1, max_size=9))
    return Occupancy(
        day=DAY,
        commune=draw(st.sampled_from(["59350", "75113", "78646", "97411"])),
        births=tuple(births),
        kind=draw(st.sampled_from(["alone", "couple", "couple_children", "lone_parent", "other"])),
        reference_income=draw(st.none() | st.integers(0, 150_000)),
        disposable_income=draw(st.none() | st.integers(0, 60_000)),
        moved_in=draw(st.none() | st.dates(date(1990, 1, 1), DAY)),
        rooms=draw(st.none() | st.integers(1, 9)),
        surface=draw(st.none() | st.integers(5, 120)),
        access=draw(st.sampled_from(["none", "accessible", "adapted", None])),
        ceiling_class=draw(st.sampled_from(["PLAI", "PLUS", "PLS", "PLI", None])),
        third_offer_on=draw(st.none() | st.dates(date(2020, 1, 1), DAY)),
        cost=draw(st.none() | st.integers(-1000, 200_000)),
        arrears=draw(st.none() | st.integers(0, 2)),
        **{name: draw(COUNTS) for name in ("visiting_children", "work_rooms", "refused_offers")},
        **{name: draw(MAYBE) for name, kind in FACTS.items() if kind == pl.Boolean},
        in_qpv=draw(MAYBE),
    )


def three(answers: list[bool | None], *, every: bool) -> bool | None:
    """All (or any) of answers, of which None may be either: decided only when both readings agree."""
    settle = all if every else any
    low, high = (settle(value if one is None else one for one in answers) for value in (False, True))
    return low if low == high else None


def opposite(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def word(answer: bool | None) -> str:
    return {True: "yes", False: "no", None: "not_determined"}[answer]


def anniversary(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def over(birth: date, years: int) -> bool:
    birthday = date(birth.year + years, 3, 1) if (birth.month, birth.day) == (2, 29) else anniversary(birth, years)
    return birthday < DAY


def slow_sizes(one: Occupancy) -> tuple[bool | None, bool | None]:
    persons = len(one.births)
    least = 9
    for person in range(2, persons + 1):
        least += 7 if person == 2 else 9
    small = None if one.surface is None else one.surface < min(least, 70)
    large = None
    if one.rooms is not None:
        large = one.rooms - (one.work_rooms or 0) > persons + (one.visiting_children or 0) + 1
    return small, large


def ceiling_of(one: Occupancy, name: str, disability: bool) -> int | None:
    """The ceiling of a household read from the arrêté's table; None overseas."""
    place = {"59": "other", "75": "paris", "78": "idf", "97": None}[one.commune[:2]]
    if place is None:
        return None
    persons, couple = len(one.births), one.kind.startswith("couple") and len(one.births) > 1
    years = [DAY.year - birth.year - ((birth.month, birth.day) > (DAY.month, DAY.day)) for birth in one.births]
    more = disability or (couple and persons == 2 and sum(years) <= 55)
    more = more or (not couple and persons > 1 and all(each < 21 for each in years[1:]))
    table = load("ceilings")[f"{name}.{place}"].on(DAY)
    amount: int = table[min(6, persons + more) - 1] + table[6] * max(0, persons - 6)
    return amount


def slow_above(one: Occupancy, name: str | None, share: int) -> bool | None:
    """Whether the income is above a share (per cent) of a ceiling, for whatever disability may be."""
    possible = [one.disability] if one.disability is not None else [False, True]
    if name is None or one.reference_income is None or ceiling_of(one, name, False) is None:
        return None
    found = {100 * one.reference_income > share * (ceiling_of(one, name, may_be) or 0) for may_be in possible}
    return found.pop() if len(found) == 1 else None


def slow_ceiling(one: Occupancy) -> bool | None:
    if one.ceiling_class == "PLI":
        return False if slow_above(one, "PLS", 100) is False else None
    return slow_above(one, one.ceiling_class, 100)


def slow_right(one: Occupancy) -> tuple[bool | None, bool | None]:
    """Whether the right to stay is lost by L442-3-1, and by L442-3-2."""
    couple = one.kind in ("couple", "couple_children") and len(one.births) > 1
    aged = any(over(birth, 65) for birth in one.births[: 2 if couple else 1])
    refused = None if one.refused_offers is None else one.refused_offers >= 3
    _, large = slow_sizes(one)
    if large and (one.visiting_children is None or one.work_rooms is None):
        large = None
    long_there = None if one.moved_in is None else one.moved_in <= date(2014, 12, 31)
    former = three([one.former_zus, long_there], every=True)
    kept = three([aged, one.disability, one.loss_of_autonomy, one.in_qpv, former], every=False)
    by_size = three([large, one.territory_1948, opposite(kept), refused], every=True)
    by_adapted = three([slow_left(one), not aged, refused], every=True)
    return by_size, by_adapted


def slow_left(one: Occupancy) -> bool | None:
    adapted = None if one.access is None else one.access == "adapted"
    return three([adapted, one.disabled_occupant_left, opposite(one.disability)], every=True)


def slow_review(one: Occupancy) -> dict[str, Any]:
    small, large = slow_sizes(one)
    adapted = None if one.access is None else one.access == "adapted"
    right = slow_right(one)
    heavy = None
    if one.cost is not None and one.disposable_income is not None:
        heavy = one.cost * 12 > 0.33 * one.disposable_income * 100
    owed = None if one.arrears is None else one.arrears > 0
    following = None
    if one.moved_in is not None and one.tense_zone is not False:
        following = next(when for n in range(1, 40) if (when := anniversary(one.moved_in, 3 * n)) >= DAY)
    return {
        "over_occupied": word(small),
        "under_occupied": word(large),
        "adapted_home_left": word(slow_left(one)),
        "adapted_home_needed": word(three([opposite(adapted), one.needs_adapted_home], every=True)),
        "ceiling_exceeded": word(slow_ceiling(one)),
        "review": word(one.tense_zone),
        "next_review": following,
        "lease_may_end": word(three(list(right), every=False)),
        "at_risk": word(three([heavy, owed], every=False)),
    }


@settings(max_examples=examples(16), deadline=None)
@given(st.lists(occupancies(), min_size=1, max_size=6))
def test_review_equals_its_slow_twin(households: list[Occupancy]) -> None:
    found = review(as_tenants(households), DAY).to_dicts()
    for one, row in zip(households, found, strict=True):
        expected = slow_review(one)
        assert {name: row[name] for name in expected} == expected
        assert row["cases"] == [name for name in CASES if expected[name] == "yes"]
        assert row["undetermined"] == [name for name in CASES if expected[name] == "not_determined"]


@settings(max_examples=examples(16), deadline=None)
@given(occupancies(), DAYS)
def test_a_larger_household_is_never_more_under_occupied(one: Occupancy, birth: date) -> None:
    larger = replace(one, births=(*one.births, birth))
    before, after = review(as_tenants([one, larger]), DAY).to_dicts()
    assert not (before["under_occupied"] == "no" and after["under_occupied"] == "yes")
    assert not (before["over_occupied"] == "yes" and after["over_occupied"] == "no")


@settings(max_examples=examples(16), deadline=None)
@given(occupancies(), st.integers(1, 8), st.integers(5, 119))
def test_more_rooms_or_surface_are_never_more_over_occupied(one: Occupancy, rooms: int, surface: int) -> None:
    small, large = replace(one, rooms=rooms, surface=surface), replace(one, rooms=rooms + 1, surface=surface + 1)
    before, after = review(as_tenants([small, large]), DAY).to_dicts()
    assert not (before["over_occupied"] == "no" and after["over_occupied"] == "yes")
    assert not (before["under_occupied"] == "yes" and after["under_occupied"] == "no")


@settings(max_examples=examples(16), deadline=None)
@given(occupancies(), st.integers(0, 200_000), st.integers(0, 10_000), st.integers(0, 60_000))
def test_arrears_and_effort_change_nothing_but_the_help(one: Occupancy, cost: int, arrears: int, income: int) -> None:
    poorer = replace(one, cost=cost, arrears=arrears, disposable_income=income)
    help_only = ["household_id", "at_risk", "risks", "effort_rate", "missing"]
    before, after = review(as_tenants([one, poorer]), DAY).drop(help_only).to_dicts()
    assert before == after


@settings(max_examples=examples(16), deadline=None)
@given(occupancies(), st.sampled_from(["disability", "loss_of_autonomy", "in_qpv", "former_zus"]))
def test_an_exception_never_costs_the_right_to_stay(one: Occupancy, exception: str) -> None:
    without, protected = (replace(one, **{exception: held}) for held in (False, True))
    before, after = review(as_tenants([without, protected]), DAY).to_dicts()
    assert not (before["lease_may_end"] == "no" and after["lease_may_end"] == "yes")
    assert not (before["right_lost_by_income"] == "no" and after["right_lost_by_income"] == "yes")


@settings(max_examples=examples(16), deadline=None)
@given(occupancies())
def test_what_is_not_determined_names_a_missing_fact(one: Occupancy) -> None:
    row = review(as_tenants([one]), DAY).row(0, named=True)
    findings = [*CASES, "supplement", "lease_may_end", "right_lost_by_income", "at_risk"]
    pli_above = one.ceiling_class == "PLI"
    unsettled = [name for name in findings if row[name] == "not_determined" and not pli_above]
    assert not unsettled or row["missing"]


@given(st.dates(date(1990, 1, 1), date(2030, 12, 31)), st.dates(date(1990, 1, 1), date(2040, 12, 31)))
def test_the_next_review_is_the_first_anniversary_of_three_years(signed: date, day: date) -> None:
    day = max(day, date(2018, 11, 25))
    found = pl.select(next_review(pl.lit(signed), day)).item()
    assert found == next(when for n in range(1, 40) if (when := anniversary(signed, 3 * n)) >= day)


@pytest.mark.parametrize(
    ("income", "cost", "arrears", "at_risk"),
    [
        (0, 0, 0, "no"),
        (0, 1, 0, "yes"),
        (0, None, 0, "not_determined"),
        (None, 1, 0, "not_determined"),
        (0, 0, 1, "yes"),
        (0, 0, None, "not_determined"),
    ],
)
def test_who_has_no_resources_is_at_risk_when_the_home_costs_something(
    income: int | None, cost: int | None, arrears: int | None, at_risk: str
) -> None:
    home = Occupancy(DAY, "59350", (date(1970, 1, 1),), "alone", disposable_income=income, cost=cost, arrears=arrears)
    assert review(as_tenants([home]), DAY)["at_risk"].to_list() == [at_risk]


def test_refusals_count_down_to_the_third() -> None:
    refused = pl.Series("refused", [None, 0, 1, 2, 3, 4], dtype=pl.Int32)
    left = refused.to_frame().select(refusals_left(pl.col("refused"), DAY)).to_series()
    assert left.to_list() == [None, 3, 2, 1, 0, 0]


@pytest.mark.parametrize(
    ("obliged", "protected", "refused", "ends"),
    [
        (True, False, 3, True),
        (True, False, 2, False),
        (True, True, 3, False),
        (False, None, None, False),
        (None, False, 3, None),
        (True, None, 3, None),
        (True, False, None, None),
        (None, None, 0, False),
    ],
)
def test_the_lease_may_end_only_when_all_is_known(
    obliged: bool | None, protected: bool | None, refused: int | None, ends: bool | None
) -> None:
    yes, kept = (pl.lit(answer, dtype=pl.Boolean) for answer in (obliged, protected))
    assert pl.select(may_end_lease(yes, kept, pl.lit(refused, dtype=pl.Int32), DAY)).item() is ends


def test_the_register_alone_is_enough_and_the_order_is_kept() -> None:
    homes = [Occupancy(DAY, "59350", (date(1970, 1, 1),), "alone", 9000, 9000, None, rooms) for rooms in (4, 1, 3)]
    found = review(as_tenants(homes).select(FROM_REGISTER), DAY)
    assert found["household_id"].to_list() == ["0", "1", "2"]
    assert found["under_occupied"].to_list() == ["yes", "no", "yes"]
    assert found["missing"].list.contains("visiting_children").to_list() == [True, True, True]


def test_nobody_to_review() -> None:
    nobody = as_tenants([Occupancy(DAY, "59350", (DAY,), "alone")]).clear()
    assert review(nobody, DAY).height == 0


def test_what_is_missing_or_impossible_is_refused() -> None:
    tenants = as_tenants([Occupancy(DAY, "59350", (DAY,), "alone")])
    with pytest.raises(BadInput, match="needed and missing: rooms, access"):
        review(tenants.drop("rooms", "access"), DAY)
    with pytest.raises(BadInput, match="column refused_offers"):
        review(tenants.with_columns(refused_offers=pl.lit(-1)), DAY)
    with pytest.raises(BadInput, match="no value in force on 2018"):
        review(tenants, date(2018, 1, 1))
