"""The stratified difference against textbook formulas and every permutation."""

from itertools import permutations
from math import sqrt
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from tests.examples import examples

from carreau.allocation.treatment.difference import Difference, difference, sums

Row = tuple[str, bool, float]


def framed(rows: list[Row], applications: list[str] | None = None) -> pl.DataFrame:
    """Rows of (stratum, one of the group, outcome), each of an application of its own but for what is given."""
    frame = pl.DataFrame(rows, schema={"stratum": pl.String, "one": pl.Boolean, "y": pl.Float64}, orient="row")
    ids = applications or [str(place) for place in range(len(rows))]
    return frame.with_columns(pl.Series("application_id", ids))


def of(rows: list[Row], *, ranks: bool = False, applications: list[str] | None = None) -> Difference:
    return difference(framed(rows, applications), "y", ("stratum",), ranks=ranks, level=0.95)


def table(stratum: str, group: tuple[int, int], others: tuple[int, int]) -> list[Row]:
    """Rows of a 2 × 2 table: (with the outcome, without) in the group and in the others."""
    return [
        (stratum, member, outcome)
        for member, counts in ((True, group), (False, others))
        for outcome, count in zip((1.0, 0.0), counts, strict=True)
        for _ in range(count)
    ]


def test_one_stratum_gives_the_plain_difference_of_shares() -> None:
    found = of(table("a", (30, 70), (50, 50)))
    assert (found.group, found.others, found.strata) == (100, 100, 1)
    assert found.estimate == pytest.approx(-0.20)
    wald = 1.96 * sqrt(0.3 * 0.7 / 100 + 0.5 * 0.5 / 100)
    assert (found.low, found.high) == pytest.approx((-0.2 - wald, -0.2 + wald), abs=0.01)
    assert found.p == pytest.approx(stats.chi2_contingency([[30, 70], [50, 50]], correction=False).pvalue, rel=0.05)


def test_strata_undo_what_only_seems_a_difference() -> None:
    """Simpson's paradox: in each commune the shares are equal, but the group asks where little is let."""
    rows = table("tense", (10, 90), (2, 18)) + table("quiet", (16, 4), (80, 20))
    assert of([("all", one, y) for _, one, y in rows]).p < 1e-6
    found = of(rows)
    assert found.estimate == pytest.approx(0)
    assert found.p == pytest.approx(1)


def test_weights_are_those_of_mantel_and_haenszel() -> None:
    tables = {"a": ((8, 12), (20, 60)), "b": ((30, 10), (9, 11))}
    shares, weights = [], []
    for (x1, y1), (x0, y0) in tables.values():
        n1, n0 = x1 + y1, x0 + y0
        shares.append(x1 / n1 - x0 / n0)
        weights.append(n1 * n0 / (n1 + n0))
    rows = [row for name, (group, others) in tables.items() for row in table(name, group, others)]
    assert of(rows).estimate == pytest.approx(np.average(shares, weights=weights))


def test_a_stratum_without_both_tells_nothing() -> None:
    rows = table("a", (5, 5), (5, 5))
    assert of(rows + table("b", (9, 0), (0, 0))) == of(rows)
    assert of(table("b", (9, 0), (0, 0))) == Difference(0, 0, 0, None, None, None, 1.0)


def test_copies_of_a_row_are_one_witness() -> None:
    """An application that came up ten times tells no more than the same came up once."""
    rows = table("a", (6, 14), (12, 8))
    ids = [str(place) for place in range(len(rows))]
    once, often = of(rows), of(rows * 10, applications=ids * 10)
    assert often.estimate == pytest.approx(once.estimate)
    assert often.p == pytest.approx(once.p, rel=0.2)
    assert of(rows * 10).p < once.p / 1000


@settings(max_examples=examples(24), deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3)), min_size=2, max_size=5), st.booleans())
def test_the_variance_is_that_of_all_permutations(rows: list[tuple[bool, int]], ranks: bool) -> None:
    """Over every way to deal the outcomes of a stratum, U is 0 on average and V(0) is U² on average."""
    one = [member for member, _ in rows]
    dealt = [
        sums(framed([("s", m, float(y)) for m, y in zip(one, deal, strict=True)]), "y", ("stratum",), ranks=ranks)
        for deal in permutations([y for _, y in rows])
    ]
    scores = np.array([each.score for each in dealt])
    assert scores.mean() == pytest.approx(0, abs=1e-9)
    assert np.mean([each.aa for each in dealt]) == pytest.approx((scores**2).mean(), abs=1e-9)


@settings(max_examples=examples(24), deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 9)), min_size=2, max_size=30))
def test_ranks_in_one_stratum_are_those_of_mann_and_whitney(rows: list[tuple[bool, int]]) -> None:
    group = [y for one, y in rows if one]
    others = [y for one, y in rows if not one]
    found = of([("s", one, float(y)) for one, y in rows], ranks=True)
    if not group or not others:
        assert found.estimate is None
        return
    above = stats.mannwhitneyu(group, others, method="asymptotic").statistic
    assert found.estimate == pytest.approx(above / (len(group) * len(others)) - 0.5)
    if found.low is not None and found.high is not None:
        assert found.low <= found.estimate <= found.high


def test_van_elteren_on_two_strata() -> None:
    """The sum over strata of (rank sum less its expectation) over n + 1, and its textbook variance on many rows."""
    random = np.random.default_rng(5)
    rows: list[Row] = []
    score = variance = 0.0
    for name, n, shift in (("a", 120, 0.3), ("b", 60, 0.5)):
        one = random.random(n) < 0.4
        y = random.normal(size=n) + shift * one
        rows += [(name, bool(m), float(v)) for m, v in zip(one, y, strict=True)]
        ranks, n1 = stats.rankdata(y), int(one.sum())
        score += (ranks[one].sum() - n1 * (n + 1) / 2) / (n + 1)
        variance += n1 * (n - n1) / (12 * (n + 1))
    found = of(rows, ranks=True)
    assert found.p == pytest.approx(2 * stats.norm.sf(abs(score) / sqrt(variance)), rel=0.3)


@pytest.mark.parametrize("ranks", [False, True])
def test_test_and_interval_agree(ranks: bool) -> None:
    random = np.random.default_rng(1)
    for _ in range(100):
        rows = [(str(random.integers(3)), bool(random.random() < 0.5), float(random.integers(4))) for _ in range(40)]
        found: Any = of(rows, ranks=ranks)
        assert (found.p < 0.05) == (found.low > 0 or found.high < 0)
