"""What is told of a unit, beside every population of which the very same would be told.

The strongest reader knows the rules: what they cannot exclude are the populations that give the same numbers. Among
these, where nobody may have a trait, 1 or 2 households may have it too; and so for those who have it not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations, product
from typing import Any

import polars as pl
import pytest

from carreau.release.distributions import with_groups
from carreau.release.indicators import BANDS, INDICATORS
from carreau.release.rules import Rules
from carreau.release.traits import exact, told, winsorised

RULES = Rules.of("households")
BY_NAME = {one.name: one for one in INDICATORS}
LARGEST = 20


def released(populations: pl.DataFrame, names: tuple[str, ...]) -> pl.DataFrame:
    """Beside each population (its `n` and exact numbers), what is told of `names`, as one text."""
    columns = [column for name in names for column in told(BY_NAME[name], RULES)]
    grouped = with_groups(populations, BANDS, RULES) if set(BANDS) <= set(names) else populations
    shown = grouped.with_columns(columns)
    ends = [end for name in names for end in BY_NAME[name].columns]
    within = [(pl.col(f"{name}_low") <= pl.col(name)) & (pl.col(name) <= pl.col(f"{name}_high")) for name in names]
    assert shown.select(pl.all_horizontal(within).all()).item(), "an interval holds the true number"
    return shown.with_columns(told=pl.concat_str("n", *ends, separator=" "))


def one_sided(shown: pl.DataFrame, traits: Mapping[str, pl.Expr]) -> list[str]:
    """The traits of which something told allows 0, but not 1, or not 2."""
    ends = [
        pl.col(name).eq(value).any().alias(f"{name} {value}")
        for name in traits
        for value in range(RULES.count_margin + 1)
    ]
    by_told = shown.select("told", **traits).group_by("told").agg(ends)
    few = [by_told.filter(pl.col(f"{name} 0") & ~pl.all_horizontal(f"{name} 1", f"{name} 2")).height for name in traits]
    return [name for name, height in zip(traits, few, strict=True) if height]


def both_sides(traits: Mapping[str, tuple[pl.Expr, pl.Expr]]) -> dict[str, pl.Expr]:
    return {
        f"{name} {side}": one for name, ends in traits.items() for side, one in zip(("has", "lacks"), ends, strict=True)
    }


def bands_of(n: int) -> pl.DataFrame:
    """Every way that n households can be in the five bands."""
    rows = [
        [high - low - 1 for low, high in zip((-1, *bars), (*bars, n + 4), strict=True)]
        for bars in combinations(range(n + 4), 4)
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(BANDS, pl.Int64), orient="row").with_columns(n=pl.lit(n))


@pytest.mark.parametrize("n", range(11, 19))
def test_no_sum_of_bands_tells_nobody_or_everybody(n: int) -> None:
    shown = released(bands_of(n), BANDS)
    sums = [names for size in range(1, len(BANDS)) for names in combinations(BANDS, size)]
    traits = {"+".join(names): pl.sum_horizontal(*names) for names in sums}
    assert one_sided(shown, traits) == [], "complements are sums of the other bands"


def test_a_band_by_itself_is_told_exactly() -> None:
    one = pl.DataFrame({"n": [20], **{name: [4] for name in BANDS}}, schema_overrides=dict.fromkeys(BANDS, pl.Int64))
    assert released(one, BANDS)["told"].item() == "20 " + " ".join(["4 4"] * 5)


@pytest.mark.parametrize(
    ("bands", "shown"),
    [
        ((20, 0, 0, 0, 0), "18 20 0 2 0 2 0 2 0 2"),
        ((0, 1, 18, 0, 1), "0 2 0 2 16 20 0 2 0 2"),
        ((2, 1, 9, 8, 0), "0 3 0 3 9 9 0 8 0 8"),
    ],
)
def test_bands_are_joined_with_their_neighbours(bands: tuple[int, ...], shown: str) -> None:
    one = pl.DataFrame([(20, *bands)], schema=dict.fromkeys(("n", *BANDS), pl.Int64), orient="row")
    assert released(one, BANDS)["told"].item() == f"20 {shown}"


def families(n: int, most: int) -> Iterator[tuple[int, int, int]]:
    """Households of one person, of five or more, and persons, up to so many."""
    for one, five in product(range(n + 1), repeat=2):
        others = n - one - five
        if others >= 0:
            least, greatest = one + 2 * others + 5 * five, one + 4 * others + LARGEST * five
            yield from ((one, five, persons) for persons in range(least, min(greatest, most) + 1))


def test_persons_tell_of_nobody_that_all_live_alone_or_none_in_a_large_family() -> None:
    rows = [(n, *found) for n in (11, 12, 13) for found in families(n, 3 * n + 20)]
    names = ("one_person", "five_persons", "persons")
    shown = released(pl.DataFrame(rows, schema=dict.fromkeys(("n", *names), pl.Int64), orient="row"), names)
    traits = {name: (pl.col(name), pl.col("n") - pl.col(name)) for name in names[:2]}
    assert one_sided(shown, both_sides(traits)) == []


@pytest.mark.parametrize("name", ["children", "aged_65"])
def test_totals_of_persons_tell_of_nobody_that_there_are_none_or_no_others(name: str) -> None:
    n, most = 11, 33
    rows = [
        (n, one, five, persons, part)
        for one, five, persons in families(n, most)
        for part in range((persons - n if name == "children" else persons) + 1)
    ]
    names = ("one_person", "five_persons", "persons", name)
    shown = released(pl.DataFrame(rows, schema=dict.fromkeys(("n", *names), pl.Int64), orient="row"), names)
    whole = pl.col("persons") - (n if name == "children" else 0)
    traits = {other: (pl.col(other), pl.col("n") - pl.col(other)) for other in names[:2]}
    assert one_sided(shown, both_sides({name: (pl.col(name), whole - pl.col(name)), **traits})) == []


@pytest.mark.parametrize("n", [11, 14])
def test_traits_that_exclude_each_other_narrow_nothing(n: int) -> None:
    pairs = [(ten, new) for ten in range(n + 1) for new in range(n + 1 - ten)]
    names = ("ten_years", "entrants")
    rows = pl.DataFrame([(n, *pair) for pair in pairs], schema=dict.fromkeys(("n", *names), pl.Int64), orient="row")
    traits = {one: (pl.col(one), pl.col("n") - pl.col(one)) for one in names}
    assert one_sided(released(rows, names), both_sides(traits)) == []


@pytest.mark.parametrize("n", [11, 14])
def test_a_trait_inside_another_narrows_nothing(n: int) -> None:
    pairs = [(poor, least) for poor in range(n + 1) for least in range(poor + 1)]
    names = ("poor", "first_quartile")
    rows = pl.DataFrame([(n, *pair) for pair in pairs], schema=dict.fromkeys(("n", *names), pl.Int64), orient="row")
    traits = {one: (pl.col(one), pl.col("n") - pl.col(one)) for one in names}
    assert one_sided(released(rows, names), both_sides(traits)) == []


def test_children_and_old_people_together_tell_no_more_of_each_other() -> None:
    n, most = 11, 31
    rows = [
        (n, one, five, persons, young, old)
        for one, five, persons in families(n, most)
        for young in range(persons - n + 1)
        for old in range(persons - young + 1)
    ]
    names = ("one_person", "five_persons", "persons", "children", "aged_65")
    shown = released(pl.DataFrame(rows, schema=dict.fromkeys(("n", *names), pl.Int64), orient="row"), names)
    young, old, persons = pl.col("children"), pl.col("aged_65"), pl.col("persons")
    traits = {name: (pl.col(name), pl.col("n") - pl.col(name)) for name in names[:2]}
    traits |= {"children": (young, persons - pl.col("n") - young), "aged_65": (old, persons - old)}
    assert one_sided(shown, both_sides(traits)) == []


def mean_of(name: str, rules: Rules, **columns: list[Any]) -> int | None:
    """What is told of a mean in one unit of persons alone, five of whom are poor."""
    n = len(next(iter(columns.values())))
    some = [place < 5 for place in range(n)]
    placed = pl.DataFrame({"unit_id": ["u"] * n, "persons": 1, "poor": some, "first_quartile": some, **columns})
    value: int | None = exact(placed, "unit_id", (BY_NAME[name],), rules).select(told(BY_NAME[name], rules)).item()
    return value


def one_among_twenty(part: int, whole: int) -> list[int]:
    """Twenty numbers that make `whole` together, of which one makes `part`."""
    each, more = divmod(whole - part, 19)
    return [part, *(each + (place < more) for place in range(19))]


@pytest.mark.parametrize(
    ("parts", "largest", "shown"),
    [
        (2, 980_000, True),  # 49 %
        (2, 1_000_000, True),
        (2, 1_020_000, False),  # 51 %
        (3, 666_666, True),
        (3, 666_667, False),  # a euro above a third
    ],
)
def test_a_mean_is_told_as_long_as_nobody_has_more_than_their_part(parts: int, largest: int, shown: bool) -> None:
    rules, incomes = replace(RULES, largest_part=parts), one_among_twenty(largest, 2_000_000)
    assert mean_of("living_standard", rules, living_standard=incomes) == (100_000 if shown else None)
    median = incomes[5]
    assert mean_of("median_living_standard", rules, living_standard=incomes) == (
        (median + 50) // 100 * 100 if shown else None
    )
    rents = {"rent": incomes, "surface": [50] * 20}
    assert mean_of("rent_m2", rules, **rents) == (2_000 if shown else None)


def test_a_household_weighs_as_much_as_its_persons() -> None:
    """A living standard of 100 counts three times for three persons: 300 of 900, a third, and with a fourth more."""
    standards, n = [100, *[60] * 10], 11
    for persons, shown in ((3, True), (4, False)):
        sums = exact(
            pl.DataFrame(
                {
                    "unit_id": ["u"] * n,
                    "persons": [persons, *[1] * 10],
                    "poor": [place < 5 for place in range(n)],
                    "first_quartile": [place < 5 for place in range(n)],
                    "living_standard": standards,
                }
            ),
            "unit_id",
            (BY_NAME["living_standard"],),
            RULES,
        )
        assert (sums.select(told(BY_NAME["living_standard"], RULES)).item() is not None) == shown


def test_extreme_incomes_are_brought_back_to_those_of_the_published_units() -> None:
    """Of 0 to 100 in a published unit the percentiles are 5 and 95; what is in no unit moves neither."""
    placed = pl.DataFrame({"unit_id": ["u"] * 101 + [None] * 2, "living_standard": [*range(101), 10_000, -10_000]})
    found = winsorised(placed, RULES)["living_standard_w"].to_list()
    assert found == [*[5] * 5, *range(5, 96), *[95] * 5, 95, 5]
    off = replace(RULES, off=frozenset({"winsorising"}))
    assert "living_standard_w" not in winsorised(placed, off).columns
