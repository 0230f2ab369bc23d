"""The figures behind the synthetic population: each cited one says what it is, of when and by whom."""

from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl
import pytest

from carreau.register.synthetic.margins import random, shipped
from carreau.register.synthetic.persons import AGE_BANDS, KINDS
from carreau.register.vocabulary import PRESENT_HOUSING, REASON, RESERVER

MARGINS = shipped()


@pytest.mark.parametrize("name", MARGINS.cited)
def test_a_cited_figure_has_a_value_a_unit_a_year_and_a_source(name: str) -> None:
    figure = MARGINS.cited[name]
    assert set(figure) <= {"value", "unit", "year", "source", "tolerance", "by_epci", "by_region", "to_2023"}
    assert figure["value"] is not None
    assert len(figure["unit"]) > 3
    assert 2000 <= figure["year"] <= MARGINS.population_date.year
    assert len(figure["source"]) > 2
    assert figure.get("tolerance", 2) == 2


@pytest.mark.parametrize("name", [name for name, figure in MARGINS.cited.items() if "by_region" in figure])
def test_local_figures_are_of_the_order_of_the_national_one(name: str) -> None:
    figure = MARGINS.cited[name]
    local = [*figure["by_region"].values(), *figure.get("by_epci", {}).values()]
    assert all(0.5 < value / figure["value"] < 2 for value in local)
    assert all(len(code) == 2 for code in figure["by_region"])
    assert all(len(code) == 9 for code in figure.get("by_epci", {}))


def test_a_local_figure_is_that_of_the_epci_else_of_the_region_else_of_the_country() -> None:
    places = pl.DataFrame({"epci": ["244400404", "none", None, None], "region": ["52", "52", "11", None]})
    assert places.select(MARGINS.local("mobility")).to_series().to_list() == [9.4, 10.8, 6.6, 9.3]


@pytest.mark.parametrize(
    ("day", "line"), [(date(2019, 1, 1), 13224), (date(2026, 1, 1), 15456), (date(2010, 1, 1), 12312)]
)
def test_the_poverty_line_is_the_newest_known(day: date, line: int) -> None:
    assert MARGINS.poverty_line(day) == line


ASSUMED: dict[str, Any] = dict(MARGINS.assumed)


@pytest.mark.parametrize(
    "shares",
    [
        *(pytest.param(shares, id=f"ages {kind}") for kind, shares in ASSUMED["ages"].items()),
        *(pytest.param(shares, id=f"applicants {kind}") for kind, shares in ASSUMED["applicant_ages"].items()),
        *(pytest.param(list(shares.values()), id=f"sizes {kind}") for kind, shares in ASSUMED["sizes"].items()),
        *(pytest.param(list(ASSUMED[name].values()), id=name)
          for name in ("present_housing", "reasons_first", "reasons_transfer", "contingents")),
    ],
)  # fmt: skip
def test_assumed_shares_add_up_to_a_hundred(shares: list[float]) -> None:
    assert sum(shares) == pytest.approx(100)


def test_assumed_tables_use_the_closed_lists() -> None:
    assert set(ASSUMED["ages"]) == set(ASSUMED["applicant_ages"]) == set(ASSUMED["kind_by_rooms"]) == set(KINDS)
    assert all(len(shares) == len(AGE_BANDS) for shares in ASSUMED["ages"].values())
    assert all(high == low for (_, high), (low, _) in pairwise(AGE_BANDS))
    housing = set(PRESENT_HOUSING.categories) - {"social_tenant"}
    assert set(ASSUMED["present_housing"]) == set(ASSUMED["present_housing_age"]) == housing
    assert {*ASSUMED["reasons_first"], *ASSUMED["reasons_transfer"]} == set(REASON.categories)
    assert set(ASSUMED["contingents"]) <= set(RESERVER.categories)


def test_the_cited_reasons_are_those_that_are_drawn() -> None:
    for name, figure in MARGINS.cited.items():
        if name.startswith("reason_"):
            drawn = ASSUMED["reasons_transfer" if "transfers" in figure["unit"] else "reasons_first"]
            assert drawn[name.removeprefix("reason_")] == figure["value"]


def test_streams_depend_on_seed_stage_and_part_only() -> None:
    first = random(1, "tenants", 2).random(3).tolist()
    assert random(1, "tenants", 2).random(3).tolist() == first
    others = [random(2, "tenants", 2), random(1, "leases", 2), random(1, "tenants", 3)]
    assert all(other.random(3).tolist() != first for other in others)
