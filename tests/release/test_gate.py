"""What leaves through the gate, and what does not."""

import copy
import dataclasses
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carreau.errors import BadInput
from carreau.register.territory import Territory
from carreau.release import building
from carreau.release.gate import Release, protect
from carreau.release.indicators import INDICATORS, known_of
from carreau.release.partition.drawn import CELL_KEY, Drawn, of_squares
from carreau.release.partition.natural import SIZES, natural
from carreau.release.rules import Rules, references

Maker = Callable[..., Territory]
HERE, NEXT, FAR = (0, 0), (200, 0), (640_000, 0)
ALONE, COUPLE, PARENT = (1, "alone", 15_000, False), (2, "couple", 30_000, False), (3, "lone_parent", 12_000, True)

build = partial(building.build, method="natural")


def living(corner: tuple[int, int], **numbers: int) -> list[tuple[Any, ...]]:
    kinds = {"alone": ALONE, "couple": COUPLE, "parent": PARENT, "large": (6, "couple_children", 40_000, False)}
    return [(corner, *kinds[kind]) for kind, number in numbers.items() for _ in range(number)]


def only_unit(release: Release) -> dict[str, Any]:
    assert release.units.height == 1
    return release.units.row(0, named=True)


def test_a_unit_tells_its_households(territory: Maker) -> None:
    some = "persons,one_person,lone_parents,five_persons,poor,living_standard"
    release = build(territory(living(HERE, alone=8, couple=4, parent=5, large=3)), indicators=some)
    assert only_unit(release) == {
        "unit_id": "CRS3035RES200mN0E0",
        "crs": 3035,
        "size": 200,
        "north": 0,
        "east": 0,
        "as_of": "2026-01-01",
        "changed": None,
        "households": 20,
        "persons_low": 49,
        "persons_high": 49,
        "one_person_low": 8,
        "one_person_high": 8,
        "lone_parents_low": 5,
        "lone_parents_high": 5,
        "five_persons_low": 3,
        "five_persons_high": 3,
        "poor_low": 5,
        "poor_high": 5,
        # 8 at 15,000; 8 at 20,000; 15 at 6,000; 18 at 40,000 / 3.5 = 11,428: 575,704 over 49 persons
        "living_standard": 11_700,
    }
    assert release.share_at_200m == 1
    assert release.withheld == 0
    assert release.facts["synthetic"] is True
    assert release.facts["sources"] == [{"table": "homes", "text": "made up"}]


@pytest.mark.parametrize(
    ("poor", "told"), [(0, (0, 2)), (2, (0, 2)), (3, (3, 3)), (9, (9, 9)), (10, (10, 12)), (12, (10, 12))]
)
def test_neither_nobody_nor_everybody_is_told(territory: Maker, poor: int, told: tuple[int, int]) -> None:
    unit = only_unit(build(territory(living(HERE, parent=poor, couple=12 - poor))))
    assert (unit["poor_low"], unit["poor_high"]) == told
    assert (unit["lone_parents_low"], unit["lone_parents_high"]) == told
    assert (unit["living_standard"] is None) == (told[0] != told[1])


def test_persons_do_not_tell_that_all_live_alone(territory: Maker) -> None:
    unit = only_unit(build(territory(living(HERE, alone=12))))
    assert (unit["persons_low"], unit["persons_high"]) == (12, 20)


def test_persons_do_not_tell_that_nobody_has_a_large_family(territory: Maker) -> None:
    unit = only_unit(build(territory(living(HERE, alone=6, couple=6))))
    assert (unit["persons_low"], unit["persons_high"]) == (18, 24)


@pytest.mark.parametrize(("couples", "parents", "told"), [(6, 0, (18, 24)), (0, 6, (18, 24)), (1, 5, (18, 24))])
def test_persons_leave_room_for_every_number_of_large_families_that_is_told(
    territory: Maker, couples: int, parents: int, told: tuple[int, int]
) -> None:
    """12 households, 6 alone, and 0 to 2 of five or more: 24 persons are the fewest that two large ones leave."""
    unit = only_unit(build(territory(living(HERE, alone=6, couple=couples, parent=parents))))
    assert (unit["five_persons_low"], unit["five_persons_high"]) == (0, 2)
    assert (unit["persons_low"], unit["persons_high"]) == told


def test_ten_households_are_not_told_and_neither_is_their_number(territory: Maker) -> None:
    release = build(territory([*living(HERE, alone=11), *living(FAR, alone=10)]))
    assert only_unit(release)["households"] == 11
    assert release.withheld == 10
    assert "withheld" not in str(dict(release.facts))
    assert "withheld" not in repr(release)
    assert release.cells["unit_id"].unique().to_list() == ["CRS3035RES200mN0E0"]


def test_a_release_does_not_change_with_what_it_withholds(territory: Maker) -> None:
    shown = living(HERE, alone=11)
    digests = {build(territory([*shown, *living(FAR, alone=number)])).digest for number in (0, 3, 10)}
    assert len(digests) == 1


def test_an_income_that_outweighs_the_others_is_not_told(territory: Maker) -> None:
    small = [(HERE, 1, "alone", 900, poor) for poor in [True] * 5 + [False] * 6]
    large = (HERE, 1, "alone", 900_000, False)
    elsewhere = [(FAR, 1, "alone", 900_000, poor) for poor in [True] * 5 + [False] * 10]
    release = build(territory([*small, large, *elsewhere]))
    assert release.units.sort("north")["living_standard"].to_list() == [None, 900_000]


def test_homes_are_counted_without_their_households(territory: Maker) -> None:
    release = build(territory([*living(HERE, alone=11), *living(NEXT, alone=1)]), count="homes")
    assert release.units.columns == ["unit_id", "crs", "size", "north", "east", "as_of", "changed", "homes"]
    assert only_unit(release)["homes"] == 12
    assert release.facts["synthetic"] is False
    assert release.share_at_200m == 0
    assert release.cells.height == 2


def test_cells_of_open_homes_do_not_tell_which_are_let(territory: Maker) -> None:
    whole = territory(living(HERE, alone=11) + living(NEXT, alone=2) + living((400, 0), alone=1))
    some = whole.table("households").collect().filter(pl.col("home_id") != "h13")
    some.write_parquet(whole.path / "households.parquet")
    assert build(whole).cells["cell_id"].to_list() == [f"CRS3035RES200mN{north}E0" for north in (0, 200, 400)]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"method": "dense"}, "unknown method 'dense'; there is finest, natural, quadtree"),
        ({"count": "persons"}, "there is households, homes"),
        ({"indicators": "poor,some"}, "unknown indicator 'some'; there is all, none, persons"),
    ],
)
def test_what_does_not_exist_is_refused(territory: Maker, options: dict[str, str], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        build(territory(living(HERE, alone=11)), **options)


def test_no_indicators_on_demand(territory: Maker) -> None:
    assert build(territory(living(HERE, alone=11)), indicators="none").units.columns[-1] == "households"


def test_a_territory_without_a_point_cannot_be_mapped(territory: Maker) -> None:
    with pytest.raises(BadInput, match="no households at a known point"):
        build(territory([]))


def test_a_release_cannot_be_forged(territory: Maker) -> None:
    true = build(territory(living(HERE, alone=11)))
    raw = pl.DataFrame({"size": [200]})
    with pytest.raises(TypeError, match=r"gate\.protect only"):
        Release(facts={}, indicators=(), withheld=0, quality={}, entries=raw, _units=raw, _cells=raw, _bridges=None,
                _changes=raw, zones={}, gate=object())  # fmt: skip
    with pytest.raises((TypeError, ValueError)):
        dataclasses.replace(true, _units=raw)
    with pytest.raises(dataclasses.FrozenInstanceError):
        true._units = raw  # type: ignore[misc]
    with pytest.raises(TypeError):
        true.facts["synthetic"] = False  # type: ignore[index]


def test_a_released_table_is_a_copy(territory: Maker) -> None:
    release = build(territory(living(HERE, alone=11)))
    before = release.digest
    release.units.drop_in_place("households")
    assert release.digest == before
    assert release.intact
    tampered = copy.copy(release)
    object.__setattr__(tampered, "_units", pl.DataFrame({"size": [200]}))
    assert not tampered.intact


def test_the_order_of_rows_does_not_matter(territory: Maker) -> None:
    households = [*living(HERE, alone=8, couple=4, parent=5), *living(NEXT, parent=7, large=9)]
    assert build(territory(households)).digest == build(territory(households[::-1])).digest


def test_overlapping_units_are_refused() -> None:
    drawn = pl.DataFrame(
        [(3035, 0, 0, 200, 0, 0), (3035, 200, 0, 1000, 0, 0)],
        schema=dict.fromkeys(["cell_crs", "cell_north", "cell_east", "unit_size", "unit_north", "unit_east"], pl.Int32),
        orient="row",
    )
    cells = drawn.select("cell_crs", "cell_north", "cell_east")
    with pytest.raises(ValueError, match="share a cell"):
        protect(cells, of_squares(drawn, SIZES), indicators=(), rules=Rules.of("homes"), facts={"count": "homes"})


@pytest.mark.parametrize(
    ("cells", "bridges", "told", "says"),
    [
        ([(0, 0), (0, 200)], [], 2, None),
        ([(0, 0), (0, 400)], [(0, 200)], 3, None),
        ([(0, 0), (0, 400)], [], 2, "several pieces"),
        ([(0, 0), (200, 200)], [], 2, "several pieces"),
        ([(0, 0), (0, 200)], [(0, 200)], 3, "share a cell"),
        ([(0, 0), (0, 200)], [], 3, "does not have the cells"),
    ],
)
def test_units_that_are_not_what_they_say_are_refused(
    cells: list[tuple[int, int]], bridges: list[tuple[int, int]], told: int, says: str | None
) -> None:
    def placed(corners: list[tuple[int, int]]) -> pl.DataFrame:
        rows = [(3035, north, east, "u") for north, east in corners]
        schema = {**dict.fromkeys(CELL_KEY, pl.Int32), "unit_id": pl.String}
        return pl.DataFrame(rows, schema=schema, orient="row")

    units = pl.DataFrame({"unit_id": ["u"], "crs": 3035, "size": 600, "north": 0, "east": 0, "cells": told})
    drawn = Drawn(units, placed(cells), placed(bridges), squares=False)
    rows = pl.concat([placed(cells).drop("unit_id")] * 6)
    options: dict[str, Any] = {"indicators": (), "rules": Rules.of("homes"), "facts": {"count": "homes"}}
    if says is None:
        assert protect(rows, drawn, **options).units["homes"].to_list() == [12]
    else:
        with pytest.raises(ValueError, match=says):
            protect(rows, drawn, **options)


@pytest.mark.parametrize(("households", "told"), [(10, [12]), (11, [12, 11])])
@pytest.mark.parametrize("counted", ["homes", "households"])
def test_the_gate_alone_withholds_a_unit_of_ten(counted: str, households: int, told: list[int]) -> None:
    """The partition is drawn by hand: nothing but the gate stands between a small unit and its readers."""
    cells = pl.DataFrame(
        [(3035, 0, 0, "large"), (3035, 400, 0, "small"), (3035, 400, 200, "small")],
        schema={**dict.fromkeys(CELL_KEY, pl.Int32), "unit_id": pl.String},
        orient="row",
    )
    units = pl.DataFrame(
        {"unit_id": ["large", "small"], "crs": 3035, "size": [200, 400], "north": [0, 400], "east": 0, "cells": [1, 2]}
    )
    drawn = Drawn(units, cells, cells.clear(), squares=False)
    each = pl.Series([12, households - 1, 1])
    rows = cells.drop("unit_id").with_columns(n=pl.int_ranges(0, each)).explode("n").drop("n")
    release = protect(rows, drawn, indicators=(), rules=Rules.of(counted), facts={"count": counted})
    assert release.units[counted].to_list() == told
    assert release.withheld == 12 + households - sum(told)
    names = ["large", "small"][: len(told)]
    for table in (release.units, release.cells):
        assert table["unit_id"].unique().sort().to_list() == names


def test_what_belongs_to_two_communes_goes_where_most_homes_are(territory: Maker) -> None:
    whole = territory([*living(HERE, alone=7), *living(NEXT, alone=7)])
    homes = whole.table("homes").collect()
    for moved, units in ((3, 1), (4, 0)):
        commune = pl.when(pl.int_range(pl.len()) < moved).then(pl.lit("44143")).otherwise(pl.lit("44109"))
        homes.with_columns(commune=commune).write_parquet(whole.path / "homes.parquet")
        assert build(whole, method="finest").units.height == units


def test_intervals_that_would_meet_are_refused() -> None:
    with pytest.raises(ValueError, match="must not meet"):
        dataclasses.replace(Rules.of("homes"), threshold=5)


def test_every_rule_has_its_reference() -> None:
    for count in ("households", "homes"):
        assert all(rule["reference"] and rule["unit"] for rule in references(count))
        assert Rules.of(count).threshold == 11


# One household as (persons, lone parent, poor), the only thing that the counts depend on.
KIND = st.sampled_from(
    [(1, False, False), (2, False, True), (2, True, True), (3, True, False), (5, False, True), (7, False, False)]
)


@given(st.lists(KIND, min_size=11, max_size=16))
def test_no_unit_lets_one_conclude_all_or_none(kinds: list[tuple[int, bool, bool]]) -> None:
    unit = protected(kinds).units.row(0, named=True)
    true = {
        "persons": sum(persons for persons, _, _ in kinds),
        "one_person": sum(persons == 1 for persons, _, _ in kinds),
        "five_persons": sum(persons >= 5 for persons, _, _ in kinds),
        "lone_parents": sum(lone for _, lone, _ in kinds),
        "poor": sum(poor for _, _, poor in kinds),
    }
    assert all(unit[f"{name}_low"] <= value <= unit[f"{name}_high"] for name, value in true.items())
    sizes = possible_sizes(unit, len(kinds))
    for trait in (0, 1):
        assert min(counts[trait] for counts in sizes) < len(kinds)
        assert max(counts[trait] for counts in sizes) > 0


def protected(kinds: list[tuple[int, bool, bool]]) -> Release:
    rows = pl.DataFrame(
        {
            "cell_crs": 3035,
            "cell_north": 0,
            "cell_east": 0,
            "persons": [persons for persons, _, _ in kinds],
            "one_person": [persons == 1 for persons, _, _ in kinds],
            "lone_parents": [lone for _, lone, _ in kinds],
            "five_persons": [persons >= 5 for persons, _, _ in kinds],
            "poor": [poor for _, _, poor in kinds],
            "living_standard": [10_000] * len(kinds),
        }
    ).with_columns(pl.col("cell_crs", "cell_north", "cell_east").cast(pl.Int32))
    key = ["cell_crs", "cell_north", "cell_east"]
    drawn = natural(rows.group_by(key).len("base"), 11)
    facts = {"count": "households"}
    told, _ = known_of(INDICATORS, rows, rows.clear())
    told = tuple(one for one in told if one.kind != "homes")
    return protect(rows, drawn, indicators=told, rules=Rules.of("households"), facts=facts)


def possible_sizes(unit: dict[str, Any], n: int) -> list[tuple[int, int]]:
    """Every (one person, five persons) that an attacker cannot exclude; a household has 1, 2 to 4, or 5 to 20."""
    possible = []
    for one, five in product(
        range(unit["one_person_low"], unit["one_person_high"] + 1),
        range(unit["five_persons_low"], unit["five_persons_high"] + 1),
    ):
        middle = n - one - five
        least, most = one + 2 * middle + 5 * five, one + 4 * middle + 20 * five
        if middle >= 0 and least <= unit["persons_high"] and most >= unit["persons_low"]:
            possible.append((one, five))
    return possible
