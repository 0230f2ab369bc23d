"""What is said of traits, beside every population that fits the numbers: households, bands, totals of persons."""

from itertools import pairwise, product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from made_up import beside, publish
from tests.examples import examples

from carreau.attack.published import read
from carreau.attack.searching import attack

Households = list[tuple[int, bool]]
"""Persons of each, and whether it is a lone-parent family."""

SIZES = st.sampled_from([(1,), (1, 1, 1, 1, 2), (1, 1, 2, 5), (5, 6), (5, 5, 5, 2), (2, 3), (1, 2, 3, 4, 5, 7)])
MARGIN = st.tuples(st.integers(0, 3), st.integers(0, 3))


def told(households: Households, margins: dict[str, tuple[int, int]]) -> dict[str, int]:
    """Each number with the ends of an interval around it."""
    n = len(households)
    exact = {
        "one_person": sum(size == 1 for size, _ in households),
        "five_persons": sum(size >= 5 for size, _ in households),
        "lone_parents": sum(lone for _, lone in households),
        "persons": sum(size for size, _ in households),
    }
    ends: dict[str, int] = {"households": n}
    for name, (below, above) in margins.items():
        most = exact[name] + above
        ends[f"{name}_low"] = max(0, exact[name] - below)
        ends[f"{name}_high"] = most if name == "persons" else min(n, most)
    return ends


def populations(ends: dict[str, int]) -> list[dict[str, int]]:
    """The traits of every population that fits: so many alone, small or large families, lone parents or not."""
    n, found = ends["households"], []
    for alone, small, small_lone, large in product(range(n + 1), repeat=4):
        large_lone = n - alone - small - small_lone - large
        if large_lone < 0:
            continue
        families, big = small + small_lone, large + large_lone
        traits = {"one_person": alone, "five_persons": big, "lone_parents": small_lone + large_lone}
        fits = all(ends.get(f"{t}_low", 0) <= traits[t] <= ends.get(f"{t}_high", n) for t in traits)
        least, most = alone + 2 * families + 5 * big, alone + 4 * families if not big else 10**6
        if fits and least <= ends.get("persons_high", 10**6) and most >= ends.get("persons_low", 0):
            found.append(traits)
    return found


@settings(max_examples=examples(60), deadline=None)
@given(
    SIZES.flatmap(lambda sizes: st.lists(st.tuples(st.sampled_from(sizes), st.booleans()), min_size=11, max_size=13)),
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("one_person", "five_persons", "lone_parents", "persons"), MARGIN)
    ),
)
def test_no_end_of_a_trait_of_a_zone_is_missed(households: Households, margins: dict[str, tuple[int, int]]) -> None:
    ends = told([(size, lone and size > 1) for size, lone in households], margins)
    with TemporaryDirectory() as folder:
        result = attack(read(publish(Path(folder), [{"unit_id": "A", **ends}], {"A": [1]})))
    found = {(one.kind, one.quantity): one for one in result.findings}
    every = populations(ends)
    if not margins:
        assert not found
    for trait in ("one_person", "five_persons", "lone_parents") if margins else ():
        values = [population[trait] for population in every]
        if min(values) == 0 and max(values) <= 1:
            assert ("nobody", trait) in found
        if max(values) == len(households) and min(values) >= len(households) - 1:
            assert ("everybody", trait) in found
        for kind, numbers in (("nobody", values), ("everybody", [len(households) - value for value in values])):
            if (kind, trait) in found:
                assert max(numbers) <= found[kind, trait].high <= 1


@st.composite
def poor_in_pieces(draw: st.DrawFn) -> tuple[list[int], list[int], list[dict[str, Any]]]:
    """Three cells in two units and one zone that cuts one of them; how many live and how many are poor in each."""
    people = [draw(st.integers(11, 13)) for _ in range(3)]
    poor = [draw(st.integers(0, number)) for number in people]
    rows = []
    for cells in ([0], [1, 2], [0, 1]):
        number, all_of = sum(poor[c] for c in cells), sum(people[c] for c in cells)
        low, high = max(0, number - draw(st.integers(0, 2))), min(all_of, number + draw(st.integers(0, 2)))
        rows.append({"households": all_of, "poor_low": low, "poor_high": high})
    return people, poor, rows


@settings(max_examples=examples(40), deadline=None)
@given(poor_in_pieces())
def test_no_end_of_a_trait_of_a_region_is_missed(drawn: tuple[list[int], list[int], list[dict[str, Any]]]) -> None:
    people, _, (first, second, zone) = drawn
    with TemporaryDirectory() as name:
        folder = publish(Path(name), [{"unit_id": "A", **first}, {"unit_id": "B", **second}], {"A": [1], "B": [2, 3]})
        beside(folder, "qpv", [{"zone": "Q", **zone}], {"Q": [1, 2]})
        findings = attack(read(folder)).findings
    fits = [
        poor
        for poor in product(*(range(number + 1) for number in people))
        if all(
            row["poor_low"] <= sum(poor[c] for c in cells) <= row["poor_high"]
            for row, cells in ((first, [0]), (second, [1, 2]), (zone, [0, 1]))
        )
    ]
    one_sided = set()
    for taken in product((0, 1), repeat=3):
        numbers = [sum(n for n, yes in zip(poor, taken, strict=True) if yes) for poor in fits]
        lacking = [sum(n for n, yes in zip(people, taken, strict=True) if yes) - number for number in numbers]
        for kind, values in (("nobody", numbers), ("everybody", lacking)):
            if any(taken) and min(values) == 0 and max(values) <= 1:
                one_sided.add(kind)
    assert one_sided <= {one.kind for one in findings}
    # a band that is too narrow as told is a success, even if another table tells that the end is not reached
    assert {one.kind for one in findings if one.way != "told"} <= one_sided


BANDS = ("ceiling_under_20", "ceiling_20_40", "ceiling_40_60", "ceiling_60_100", "ceiling_over_100")
UNDER = {"ceiling_under_40": 2, "ceiling_under_60": 3, "ceiling_under_100": 4}
NARROW = st.sampled_from([0, 0, 0, 1, 2])


@settings(max_examples=examples(24), deadline=None)
@example([0, 2, 2, 0, 0], [(0, 1), (1, 0), (1, 0), (0, 0), (0, 1)])  # alike from 1 on: not joined
@given(
    st.lists(st.sampled_from([0, 0, 1, 2, 4, 9]), min_size=5, max_size=5).filter(lambda held: 3 <= sum(held) <= 14),
    st.lists(st.tuples(NARROW, NARROW), min_size=5, max_size=5),
)
def test_no_band_that_the_others_leave_is_missed(held: list[int], margins: list[tuple[int, int]]) -> None:
    """Bands told as intervals of any width, and every way that the households can be in them.

    Bands side by side that begin at nobody and are told alike are left out: the reader takes them for joined ones, and
    here each is told for itself.
    """
    n = sum(held)
    ends = [(max(0, one - below), min(n, one + above)) for one, (below, above) in zip(held, margins, strict=True)]
    assume(not any(a == b and a[0] == 0 < a[1] for a, b in pairwise(ends)))
    row = {"unit_id": "A", "households": n}
    for name, (low, high) in zip(BANDS, ends, strict=True):
        row |= {f"{name}_low": low, f"{name}_high": high}
    with TemporaryDirectory() as folder:
        result = attack(read(publish(Path(folder), [row], {"A": [1]})))
    found = {(one.kind, one.quantity): one.high for one in result.findings}
    fits = [one for one in product(*(range(low, high + 1) for low, high in ends)) if sum(one) == n]
    sums = {name: [one[place] for one in fits] for place, name in enumerate(BANDS)}
    sums |= {name: [sum(one[:size]) for one in fits] for name, size in UNDER.items()}
    for name, values in sums.items():
        for kind, numbers in (("nobody", values), ("everybody", [n - value for value in values])):
            one_sided = min(numbers) == 0 and max(numbers) <= 1
            assert found.get((kind, name)) == (max(numbers) if one_sided else None)


@settings(max_examples=examples(24), deadline=None)
@given(
    st.integers(3, 6),
    st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(0, 10)),
    st.lists(st.tuples(NARROW, NARROW), min_size=3, max_size=3),
)
def test_no_end_of_a_total_of_persons_is_missed(
    n: int, ages: tuple[int, int, int], margins: list[tuple[int, int]]
) -> None:
    """Children and persons of 65 and over told as intervals, and all that they can be."""
    young, old, others = ages
    persons = max(n + young, young + old + others)
    exact = {"persons": persons, "children": young, "aged_65": min(old, persons - young)}
    row = {"unit_id": "A", "households": n}
    ranges = []
    for (name, value), (below, above) in zip(exact.items(), margins, strict=True):
        row |= {f"{name}_low": max(0, value - below), f"{name}_high": value + above}
        ranges.append(range(max(0, value - below), value + above + 1))
    with TemporaryDirectory() as folder:
        result = attack(read(publish(Path(folder), [row], {"A": [1]})))
    found = {(one.kind, one.quantity): one.high for one in result.findings}
    fits = [(p, c, s) for p, c, s in product(*ranges) if n + c <= p and c + s <= p]
    numbers = {
        ("nobody", "children"): [c for _, c, _ in fits],
        ("nobody", "aged_65"): [s for _, _, s in fits],
        ("everybody", "children"): [p - n - c for p, c, _ in fits],
        ("everybody", "aged_65"): [p - s for p, _, s in fits],
    }
    for key, values in numbers.items():
        if min(values) == 0 and max(values) <= 1:
            assert key in found
        else:
            assert key not in found
