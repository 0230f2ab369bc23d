"""How the traits of a region may be told: exactly, as an interval, rounded, or not at all."""

import polars as pl

from carreau.release.indicators import Indicator
from carreau.release.rules import Rules


def exact(placed: pl.DataFrame, by: str, indicators: tuple[Indicator, ...], rules: Rules) -> pl.DataFrame:
    """Exact sums of each region, named by the column `by`. Whole numbers throughout: the order of rows changes nothing.

    Columns: `by`, `n` (households), one a count or total, and for the living standard its winsorised sum and largest
    part. Private until `told`.
    """
    sums = [pl.len().alias("n")]
    sums += [pl.col(i.name).cast(pl.Int64).sum() for i in indicators if i.kind != "mean"]
    if any(i.name == "living_standard" for i in indicators):
        low, high = (
            int(placed["living_standard"].quantile(percent / 100, "linear") or 0)
            for percent in rules.winsor_percentiles
        )
        weight = pl.col("living_standard").clip(low, high) * pl.col("persons")
        sums += [weight.sum().alias("standard_sum"), weight.max().alias("standard_largest")]
    return placed.group_by(by).agg(sums)


def told(indicator: Indicator, rules: Rules) -> list[pl.Expr]:
    """The columns of one indicator as they may leave, from those of `exact`."""
    values = {"count": _count, "total": _persons, "mean": _living_standard}[indicator.kind](indicator.name, rules)
    return [value.cast(pl.Int32).alias(column) for value, column in zip(values, indicator.columns, strict=True)]


def _count(name: str, rules: Rules) -> tuple[pl.Expr, ...]:
    """An exact count, or the interval at the end that it is near to: neither nobody nor everybody can be concluded."""
    value, n, margin = pl.col(name), pl.col("n").cast(pl.Int64), rules.count_margin
    few, many = value <= margin, value >= n - margin
    low = pl.when(few).then(0).when(many).then(n - margin).otherwise(value)
    high = pl.when(few).then(margin).when(many).then(n).otherwise(value)
    return low, high


def _persons(name: str, rules: Rules) -> tuple[pl.Expr, ...]:
    """The exact number, or an interval where it could narrow what is told of persons alone or of large households.

    With `one` households of one person among n, and `five` of five or more, there are at least 2 n - one + 3 five
    persons. The interval holds the number that leaves every end of the other intervals possible, and so does what
    follows from its being told at all: a number above it.
    """
    value, n = pl.col(name), pl.col("n").cast(pl.Int64)
    one_low, one_high = _count("one_person", rules)
    enough = 2 * n - one_low + 3 * rules.count_margin
    few = value <= enough
    return pl.when(few).then(2 * n - one_high).otherwise(value), pl.when(few).then(enough).otherwise(value)


def _living_standard(_: str, rules: Rules) -> tuple[pl.Expr, ...]:
    """The rounded mean; null where one household weighs too much, or where it could tell that all or none are poor."""
    step, persons, total = rules.living_standard_step, pl.col("persons"), pl.col("standard_sum")
    poor_low, poor_high = _count("poor", rules)
    may_be_told = (pl.col("standard_largest") * rules.largest_part <= total) & (poor_low == poor_high)
    rounded = (2 * total + step * persons) // (2 * step * persons) * step
    return (pl.when(may_be_told).then(rounded),)
