"""How the traits of a region may be told: exactly, as an interval, rounded, or not at all.

`exact` sums what is known of each region, `told` gives the columns of one indicator from those sums; a region may be a
unit or a zone of any other table, and what is told depends on its own sums alone, so that two tables never round the
same number in two ways. The columns that `told` makes are `Indicator.columns`, always Int32 but for an unrounded mean.

What every kind holds to, and `tests/attack/test_traits_twin.py` tries: where the number with a trait, or without it,
may be 0, it may be 1 and 2 as well, whatever the other numbers say. The ends of an interval rise with the number and
are the same seen from both sides, so that "no more than" and "not both" between two traits never narrow one.
"""

import polars as pl

from carreau.release.distributions import band, with_groups
from carreau.release.indicators import BANDS, INDICATORS, Indicator
from carreau.release.intervals import children, count, persons, seniors
from carreau.release.rules import Rules

SUMMED = tuple(one.name for one in INDICATORS if one.kind in ("count", "total", "band"))


def winsorised(placed: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Living standards brought back to the percentiles of the households in published units (`unit_id` not null).

    Once for all tables, before `exact`: the same income never counts in two ways. The limits are told nowhere.
    """
    if "living_standard" not in placed.columns or not rules.holds("winsorising"):
        return placed
    published = placed.filter(pl.col("unit_id").is_not_null())["living_standard"]
    low, high = (
        int(published.quantile(percent / 100, "linear") or 0) for percent in rules.winsor_percentiles
    )  # fmt: skip
    return placed.with_columns(living_standard_w=pl.col("living_standard").clip(low, high))


def exact(placed: pl.DataFrame, by: str, indicators: tuple[Indicator, ...], rules: Rules) -> pl.DataFrame:
    """Exact sums of each region, named by the column `by`. Whole numbers throughout: the order of rows changes nothing.

    Columns: `by`, `n` (households) and, unless there are no indicators, one a count, total or band, what means are made
    of, and how bands are grouped. A sum is null where something is unknown of one of the households. Private until
    `told`. Source of the values: `located.located_households`, winsorised; a column that is absent is unknown.
    """
    if not indicators:
        return placed.group_by(by).agg(pl.len().alias("n"))
    absent = [name for name in (*SUMMED, "living_standard", "rent", "surface") if name not in placed.columns]
    rows = placed.with_columns(pl.lit(None, pl.Int64).alias(name) for name in absent)
    standard = pl.col("living_standard_w" if "living_standard_w" in rows.columns else "living_standard")
    weight, rent = standard.cast(pl.Int64) * pl.col("persons"), pl.col("rent").cast(pl.Int64)
    sums = [_known_sum(name, pl.col(name).cast(pl.Int64)) for name in SUMMED]
    sums += [_known_sum("standard_sum", weight), weight.max().alias("standard_largest")]
    sums += [_middle().alias("standard_middle"), _known_sum("rent_sum", rent), rent.max().alias("rent_largest")]
    sums += [_known_sum("surface_sum", pl.col("surface").cast(pl.Int64))]
    return with_groups(rows.group_by(by).agg(pl.len().alias("n"), *sums), BANDS, rules)


def told(indicator: Indicator, rules: Rules) -> list[pl.Expr]:
    """The columns of one indicator as they may leave, from those of `exact`."""
    values = _values(indicator, rules)
    if indicator.kind == "mean" and not rules.holds("rounding"):
        return [value.alias(column) for value, column in zip(values, indicator.columns, strict=True)]
    return [value.cast(pl.Int32).alias(column) for value, column in zip(values, indicator.columns, strict=True)]


def _values(indicator: Indicator, rules: Rules) -> tuple[pl.Expr, ...]:
    if indicator.kind == "count":
        return count(indicator.name, rules)
    if indicator.kind == "band":
        return band(BANDS, BANDS.index(indicator.name), rules)
    if indicator.kind == "total":
        return {"persons": persons, "children": children, "aged_65": seniors}[indicator.name](rules)
    if indicator.kind == "homes":
        return (pl.col(indicator.name),)
    means = {"living_standard": _living_standard, "median_living_standard": _median, "rent_m2": _rent}
    return (means[indicator.name](rules),)


def _known_sum(name: str, value: pl.Expr) -> pl.Expr:
    return pl.when(value.null_count() == 0).then(value.sum()).alias(name)


def _middle() -> pl.Expr:
    """Twice the median over households, a whole number: the two in the middle together."""
    ordered, size = pl.col("living_standard").sort(), pl.len()
    middle = ordered.get((size - 1) // 2, null_on_oob=True) + ordered.get(size // 2, null_on_oob=True)
    return pl.when(pl.col("living_standard").null_count() == 0).then(middle)


def _may_be_told(rules: Rules) -> pl.Expr:
    """Whether a mean of living standards may be told: no household weighs too much, and no band hangs on it.

    A mean can say what the interval of the poor hides, or that of the first quartile where nearly all are in it.
    """
    allowed = pl.lit(value=True)
    if rules.holds("dominance"):
        allowed = pl.col("standard_largest") * rules.largest_part <= pl.col("standard_sum")
    if rules.holds("mean_beside_band"):
        poor, quartile = count("poor", rules), count("first_quartile", rules)
        crowded = (quartile[0] < quartile[1]) & (quartile[0] > 0)
        allowed = allowed & (poor[0] == poor[1]) & ~crowded.fill_null(value=False)
    return allowed


def _living_standard(rules: Rules) -> pl.Expr:
    step, total, weight = rules.living_standard_step, pl.col("standard_sum"), pl.col("persons")
    if not rules.holds("rounding"):
        return pl.when(_may_be_told(rules)).then(total / weight)
    return pl.when(_may_be_told(rules)).then(_rounded(total, weight, step))


def _median(rules: Rules) -> pl.Expr:
    step = rules.living_standard_step if rules.holds("rounding") else 1
    return pl.when(_may_be_told(rules)).then(_rounded(pl.col("standard_middle"), pl.lit(2, pl.Int64), step))


def _rent(rules: Rules) -> pl.Expr:
    """Cents by m²: rent over surface, as the law counts surfaces; null where one home weighs too much."""
    allowed = pl.lit(value=True)
    if rules.holds("dominance"):
        allowed = pl.col("rent_largest") * rules.largest_part <= pl.col("rent_sum")
    step = rules.rent_step if rules.holds("rounding") else 1
    return pl.when(allowed & (pl.col("surface_sum") > 0)).then(
        _rounded(pl.col("rent_sum"), pl.col("surface_sum"), step)
    )


def _rounded(total: pl.Expr, weight: pl.Expr, step: int) -> pl.Expr:
    """The quotient to the nearest multiple of the step, halves up, in whole numbers."""
    return (2 * total + step * weight) // (2 * step * weight) * step
