"""Every indicator that the mission asks for is there, whole; what a territory lacks is left out and said so."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from carreau.errors import BadInput
from carreau.register.territory import Territory
from carreau.release.building import build
from carreau.release.indicators import INDICATORS, OPEN, SENSITIVE, SENSITIVITIES, chosen
from carreau.rules.parameters import CERTAINTIES

Maker = Callable[..., Territory]
ASKED = {
    "persons", "children", "aged_65", "one_person", "lone_parents", "five_persons", "poor", "first_quartile",
    "ceiling_bands", "living_standard", "median_living_standard", "housing_benefit", "over_occupied", "under_occupied",
    "ten_years", "entrants", "rent_m2", "homes", "rooms", "energy", "vacancy",
}  # fmt: skip
HERE = (0, 0)
DAY = date(2026, 1, 1)


def test_all_that_was_asked_for_is_there() -> None:
    assert {one.group or one.name for one in INDICATORS} == ASKED


@pytest.mark.parametrize("one", INDICATORS, ids=lambda one: one.name)
def test_an_indicator_is_whole(one: Any) -> None:
    assert one.definition
    assert one.unit
    assert one.denominator in {*(other.name for other in INDICATORS), "households", "surface"}
    assert one.needs
    assert one.sensitivity in SENSITIVITIES
    assert one.basis.collected
    assert one.basis.secrecy
    assert one.basis.certainty in CERTAINTIES
    assert one.columns[0].startswith(one.name)


def test_every_trait_of_households_is_sensitive_and_what_the_register_has_is_open() -> None:
    assert all(one.sensitivity == SENSITIVE for one in INDICATORS if one.kind in ("count", "band", "mean", "median"))
    assert {one.group or one.name for one in INDICATORS if one.sensitivity == OPEN} == {"homes", "rooms", "energy"}


def test_indicators_are_chosen_by_name_or_group() -> None:
    assert chosen("all") == INDICATORS
    assert chosen("none") == ()
    assert [one.name for one in chosen("poor, rooms")] == ["poor", *(f"rooms_{n}" for n in range(1, 6))]
    assert [one.name for one in chosen("rooms_2")] == ["rooms_2"]
    with pytest.raises(BadInput, match="unknown indicator 'religion'"):
        chosen("poor,religion")


def test_what_a_territory_does_not_know_is_left_out_and_listed(territory: Maker) -> None:
    release = build(territory([(HERE, 1, "alone", 15_000, False)] * 12))
    left_out = {one["indicator"]: one["needs"] for one in release.facts["left_out"]}
    assert set(left_out) >= {"housing_benefit", "ten_years", "over_occupied", "rent_m2", "rooms_1", "vacant"}
    assert left_out["ten_years"] == ["households.moved_in"]
    assert left_out["first_quartile"] == ["households.disposable_income", "a published threshold or applications"]
    assert not {"housing_benefit_low", "vacant"} & set(release.units.columns)
    assert {one.name for one in release.indicators}.isdisjoint(left_out)


def known(place: Territory, people: dict[str, Any], homes: dict[str, Any]) -> dict[str, Any]:
    """The only unit of a territory some columns of which are given, a value a household or one for all."""
    for table, columns in (("households", people), ("homes", homes)):
        frame = place.table(table).collect()
        given = [
            pl.Series(name, value if isinstance(value, list) else [value] * frame.height).cast(
                frame.schema[name], strict=False
            )
            for name, value in columns.items()
        ]
        frame.with_columns(given).write_parquet(place.path / f"{table}.parquet")
    return build(place).units.row(0, named=True)


def test_each_number_of_a_unit(territory: Maker) -> None:
    """20 households: 5 of one (75 years old), 5 couples, 10 families of a parent of 30 and children of 10 and 20."""
    people = [(HERE, 1, "alone", 9_000, True)] * 5 + [(HERE, 2, "couple", 30_000, False)] * 5
    people += [(HERE, 3, "lone_parent", 40_000, False)] * 10
    births = [[date(1950, 1, 1)]] * 5 + [[date(1980, 1, 1)] * 2] * 5
    births += [[date(1995, 6, 1), date(2015, 6, 1), date(2005, 6, 1)]] * 10
    unit = known(
        territory(people),
        {
            "births": births,
            "moved_in": [
                date(y, 1, d) for y, d in [(2016, 1)] * 4 + [(2016, 2)] * 4 + [(2024, 1)] * 4 + [(2024, 2)] * 8
            ],
            "housing_benefit": [True] * 6 + [False] * 14,
            "reference_income": [2_000] * 5 + [20_000] * 5 + [44_000] * 10,
        },
        {
            "rooms": [1] * 5 + [4] * 5 + [3] * 10,
            "surface": [20] * 5 + [80] * 5 + [20] * 10,
            "rent": 20_000,
            "status": ["let"] * 20,
            "energy": ["G", "F", "E"] + ["A"] * 10 + [None] * 7,
        },
    )
    exact = {name.removesuffix("_low"): value for name, value in unit.items() if not name.endswith("_high")}
    assert {name: exact[name] for name in ("persons", "children", "aged_65", "one_person", "lone_parents")} == {
        "persons": 45, "children": 10, "aged_65": 5, "one_person": 5, "lone_parents": 10,
    }  # fmt: skip
    # 5 at 9,000; 10 persons at 20,000; 30 at 20,000: the middle of 20 households is 20,000
    assert exact["living_standard"] == 18_800
    assert exact["median_living_standard"] == 20_000
    assert (exact["housing_benefit"], exact["ten_years"], exact["entrants"]) == (6, 4, 8)
    assert (exact["under_occupied"], exact["over_occupied"]) == (5, 10), "four rooms for two; 20 m² for three"
    assert (unit["ceiling_under_20_low"], unit["ceiling_under_20_high"]) == (5, 5)
    # 15 are from 60 to 100 %: with their neighbours, of whom there is nobody
    assert [(exact[f"ceiling_{one}"], unit[f"ceiling_{one}_high"]) for one in ("20_40", "60_100")] == [(0, 15)] * 2
    assert exact["rent_m2"] == 570, "20 × 200 € over 700 m²"
    assert [exact[f"rooms_{n}"] for n in range(1, 6)] == [5, 0, 10, 5, 0]
    assert (exact["energy_known"], exact["energy_fg"], exact["lettable"], exact["vacant"]) == (13, 2, 20, 0)


def test_where_something_is_unknown_of_one_household_nothing_is_told_of_its_unit(territory: Maker) -> None:
    place = territory([(HERE, 1, "alone", 15_000, False)] * 12)
    unit = known(place, {"housing_benefit": [None] + [True] * 5 + [False] * 6}, {})
    assert (unit["housing_benefit_low"], unit["housing_benefit_high"]) == (None, None)


def test_the_share_told_exactly_leaves_out_what_is_open(territory: Maker) -> None:
    place = territory([(HERE, 1, "alone", 15_000, False)] * 6 + [(HERE, 3, "lone_parent", 9_000, True)] * 6)
    release = build(place, indicators="poor,five_persons,homes")
    assert release.exact_values_share == 0.5, "the poor are told exactly, the large families as 0 to 2"
    assert build(place, indicators="none").exact_values_share == 1


def test_a_computed_threshold_is_said_to_be_computed(territory: Maker) -> None:
    assert "first_quartile" not in build(territory([(HERE, 1, "alone", 15_000, False)] * 12)).facts
