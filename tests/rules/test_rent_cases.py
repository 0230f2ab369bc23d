"""The cases of tests/spec/rent that a jurist can read; the account of a person; the supplement by its slow twin."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from carreau.errors import BadInput
from carreau.rules.parameters import load
from carreau.rules.rent.account import Tenant, account, as_figures
from carreau.rules.rent.burden import effort_rate, remains, remains_per_unit
from carreau.rules.rent.supplement import capped_by_surface, coefficient, exempt_class, overrun, supplement
from carreau.rules.rent.wording import sentences

SPEC = Path(__file__).parent.parent / "spec" / "rent"
DAY = date(2026, 10, 1)


def cases(*names: str) -> list[Any]:
    written = [one for name in names for one in yaml.safe_load((SPEC / f"{name}.yaml").read_text(encoding="utf-8"))]
    return [pytest.param(one, id=one["case"]) for one in written]


@pytest.mark.parametrize("case", cases("apl", "rls", "effort"))
def test_account(case: dict[str, Any]) -> None:
    made = account(Tenant(**{"charges": 0, **case["tenant"]}))
    known = {**as_figures(made), **made.steps}
    for name, figure in case["expected"].items():
        tolerance = 0.00001 if name in ("family_rate", "effort_rate") else 0.006
        assert known[name] == (figure if figure is None else pytest.approx(figure, abs=tolerance)), name


@pytest.mark.parametrize("case", cases("sls"))
def test_supplement(case: dict[str, Any]) -> None:
    home = {"exempt": False, "cap_zone": None, "class": "PLUS", **case["home"]}
    day = home.pop("day")
    frame = pl.DataFrame([home]).with_columns(cents=(pl.col("rent") * 100))
    exempt = pl.col("exempt") | exempt_class(pl.col("class"), day)
    due = supplement(*(pl.col(name) for name in ("overrun", "surface", "zone", "cents", "resources")), exempt, day)
    if home["cap_zone"]:
        due = capped_by_surface(due, pl.col("cents"), pl.col("surface"), pl.col("cap_zone"), day)
    found = frame.select(coefficient=coefficient(pl.col("overrun"), day), supplement=due / 100).row(0, named=True)
    assert {name: found[name] for name in case["expected"]} == pytest.approx(case["expected"], abs=0.001)


def test_every_case_has_a_source_and_most_come_from_outside() -> None:
    read = [one.values[0] for one in cases("apl", "rls", "effort", "sls")]
    assert len(read) >= 40
    assert [one["case"] for one in read if not one.get("source")] == []
    assert 2 * sum(one.get("outside", False) for one in read) >= len(read)


def step_by_step(points: int) -> float:
    """The coefficient as R441-21 tells it, a point at a time."""
    if points < 20:
        return 0.0
    total = 0.27
    for point in range(21, points + 1):
        total += 0.06 if point <= 59 else 0.08 if point <= 149 else 0.10
    return total


@given(st.integers(-100, 400))
def test_the_coefficient_is_the_sum_of_its_points(points: int) -> None:
    found = pl.select(coefficient(pl.lit(points), DAY)).item()
    assert found == pytest.approx(step_by_step(points), abs=1e-9)


@given(st.integers(0, 200_000), st.integers(1, 100_000))
def test_the_overrun_is_in_whole_per_cent(income: int, ceiling: int) -> None:
    points = pl.select(overrun(pl.lit(income), pl.lit(ceiling))).item()
    assert (100 + points) * ceiling <= 100 * income < (101 + points) * ceiling


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 2_000), st.integers(0, 200_000))
def test_a_larger_overrun_never_costs_less_and_the_cap_holds(low: int, more: int, rent: int, resources: int) -> None:
    frame = pl.DataFrame({"overrun": [low, low + more]})
    fixed = (pl.lit(60), pl.lit("1"), pl.lit(100 * rent), pl.lit(resources), pl.lit(False))
    less, dearer = frame.select(supplement(pl.col("overrun"), *fixed, DAY)).to_series()
    assert 0 <= less <= dearer
    assert dearer == 0 or 100 * rent + dearer <= 30 * resources / 12 + 1


def test_only_intermediate_homes_are_exempt_by_class() -> None:
    classes = pl.DataFrame({"class": ["PLAI", "PLUS", "PLS", "PLI", None]})
    assert classes.select(exempt_class(pl.col("class"), DAY)).to_series().to_list() == [
        False,
        False,
        False,
        True,
        False,
    ]


def test_the_reference_supplement_of_each_year_is_said_to_be_verified_or_not() -> None:
    values = load("sls")["reference_supplement"].values
    assert [value.start.year for value in values] == list(range(2020, 2027))
    assert [value.certainty for value in values] == ["verified", *["to verify"] * 6]
    with pytest.raises(BadInput, match="reference_supplement: no value in force"):
        supplement(*[pl.lit(0)] * 6, date(2019, 12, 31))


def test_what_remains_by_unit() -> None:
    frame = pl.DataFrame({"cost": [50_000], "resources": [24_000], "units": [21]})
    left = remains(pl.col("cost"), pl.col("resources"))
    found = frame.select(left.alias("left"), remains_per_unit(left, pl.col("units")).alias("each")).row(0)
    assert found == (150_000, 71_429)
    assert frame.select(effort_rate(pl.col("cost"), pl.col("resources"))).item() == 0.25


@pytest.mark.parametrize(
    ("resources", "cost", "left"),
    [
        (10_001, 0, 83_342),  # 83,341.67 cents a month
        (10_003, 0, 83_358),  # 83,358.33
        (1, 50_000, -49_992),  # -49,991.67
        (2, 50_000, -49_983),  # -49,983.33
    ],
)
def test_what_remains_is_rounded_to_the_nearest_cent(resources: int, cost: int, left: int) -> None:
    assert pl.select(remains(pl.lit(cost), pl.lit(resources))).item() == left


@pytest.mark.parametrize(
    ("left", "units", "each"),
    [(4, 15, 3), (5, 15, 3), (-5, 15, -3), (-4, 15, -3), (5, 20, 2), (7, 20, 4)],  # half a cent goes to the even one
)
def test_what_remains_by_unit_is_rounded_to_the_nearest_cent(left: int, units: int, each: int) -> None:
    assert pl.select(remains_per_unit(pl.lit(left), pl.lit(units))).item() == each


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rent": -1}, "rent -1"),
        ({"charges": -0.5}, "charges -0.5"),
        ({"income": -3}, "income -3"),
        ({"income": float("inf")}, "income inf"),
        ({"rent": 42_000}, "rent 42000.*to 10000"),
        ({"dependants": 21}, "dependants 21"),
        ({"teenagers": 1}, "teenagers 1.*0 dependants"),
    ],
)
def test_what_cannot_be_is_refused_by_name(change: dict[str, Any], said: str) -> None:
    good = {"income": 9000, "rent": 420, "charges": 60, "commune": "75113", "day": DAY}
    with pytest.raises(BadInput, match=said):
        Tenant(**{**good, **change})


def test_every_figure_has_its_text() -> None:
    made = account(Tenant(9000, 420, 60, "75113", DAY))
    about = {source.about for source in made.references}
    assert {"rent_ceiling", "allowance", "rls_amount", "rls_limit", "zone", "effort_rate", "parameters"} <= about
    amounts = [source for source in made.references if source.about in ("rent_ceiling", "rls_amount")]
    assert all(source.title.startswith("Arrêté") and "legifrance" in source.address for source in amounts)
    assert {source.start for source in amounts} == {date(2026, 10, 1), date(2026, 6, 1)}


def test_the_account_is_readable_in_both_languages() -> None:
    made = account(Tenant(9000, 420, 60, "75113", DAY))
    french, english = "\n".join(sentences(made, "fr")), "\n".join(sentences(made, "en"))
    assert "le bailleur baisse le loyer de 35,99\u00a0€ par mois\u00a0; ce n’est pas un versement" in french
    assert "the landlord lowers the rent by €35.99 a month; it is no payment" in english
    assert "Reste à payer\u00a0: 249,01\u00a0€" in french
    assert "commissions usually look at 33%" in english


def test_the_account_says_what_is_to_be_checked() -> None:
    old = "\n".join(sentences(account(Tenant(9000, 420, 60, "14543", date(2030, 1, 1))), "en"))
    assert "lie in several zones" in old
    assert "the newest amounts known are of" in old
    rich = account(Tenant(14_000, 420, 60, "75113", DAY, couple=True, dependants=2))
    poor = account(Tenant(0, 420, 60, "75113", DAY, social=False))
    over = account(Tenant(14_000, 420, 60, "75113", DAY))
    assert "couple, 2 dependants" in sentences(rich, "en")[1]
    assert any("only social landlords" in line for line in sentences(poor, "en"))
    assert any("without resources there is none" in line for line in sentences(poor, "en"))
    assert any("resources reach €970 a month" in line for line in sentences(over, "en"))
