"""Each kind of naive release is broken, and the region is named."""

import json
from pathlib import Path
from typing import Any

import pytest
from made_up import beside, cell, publish, table

from carreau.attack.findings import SAFE, UNSEARCHED, Attack, Finding
from carreau.attack.published import read
from carreau.attack.searching import attack
from carreau.attack.sentences import sentence
from carreau.errors import BadInput


def only(result: Attack) -> Finding:
    assert len(result.findings) == 1, result.findings
    return result.findings[0]


def broken(*folders: Path) -> Finding:
    return only(attack([table for folder in folders for table in read(folder)]))


def unit(name: str, households: int, **told: Any) -> dict[str, Any]:
    return {"unit_id": name, "households": households, **told}


def test_a_small_cell_told_exactly(tmp_path: Path) -> None:
    publish(tmp_path, [unit("A", 20), unit("B", 4)], {"A": [1], "B": [2]})
    found = broken(tmp_path)
    assert (found.kind, found.way, found.low, found.high, found.cells) == ("small", "told", 4, 4, (cell(2),))
    assert sentence(found, "en") == f"The cell {cell(2)}: 4 households, told as such: B of {found.terms[0].table} (4)."


def test_a_quadtree_next_to_the_totals_of_qpv(tmp_path: Path) -> None:
    publish(tmp_path, [unit("A", 30), unit("B", 20), unit("C", 25)], {"A": [1], "B": [2, 3], "C": [4]})
    beside(tmp_path, "qpv", [{"zone": "Q1", "households": 35}], {"Q1": [1, 2]})
    found = broken(tmp_path)
    assert (found.way, found.low, found.high, found.cells) == ("signed_sum", 5, 5, (cell(2),))
    assert [(term.sign, term.zone, term.low) for term in found.terms] == [(1, "Q1", 35), (-1, "A", 30)]
    assert sentence(found, "fr").startswith(f"Le carreau {cell(2)} : 5 ménages = Q1 de qpv 2026-01-01 (35) moins A de ")


def test_the_other_side_of_a_cell_that_a_border_crosses(tmp_path: Path) -> None:
    publish(tmp_path, [unit("A", 30), unit("B", 14)], {"A": [1], "B": [2]})
    beside(tmp_path, "qpv", [{"zone": "Q1", "households": 26}], {"Q1": [1]}, partial=[1])
    found = broken(tmp_path)
    assert (found.low, found.part, found.cells) == (4, True, (cell(1),))
    assert "A part of the cell" in sentence(found, "en")


def test_totals_that_tell_no_difference_are_safe(tmp_path: Path) -> None:
    publish(tmp_path, [unit("A", 30), unit("B", 44), unit("C", 25)], {"A": [1], "B": [2, 3], "C": [4]})
    beside(tmp_path, "qpv", [{"zone": "Q1", "households": 45}], {"Q1": [1, 2]})
    beside(tmp_path, "commune", [{"zone": "44109", "households": 99}], {"44109": [1, 2, 3, 4]})
    assert attack(read(tmp_path)).verdict == SAFE


def test_a_total_that_tells_how_many_were_withheld(tmp_path: Path) -> None:
    publish(tmp_path, [unit("A", 30), unit("B", 44)], {"A": [1], "B": [2, 3]})
    beside(tmp_path, "commune", [{"zone": "44109", "households": 81}], {"44109": [1, 2, 3, 4]})
    found = broken(tmp_path)
    assert (found.low, found.cells) == (7, (cell(4),))


def test_a_difference_of_several_units_and_zones(tmp_path: Path) -> None:
    """Units and zones overlap in a ring, and no zone alone lies over whole units."""
    units = [unit("A", 20), unit("B", 22), unit("C", 24)]
    publish(tmp_path, units, {"A": [1, 2], "B": [3, 4], "C": [5, 6]})
    zones = [{"zone": "X", "households": 25}, {"zone": "Y", "households": 22}, {"zone": "Z", "households": 19}]
    beside(tmp_path, "iris", zones, {"X": [1, 3], "Y": [2, 4, 5], "Z": [6]})
    found = broken(tmp_path)
    assert (found.low, found.high, found.cells) == (5, 5, (cell(5),))
    beside(tmp_path, "iris", [zones[0], {"zone": "Y", "households": 29}, {"zone": "Z", "households": 12}],
           {"X": [1, 3], "Y": [2, 4, 5], "Z": [6]})  # fmt: skip
    assert attack(read(tmp_path)).verdict == SAFE


@pytest.mark.parametrize("few", [1, 10, 11])
def test_ten_are_a_small_region_and_eleven_are_not(few: int, tmp_path: Path) -> None:
    """Told as such, by subtraction, and around a ring of units and zones where no zone lies in another."""
    publish(tmp_path / "told", [unit("A", 20), unit("B", few)], {"A": [1], "B": [2]})
    publish(tmp_path / "less", [unit("A", 30), unit("B", 44)], {"A": [1], "B": [2, 3]})
    beside(tmp_path / "less", "qpv", [{"zone": "Q1", "households": 30 + few}], {"Q1": [1, 2]})
    ring = [12, 12, few // 2, 20, 20, few - few // 2]
    tables = [table([0, 0, 1, 1, 2, 2], ring, "units"), table([2, 0, 0, 1, 1, 2], ring, "zones")]
    results = [attack(read(tmp_path / "told")), attack(read(tmp_path / "less")), attack(tables)]
    if few > 10:
        assert [one.verdict for one in results] == [SAFE] * 3
    else:
        assert [(only(one).low, only(one).high) for one in results] == [(few, few)] * 3


def test_rounded_totals(tmp_path: Path) -> None:
    """Rounded to fives: 33 to 37 in the zone, of whom 30 in one unit: 3 to 7 in the cell of the other."""
    publish(tmp_path, [unit("A", 30), unit("B", 14)], {"A": [1], "B": [2, 3]})
    beside(tmp_path, "qpv", [{"zone": "Q1", "households_low": 33, "households_high": 37}], {"Q1": [1, 2]})
    found = broken(tmp_path)
    assert (found.way, found.low, found.high, found.cells) == ("linear", 3, 7, (cell(2),))
    assert "3 to 7 households follows from" in sentence(found, "en")


def test_two_years_with_different_partitions(tmp_path: Path) -> None:
    old = publish(tmp_path / "old", [unit("A", 30), unit("B", 24)], {"A": [1], "B": [2, 3]}, date="2025-01-01")
    new = publish(tmp_path / "new", [unit("A", 37), unit("B", 22)], {"A": [1, 2], "B": [3]})
    found = broken(old, new)
    assert (found.way, found.low, found.cells) == ("moved", 7, (cell(2),))
    assert sentence(found, "en").endswith("if nobody moved in between.")
    assert attack(read(old)).verdict == attack(read(new)).verdict == SAFE


def test_two_years_of_one_partition_tell_of_those_who_moved(tmp_path: Path) -> None:
    old = publish(tmp_path / "old", [unit("A", 30), unit("B", 14)], {"A": [1], "B": [2, 3]}, date="2025-01-01")
    new = publish(tmp_path / "new", [unit("A", 33), unit("B", 14)], {"A": [1], "B": [2, 3]})
    found = broken(old, new)
    assert (found.way, found.low, found.cells) == ("renewed", 3, (cell(1),))
    more = publish(tmp_path / "more", [unit("A", 41), unit("B", 14)], {"A": [1], "B": [2, 3]})
    assert attack([*read(old), *read(more)]).verdict == SAFE


@pytest.mark.parametrize(
    ("told", "kind", "high"),
    [
        ({"poor": 0}, "nobody", 0),
        ({"poor": 20}, "everybody", 0),
        ({"poor_low": 0, "poor_high": 1}, "nobody", 1),
        ({"poor_low": 19, "poor_high": 20}, "everybody", 1),
    ],
)
def test_a_trait_of_nobody_or_everybody_and_bands_that_are_too_narrow(
    told: dict[str, int], kind: str, high: int, tmp_path: Path
) -> None:
    publish(tmp_path, [unit("A", 20, **told)], {"A": [1]})
    found = broken(tmp_path)
    assert (found.kind, found.low, found.high, found.quantity) == (kind, 0, high, "poor")
    side = {"nobody": "parmi les", "everybody": "hors des"}[kind]
    assert f"{high} ménage au plus, peut-être aucun, {side} ménages sous le seuil de pauvreté" in sentence(found, "fr")


@pytest.mark.parametrize("told", [{"poor_low": 0, "poor_high": 2}, {"poor": 1}, {"poor": 19}, {"poor": ""}])
def test_a_wide_band_or_a_count_off_the_end_concludes_nothing(told: dict[str, Any], tmp_path: Path) -> None:
    publish(tmp_path, [unit("A", 20, **told)], {"A": [1]})
    assert attack(read(tmp_path)).verdict == SAFE


def test_persons_that_tell_that_all_but_one_live_alone(tmp_path: Path) -> None:
    told = {"persons": 21, "one_person_low": 18, "one_person_high": 20}
    publish(tmp_path, [unit("A", 20, **told)], {"A": [1]})
    found = {(one.kind, one.quantity) for one in attack(read(tmp_path)).findings}
    assert ("everybody", "one_person") in found
    assert ("nobody", "five_persons") in found, "nobody told it, but 21 persons in 20 homes leave no room"
    (large,) = (one for one in attack(read(tmp_path)).findings if one.quantity == "five_persons")
    assert [(term.quantity, term.low, term.high) for term in large.terms] == [
        ("households", 20, 20), ("one_person", 18, 20), ("persons", 21, 21),
    ]  # fmt: skip


def test_persons_and_people_alone_in_two_tables(tmp_path: Path) -> None:
    publish(tmp_path, [unit("A", 20, persons=50)], {"A": [1]})
    beside(tmp_path, "qpv", [{"zone": "Q", "households": 20, "five_persons_low": 0, "five_persons_high": 2,
                              "one_person": 2}], {"Q": [1]})  # fmt: skip
    assert attack(read(tmp_path)).verdict == SAFE
    publish(tmp_path, [unit("A", 20, persons=42)], {"A": [1]})
    assert {(one.kind, one.quantity) for one in attack(read(tmp_path)).findings} == {("nobody", "five_persons")}


def test_a_trait_by_subtraction(tmp_path: Path) -> None:
    """11 of 31 are poor in the zone, 9 to 11 in the unit inside: in the rest 0 to 2, then 0 to 1."""
    for most, verdict in ((11, SAFE), (10, SAFE)):
        publish(tmp_path, [unit("A", 20, poor_low=most - 2, poor_high=most)], {"A": [1]})
        beside(tmp_path, "qpv", [{"zone": "Q", "households": 31, "poor": 11}], {"Q": [1, 2]})
        assert attack(read(tmp_path)).verdict == verdict
    publish(tmp_path, [unit("A", 20, poor_low=10, poor_high=12)], {"A": [1]})
    found = broken(tmp_path)
    assert (found.kind, found.high, found.quantity, found.cells) == ("nobody", 1, "poor", (cell(2),))


def test_the_income_of_a_household_by_itself(tmp_path: Path) -> None:
    units = [unit("A", 13, persons=20, living_standard=15_000), unit("B", 1, persons=3, living_standard=12_000)]
    publish(tmp_path, units, {"A": [1], "B": [2]})
    found = {one.kind: one for one in attack(read(tmp_path)).findings}
    assert (found["income"].low, found["income"].high) == (11_950, 12_050)


@pytest.mark.parametrize(("mean", "known"), [(499, False), (500, True)])
def test_an_income_known_to_a_tenth_of_itself_is_known(mean: int, known: bool, tmp_path: Path) -> None:
    """Rounded to hundreds, 500 is 450 to 550: a tenth less or more."""
    units = [unit("A", 13, persons=20, living_standard=15_000), unit("B", 1, persons=3, living_standard=mean)]
    publish(tmp_path, units, {"A": [1], "B": [2]})
    assert ("income" in {one.kind for one in attack(read(tmp_path)).findings}) == known


def test_the_income_of_a_household_by_subtraction(tmp_path: Path) -> None:
    publish(tmp_path, [unit("A", 13, persons=20, living_standard=15_000)], {"A": [1]})
    zone = {"zone": "Q", "households": 14, "persons": 22, "living_standard": 16_000}
    beside(tmp_path, "qpv", [zone], {"Q": [1, 2]})
    kinds = {one.kind: one for one in attack(read(tmp_path)).findings}
    income = kinds["income"]  # 22 × 16,000 less 20 × 15,000 over 2 persons, give or take 50 × 42 / 2
    assert (income.low, income.high) == (26_000 - 1_050, 26_000 + 1_050)


def test_a_large_core_of_rounded_totals_whose_pieces_may_all_hold_11_is_safe(tmp_path: Path) -> None:
    publish(tmp_path, [unit(f"U{n}", 50) for n in range(50)], {f"U{n}": [2 * n, 2 * n + 1] for n in range(50)})
    zones = [{"zone": f"Z{n}", "households_low": 48, "households_high": 52} for n in range(49)]
    beside(tmp_path, "iris", zones, {f"Z{n}": [2 * n + 1, 2 * n + 2] for n in range(49)})
    assert attack(read(tmp_path)).verdict == SAFE


def test_many_pieces_that_cannot_hold_11_and_hold_somebody_are_not_searched_and_so_not_safe(tmp_path: Path) -> None:
    """Each unit has a cell more; 49 zones hold at most 10 each, and a wide one tells that they hold 20 together."""
    publish(
        tmp_path, [unit(f"U{n}", 50) for n in range(50)], {f"U{n}": [3 * n, 3 * n + 1, 3 * n + 2] for n in range(50)}
    )
    zones = [{"zone": f"Z{n}", "households_low": 0, "households_high": 10} for n in range(49)]
    places = {f"Z{n}": [3 * n + 2, 3 * n + 3] for n in range(49)}
    beside(tmp_path, "iris", zones, places)
    wide = {"zone": "W", "households_low": 20, "households_high": 900}
    beside(tmp_path, "wide", [wide], {"W": [cell for cells in places.values() for cell in cells]})
    result = attack(read(tmp_path))
    assert result.verdict == UNSEARCHED
    assert sum(result.not_searched.values()) == 1


def test_tables_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    publish(tmp_path, [unit("A", 30), unit("B", 20)], {"A": [1], "B": [2]})
    beside(tmp_path, "qpv", [{"zone": "Q1", "households": 25}], {"Q1": [1, 2]})
    with pytest.raises(BadInput, match="contradicts what the other tables tell"):
        attack(read(tmp_path))


def test_all_who_are_not_tenants_in_title_are_children(tmp_path: Path) -> None:
    """12 homes, 40 persons, 27 or 28 children: but for one at most, an adult a home."""
    publish(tmp_path, [unit("A", 12, persons=40, children_low=27, children_high=28)], {"A": [1]})
    (found,) = (one for one in attack(read(tmp_path)).findings if one.quantity == "children")
    assert (found.kind, found.high, found.count) == ("everybody", 1, "persons")
    assert "1 person at most, perhaps none, beside one adult a home and the children" in sentence(found, "en")


def test_bands_that_were_told_together(tmp_path: Path) -> None:
    """0 to 12 in each of two neighbours is 12 in both: with 12 households, nobody is above them."""
    bands = {
        "ceiling_under_20": 12,
        "ceiling_20_40": 12,
        "ceiling_40_60": 2,
        "ceiling_60_100": 2,
        "ceiling_over_100": 2,
    }
    told = {f"{name}_{end}": most * (end == "high") for name, most in bands.items() for end in ("low", "high")}
    publish(tmp_path, [unit("A", 12, **told)], {"A": [1]})
    assert attack(read(tmp_path)).verdict == SAFE, "the groups would hold 14: they were told by another rule"
    told |= {f"{name}_high": 0 for name in ("ceiling_40_60", "ceiling_60_100", "ceiling_over_100")}
    publish(tmp_path, [unit("A", 12, **told)], {"A": [1]})
    assert ("everybody", "ceiling_under_40") in {(one.kind, one.quantity) for one in attack(read(tmp_path)).findings}


def test_a_high_mean_beside_the_limits_of_winsorising(tmp_path: Path) -> None:
    told = {"persons": 45, "poor_low": 0, "poor_high": 2, "living_standard": 39_800}
    publish(tmp_path, [unit("A", 20, **told)], {"A": [1]})
    assert attack(read(tmp_path)).verdict == SAFE
    page = json.loads((tmp_path / "release.json").read_text(encoding="utf-8"))
    (tmp_path / "release.json").write_text(json.dumps(page | {"winsor_limits": [6_000, 40_000]}), encoding="utf-8")
    found = broken(tmp_path)
    assert (found.kind, found.quantity, found.high) == ("nobody", "poor", 0), "two poor at 15,456 leave 37,546 at best"


def test_homes_and_means_are_no_traits(tmp_path: Path) -> None:
    publish(tmp_path, [unit("A", 20, rooms_1=0, vacant=0, energy_fg=20, rent_m2=0, living_standard="")], {"A": [1]})
    assert attack(read(tmp_path)).verdict == SAFE
