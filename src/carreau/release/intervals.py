"""Counts of households and totals of persons as intervals that never say nobody, nor everybody.

Expressions over the columns of `traits.exact`: the two ends, both included.
"""

import polars as pl

from carreau.release.rules import Rules

Told = tuple[pl.Expr, pl.Expr]


def count(name: str, rules: Rules) -> Told:
    """An exact count, or the interval at the end that it is near to: neither nobody nor everybody can be concluded."""
    value, n, margin = pl.col(name), pl.col("n").cast(pl.Int64), rules.count_margin
    low = high = value
    if rules.holds("few"):
        few = value <= margin
        low, high = pl.when(few).then(0).otherwise(low), pl.when(few).then(margin).otherwise(high)
    if rules.holds("many"):
        many = value >= n - margin
        low, high = pl.when(many).then(n - margin).otherwise(low), pl.when(many).then(n).otherwise(high)
    return low, high


def persons(rules: Rules) -> Told:
    """The exact number, or an interval where it could narrow what is told of persons alone or of large households.

    With `one` households of one person among n, and `five` of five or more, there are at least 2 n - one + 3 five
    persons. The interval holds the number that leaves every end of the other intervals possible, and so does what
    follows from its being told at all: a number above it.
    """
    value, n = pl.col("persons"), pl.col("n").cast(pl.Int64)
    if not rules.holds("persons"):
        return value, value
    one_low, one_high = count("one_person", rules)
    enough = 2 * n - one_low + 3 * rules.count_margin
    few = value <= enough
    return pl.when(few).then(2 * n - one_high).otherwise(value), pl.when(few).then(enough).otherwise(value)


def children(rules: Rules) -> Told:
    """Exact, or an interval where there are hardly any, or hardly any adult beside the tenant of each home.

    At that second end it is told as far from the persons as they are told.
    """
    value, n = pl.col("children"), pl.col("n").cast(pl.Int64)
    least, most = persons(rules)
    return _part(value, pl.col("persons") - n, (least - n, most - n), rules)


def seniors(rules: Rules) -> Told:
    """Exact, or an interval where hardly anybody is of that age, or hardly anybody is not."""
    return _part(pl.col("aged_65"), pl.col("persons"), persons(rules), rules)


def _part(value: pl.Expr, whole: pl.Expr, told: Told, rules: Rules) -> Told:
    """A number of persons among `whole`, of which `told` is told. Where it is near both ends only the first shows.

    Else the width of the interval would say that the whole is small.
    """
    if not rules.holds("totals"):
        return value, value
    margin = rules.count_margin
    few, many = value <= margin, value >= whole - margin
    low = pl.when(few).then(0).when(many).then((told[0] - margin).clip(lower_bound=0)).otherwise(value)
    high = pl.when(few).then(margin).when(many).then(told[1]).otherwise(value)
    return low, high
