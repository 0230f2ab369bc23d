"""What must hold of ceilings for any household, and the tables against each other."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from applicants import DAY, SCHEMA, born
from hypothesis import given
from hypothesis import strategies as st

from carreau.register.vocabulary import CEILING_CLASS
from carreau.rules.ceilings import ZONE, category, ceiling, eligible, zone
from carreau.rules.composition import age, with_composition
from carreau.rules.parameters import load

CLASSES = [*CEILING_CLASS.categories, None]
ZONES = list(ZONE.categories)
KINDS = ["alone", "couple", "couple_children", "lone_parent", "other"]


@st.composite
def households(draw: st.DrawFn) -> dict[str, Any]:
    ages = draw(st.lists(st.integers(0, 90), min_size=1, max_size=9))
    kind, grounds = draw(st.sampled_from(KINDS)), draw(st.sampled_from([[], ["disability"], ["back_to_work"]]))
    return {"kind": kind, "births": born(ages), "expected_births": 0, "grounds": grounds}


def described(rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = {name: SCHEMA[name] for name in ("kind", "births", "expected_births", "grounds")}
    frame = with_composition(pl.DataFrame(rows, schema=schema), DAY)
    columns = (pl.col(name) for name in ("persons", "couple", "dependants", "ages", "disability"))
    return frame.with_columns(category(*columns, DAY).alias("category"))


def slow_category(household: dict[str, Any]) -> int:
    """The categories of the arrêté, read aloud."""
    persons = len(household["births"])
    couple = household["kind"] in ("couple", "couple_children") and persons >= 2
    years = [DAY.year - birth.year for birth in household["births"]]
    one_more = "disability" in household["grounds"]
    if couple and persons == 2 and sum(years) <= 55:
        one_more = True
    if not couple and persons > 1 and all(each < 21 for each in years[1:]):
        one_more = True
    return min(6, persons + 1 if one_more else persons)


def slow_ceiling(ceiling_class: str | None, place: str, number: int, persons: int) -> int:
    counted = {"PLI": "PLS", None: "PLUS"}.get(ceiling_class, ceiling_class)
    amounts: list[int] = load("ceilings")[f"{counted}.{place}"].on(DAY)
    return amounts[number - 1] + amounts[6] * max(0, persons - 6)


@given(st.lists(households(), min_size=1, max_size=8))
def test_category_equals_its_slow_twin(rows: list[dict[str, Any]]) -> None:
    assert described(rows)["category"].to_list() == [slow_category(one) for one in rows]


@given(households(), st.sampled_from(CLASSES), st.sampled_from(ZONES), st.integers(0, 200_000))
def test_ceiling_and_verdict_equal_their_slow_twin(
    household: dict[str, Any], ceiling_class: str | None, place: str, income: int
) -> None:
    judged = pl.lit(ceiling_class, CEILING_CLASS), pl.lit(place, ZONE), pl.col("category"), pl.col("persons"), DAY
    limit, verdict = (
        described([household])
        .select(ceiling(*judged).alias("limit"), eligible(pl.lit(income), *judged).alias("verdict"))
        .row(0)
    )
    expected = slow_ceiling(ceiling_class, place, slow_category(household), len(household["births"]))
    assert limit == expected
    assert verdict == ("within" if income <= expected else "not_determined" if ceiling_class == "PLI" else "over")


@given(households(), st.sampled_from(CLASSES), st.sampled_from(ZONES))
def test_one_more_child_never_lowers_the_ceiling(household: dict[str, Any], ceiling_class: str, place: str) -> None:
    kind = {"alone": "lone_parent", "couple": "couple_children"}.get(household["kind"], household["kind"])
    larger = {**household, "kind": kind, "births": [*household["births"], DAY]}
    judged = pl.lit(ceiling_class, CEILING_CLASS), pl.lit(place, ZONE), pl.col("category"), pl.col("persons"), DAY
    before, after = described([household, larger]).select(ceiling(*judged).alias("limit"))["limit"]
    assert after >= before


@given(households(), st.sampled_from(CLASSES), st.sampled_from(ZONES), st.integers(0, 150_000), st.integers(0, 50_000))
def test_more_income_never_gains_eligibility(
    household: dict[str, Any], ceiling_class: str | None, place: str, income: int, more: int
) -> None:
    judged = pl.lit(ceiling_class, CEILING_CLASS), pl.lit(place, ZONE), pl.col("category"), pl.col("persons"), DAY
    poorer, richer = (
        described([household]).select(eligible(pl.lit(each), *judged))[:, 0][0] for each in (income, income + more)
    )
    assert poorer == "within" or richer != "within"


@pytest.mark.parametrize("year", range(2017, 2027))
@pytest.mark.parametrize("place", ZONES)
def test_pls_is_plus_and_thirty_per_cent_half_rounded_up(year: int, place: str) -> None:
    family, day = load("ceilings"), date(year, 1, 1)
    plus, pls = family[f"PLUS.{place}"].on(day), family[f"PLS.{place}"].on(day)
    assert pls == [(amount * 13 + 5) // 10 for amount in plus]


@pytest.mark.parametrize("year", [2025, 2026])
@pytest.mark.parametrize("place", ZONES)
def test_plus_follows_the_rent_index_of_the_third_quarter(year: int, place: str) -> None:
    index = {2024: 141.03, 2025: 144.51, 2026: 145.77}  # Insee, IRL T3 of the year before, metropole
    parameter = load("ceilings")[f"PLUS.{place}"]
    before, after = parameter.on(date(year - 1, 1, 1)), parameter.on(date(year, 1, 1))
    assert after == [round(amount * index[year] / index[year - 1]) for amount in before]


@pytest.mark.parametrize("year", range(2018, 2024))
@pytest.mark.parametrize("place", ZONES)
@pytest.mark.parametrize("ceiling_class", ["PLAI", "PLUS"])
def test_earlier_tables_follow_the_rent_index_to_a_few_euros(year: int, place: str, ceiling_class: str) -> None:
    index = {2017: 125.33, 2018: 126.46, 2019: 128.45, 2020: 129.99, 2021: 130.59, 2022: 131.67, 2023: 136.27}
    parameter = load("ceilings")[f"{ceiling_class}.{place}"]
    before, after = parameter.on(date(year - 1, 1, 1)), parameter.on(date(year, 1, 1))
    expected = [amount * index[year] / index[year - 1] for amount in before]
    assert all(abs(amount - other) < 5.5 for amount, other in zip(after, expected, strict=True))


def test_zones() -> None:
    codes = ["75056", "75101", "75120", "92012", "93006", "92050", "77288", "95127", "44109", "2A004", "97411"]
    found = pl.DataFrame({"commune": codes}).select(zone(pl.col("commune"), DAY).alias("zone"))["zone"].to_list()
    assert found == ["paris"] * 5 + ["idf"] * 3 + ["other"] * 2 + [None]
    assert len([code for code in load("ceilings")["paris_communes"].on(DAY) if not code.startswith("75")]) == 29


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.dates(date(2026, 1, 1), date(2030, 12, 31)))
def test_age_counts_birthdays(birth: date, day: date) -> None:
    had_birthday = (day.month, day.day) >= (birth.month, birth.day)
    expected = day.year - birth.year - (0 if had_birthday else 1)
    assert pl.DataFrame({"birth": [birth]}).select(age(pl.col("birth"), day)).item() == expected
