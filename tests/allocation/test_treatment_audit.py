"""An audit finds a planted bias, stays quiet without one, and shows no small group."""

from math import sqrt

import numpy as np
import polars as pl
import pytest
from years import year

from carreau.allocation.treatment.audit import Audit, audit
from carreau.allocation.treatment.review import drawn_for_review

YEARS = 30


LAWFUL = pl.col("family") == "priority_class"
"""In the made-up year priority grounds count, as the law asks: a difference that is there and is found."""


def wrong(found: Audit, true: pl.Expr) -> float:
    """The share of false ones among the differences flagged."""
    flagged = found.comparisons.filter("flagged")
    return flagged.filter(~true).height / max(flagged.height, 1)


@pytest.mark.slow
def test_without_bias_few_findings_are_false() -> None:
    found = [audit(year(seed, count=700), threshold=11) for seed in range(YEARS)]
    assert np.mean([wrong(one, LAWFUL) for one in found]) <= 0.05 + 3 * sqrt(0.05 * 0.95 / YEARS)
    unadjusted = [one.comparisons.filter(pl.col("p") <= 0.05, ~LAWFUL).height for one in found]
    assert np.mean(np.array(unadjusted) > 0) > 0.5, "one test at a time, most years would show something"


def test_where_nothing_counts_an_audit_that_finds_anything_is_wrong() -> None:
    """Outcomes dealt at random: then every finding is false, and at most one audit in twenty has any."""
    random, found = np.random.default_rng(9), 0
    for seed in range(YEARS):
        made = year(seed, count=1_000).filter(stage="candidates")
        dealt = made.with_columns(favourable=pl.Series(random.permutation(made["favourable"].to_numpy())))
        found += bool(wrong(audit(dealt, threshold=11), pl.lit(False)))
    assert found / YEARS <= 0.05 + 3 * sqrt(0.05 * 0.95 / YEARS)


def test_a_planted_bias_is_found_and_measured() -> None:
    """Lone parents lose ten points of chance of being presented: found, with an interval that holds the ten points."""
    found = [audit(year(seed, count=4_000, bias={"composition=lone_parent": 0.1}), threshold=11) for seed in range(12)]
    ours = pl.concat(
        one.comparisons.filter(value="lone_parent", stage="candidates", measure="favourable") for one in found
    )
    assert ours["flagged"].sum() >= 11
    assert ours["estimate"].mean() == pytest.approx(-0.1, abs=0.015)
    assert ours.filter(pl.col("low") <= -0.1, pl.col("high") >= -0.1).height >= 10


def test_what_comes_from_place_and_seniority_is_no_finding() -> None:
    """The young are presented less because they have waited less; like for like they are not."""
    made = year(3, count=4_000)
    plain = made.filter(stage="candidates").group_by("age_class").agg(pl.col("favourable").mean())
    shares = dict(plain.iter_rows())
    assert shares["under_25"] < shares["from_35"]
    found = audit(made, threshold=11).comparisons
    young = found.filter(value="under_25", stage="candidates", measure="favourable").row(0, named=True)
    assert young["low"] < 0 < young["high"]


def test_a_small_group_is_not_told_nor_is_what_would_give_it_away() -> None:
    made = year(4, count=400)
    few = made.filter(pl.col("age_class") == "from_65")["application_id"].unique().sort()[5:]
    cut = made.filter(~pl.col("application_id").is_in(few.implode()))
    rows = audit(cut, threshold=11).comparisons.filter(family="age_class", stage="candidates", measure="favourable")
    hidden = rows.filter(~pl.col("told"))
    assert "from_65" in hidden["value"].to_list()
    assert hidden.height >= 2
    numbers = ["group", "others", "strata", "of_group", "of_others", "estimate", "low", "high", "p", "q"]
    assert hidden.select(numbers).null_count().row(0) == (hidden.height,) * len(numbers)
    assert not hidden["flagged"].any()
    assert audit(cut, threshold=10_000).comparisons["told"].any() is False


def test_what_a_group_is_made_of_is_not_held_equal() -> None:
    """The first quartile is compared with the others, which strata of income could never do."""
    rows = audit(year(5), threshold=11).comparisons
    assert rows.filter(value="first_quartile", stage="candidates", measure="favourable")["strata"].item() > 10
    assert rows.filter(value="dalo", stage="candidates", measure="favourable")["estimate"].item() > 0.2


def test_the_order_of_rows_changes_nothing() -> None:
    made = year(6, count=500)
    one, two = audit(made, threshold=11).comparisons, audit(made.reverse(), threshold=11).comparisons
    assert one.with_columns(pl.col(pl.Float64).round(9)).equals(two.with_columns(pl.col(pl.Float64).round(9)))


def test_no_event_gives_no_comparison() -> None:
    assert audit(year(7).clear(), threshold=11).comparisons.is_empty()


def test_a_draw_for_review_is_the_same_for_the_same_seed_and_stands_for_all() -> None:
    made = year(8, count=600)
    drawn = drawn_for_review(made, seed="2026-03-01 lot", each=15)
    assert drawn.equals(drawn_for_review(made.reverse(), seed="2026-03-01 lot", each=15))
    assert not drawn.equals(drawn_for_review(made, seed="another", each=15))
    assert drawn.group_by("stage", "outcome").len()["len"].max() == 15
    assert drawn["stands_for"].sum() == pytest.approx(made.height)
    assert set(drawn.columns) == {"stage", "outcome", "application_id", "rank", "stands_for"}
