"""The rule of time against its slow twin: every signed sum of rows touches nobody or enough households."""

from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from carreau.release.indicators import INDICATORS
from carreau.release.ledger import ENTRIES
from carreau.release.renewal import NOW, Rows, allowed, renewable
from carreau.release.rules import Rules

RULES = Rules.of("households")
POOR = tuple(one for one in INDICATORS if one.name == "poor")
LEAST = RULES.threshold


@st.composite
def stretches(draw: st.DrawFn) -> list[tuple[int, int, bool]]:
    """Of each household of a unit the first and the last row that counts it, and whether it is the unit's own."""
    rows = draw(st.integers(2, 4))
    groups = draw(
        st.lists(
            st.tuples(st.integers(0, rows - 1), st.integers(0, rows - 1), st.booleans(), st.integers(1, 12)), max_size=7
        )
    )
    found = [(min(a, b), max(a, b), own) for a, b, own, number in groups for _ in range(number)]
    return [*found, (rows - 1, rows - 1, True)]


def as_rows(stays: list[tuple[int, int, bool]]) -> Rows:
    number = 1 + max(last for _, last, _ in stays)
    unlimited = np.full((number, 0), np.inf)
    return Rows(np.array([(first, last, int(own), 1) for first, last, own in stays]), -unlimited, unlimited)


def touched(stays: list[tuple[int, int, bool]], factors: tuple[int, ...]) -> list[int]:
    """The factor of each of the unit's own households in a signed sum of rows, without those that cancel."""
    sums = [sum(factors[first : last + 1]) for first, last, own in stays if own]
    return [one for one in sums if one]


@settings(max_examples=examples(60), deadline=None)
@given(stretches())
def test_what_is_allowed_leaves_no_signed_sum_about_a_few(stays: list[tuple[int, int, bool]]) -> None:
    rows = as_rows(stays)
    if not allowed(rows, [], RULES, sides=False):
        return
    for factors in product(range(-2, 3), repeat=rows.number):
        if factors[-1] and any(factors[:-1]):
            assert len(touched(stays, factors)) >= LEAST


@settings(max_examples=examples(60), deadline=None)
@given(stretches())
def test_what_is_refused_has_a_sum_about_a_few_or_hardly_anybody_on_a_side(stays: list[tuple[int, int, bool]]) -> None:
    rows = as_rows(stays)
    sums = [
        touched(stays, factors)
        for factors in product((-1, 0, 1), repeat=rows.number)
        if factors[-1]
        and any(factors[:-1])
        and set(np.cumsum(factors)) <= {0, 1, -1}
        and len(set(np.cumsum(factors))) < 3
    ]
    few = any(
        len(one) < LEAST or min(sum(times > 0 for times in one), sum(times < 0 for times in one)) < LEAST
        for one in sums
    )
    assert allowed(rows, [()], RULES, sides=True) != few


def unit(arrived: int, left: int, stayed: int, *, elsewhere: int = 0) -> pl.DataFrame:
    """Entries of a unit told once before: who arrived, left and stayed; some of those who left are in another unit."""
    then = [("u", 1, 1000 + n, 1000 + n, 0) for n in range(stayed)] + [
        ("u", 1, 2000 + n, 2000 + n, 0) for n in range(left)
    ]
    now = [("u", NOW, 1000 + n, 1000 + n, 0) for n in range(stayed)]
    now += [("u", NOW, 3000 + n, 3000 + n, 0) for n in range(arrived)]
    there = [("v", NOW, 9000 + n, 2000 + n, 0) for n in range(elsewhere)]
    rows = [
        (shape, "", turn, stay, stay, household, facts) for shape, turn, stay, household, facts in then + now + there
    ]
    return pl.DataFrame(rows, schema=ENTRIES, orient="row")


def told(before: int, after: int) -> pl.DataFrame:
    return pl.DataFrame(
        {"shape": ["u", "u"], "turn": [1, NOW], "poor_low": [before, after], "poor_high": [before, after]}
    )


@pytest.mark.parametrize(
    ("arrived", "left", "elsewhere", "renewed"),
    [(11, 11, 0, True), (10, 11, 0, False), (11, 10, 0, False), (11, 11, 1, False), (11, 12, 1, True),
     (30, 0, 0, False), (0, 30, 0, False)],
)  # fmt: skip
def test_eleven_must_have_come_and_eleven_gone(arrived: int, left: int, elsewhere: int, renewed: bool) -> None:
    entries = unit(arrived, left, 20, elsewhere=elsewhere)
    assert ("u" in renewable(entries, told(8, 8), POOR, RULES)) == renewed


@pytest.mark.parametrize(
    ("before", "after", "renewed"),
    [(18, 18, True), (18, 10, True), (18, 9, False), (18, 7, False), (18, 26, True), (18, 27, False)],
)
def test_nearly_all_or_hardly_any_of_those_who_moved_are_not_told(before: int, after: int, renewed: bool) -> None:
    """Of 11 who came and 11 who left, with 9 fewer poor, only 2 are poor who came or not poor who left."""
    assert ("u" in renewable(unit(11, 11, 20), told(before, after), POOR, RULES)) == renewed


def test_where_nobody_moved_enough_must_have_changed() -> None:
    for changed, renewed in ((0, False), (10, False), (11, True)):
        entries = unit(0, 0, 30).with_columns(
            facts=pl.when((pl.col("turn") == NOW) & (pl.col("stay") < 1000 + changed))
            .then(1)
            .otherwise(0)
            .cast(pl.UInt64)
        )
        assert ("u" in renewable(entries, told(8, 9), POOR, RULES)) == renewed


def test_a_unit_without_an_earlier_row_is_told_and_one_that_somebody_came_back_to_is_not() -> None:
    entries = unit(8, 8, 20)
    own = pl.DataFrame(
        [("v", "", NOW, 9500 + n, 9500 + n, 9500 + n, 0) for n in range(11)], schema=ENTRIES, orient="row"
    )
    assert "v" in renewable(pl.concat([entries, own]), told(8, 8), POOR, RULES)
    moved = unit(8, 8, 20, elsewhere=1)
    assert "v" not in renewable(pl.concat([moved, own]), told(8, 8), POOR, RULES)
    between = (
        entries.filter(pl.col("turn") == 1).head(5).with_columns(turn=pl.lit(2, pl.Int32), stay=pl.col("stay") + 7000)
    )
    assert "u" not in renewable(pl.concat([entries, between]), told(8, 8), POOR, RULES)
