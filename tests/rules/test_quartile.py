"""The first-quartile threshold of a territory: published, or computed from its applications, and which is said."""

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from applicants import born
from hypothesis import given
from hypothesis import strategies as st

from carreau.errors import BadInput
from carreau.places.communes import Communes
from carreau.rules.parameters import load
from carreau.rules.quartile import COMPUTED, Threshold, in_first_quartile, lower_quartile, resources_per_unit, threshold

SPEC = Path(__file__).parent.parent / "spec" / "quartile"
DAY = date(2026, 1, 1)
LILLE = "200093201"
SCHEMA = {"resources": pl.Int32, "births": pl.List(pl.Date), "wanted_communes": pl.List(pl.String)}


def cases() -> list[Any]:
    written = yaml.safe_load((SPEC / "thresholds.yaml").read_text(encoding="utf-8"))
    return [pytest.param(one, id=one["case"]) for one in written]


def applying(rows: list[dict[str, Any]], day: date = DAY) -> pl.DataFrame:
    made = [
        {"resources": row["resources"], "births": born(row["ages"], day), "wanted_communes": row["wanted"]}
        for row in rows
    ]
    return pl.DataFrame(made, schema=SCHEMA)


@pytest.mark.parametrize("case", cases())
def test_threshold(case: dict[str, Any]) -> None:
    given_ones = applying(case["applications"], case["day"]) if "applications" in case else None
    found = threshold(case["epci"], case["day"], given_ones)
    assert {name: getattr(found, name) for name in case["expected"]} == case["expected"]
    assert found.reference
    assert (found.basis == COMPUTED) == (found.applicants is not None)


def test_every_case_has_a_source_and_most_come_from_outside() -> None:
    read = [one.values[0] for one in cases()]
    assert [one["case"] for one in read if not one.get("source")] == []
    assert 2 * sum(one.get("outside", False) for one in read) >= len(read)


def units_by_hand(ages: list[int]) -> Fraction:
    return 1 + sum((Fraction(1, 2) if age >= 14 else Fraction(3, 10) for age in ages[1:]), start=Fraction(0))


households = st.tuples(st.integers(0, 9000), st.lists(st.integers(0, 99), min_size=1, max_size=6))


@given(st.lists(households, min_size=1, max_size=30))
def test_the_threshold_is_the_highest_of_the_poorest_quarter(drawn: list[tuple[int, list[int]]]) -> None:
    rows = [{"resources": resources, "ages": ages, "wanted": ["59350"]} for resources, ages in drawn]
    found = threshold(LILLE, DAY, applying(rows))
    by_hand = sorted(12 * resources / units_by_hand(ages) for resources, ages in drawn)
    quarter = by_hand[: -(-len(by_hand) // 4)]
    assert found.amount == pytest.approx(float(max(quarter)), abs=0.5001)
    assert found.applicants == len(drawn)


@given(st.lists(households, min_size=1, max_size=30), st.integers(1, 500))
def test_more_resources_for_all_never_lower_the_threshold(drawn: list[tuple[int, list[int]]], more: int) -> None:
    before = [{"resources": resources, "ages": ages, "wanted": ["59350"]} for resources, ages in drawn]
    after = [{**row, "resources": row["resources"] + more} for row in before]
    assert threshold(LILLE, DAY, applying(after)).amount >= threshold(LILLE, DAY, applying(before)).amount


def test_who_is_below_the_threshold_is_of_the_first_quartile_and_who_reaches_it_is_not() -> None:
    limit = Threshold(LILLE, DAY, 9000, COMPUTED, 3, "L441-1", "to verify")
    rows = [{"resources": amount, "ages": [40], "wanted": ["59350"]} for amount in (749, 750, 751)]
    assert applying(rows).select(in_first_quartile(limit)).to_series().to_list() == [True, False, False]


def test_a_couple_shares_its_resources() -> None:
    rows = [{"resources": 1500, "ages": [40, 38], "wanted": ["59350"]}]
    assert applying(rows).select(resources_per_unit(DAY)).item() == 12_000


def test_what_is_not_known_is_refused_by_name() -> None:
    with pytest.raises(BadInput, match="no commune belongs to the EPCI '123'"):
        threshold("123", DAY)
    with pytest.raises(
        BadInput, match=f"no first-quartile threshold is known for {LILLE} in 2026: give the applications"
    ):
        threshold(LILLE, DAY)
    with pytest.raises(BadInput, match="no application is there"):
        threshold(LILLE, DAY, applying([{"resources": 1, "ages": [40], "wanted": ["44109"]}]))
    with pytest.raises(BadInput, match="no quartile"):
        lower_quartile(pl.Series([], dtype=pl.Float64), DAY)


def test_the_published_territories_exist() -> None:
    known = set(Communes.shipped().lookup["epci"].drop_nulls())
    assert set(load("first_quartile")["threshold"].on(DAY)) <= known
