"""Points of applications under a grid, with the breakdown that explains them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from carreau.rules.composition import with_composition
from carreau.rules.grids import Criterion, Grid
from carreau.rules.needs import rooms_needed


@dataclass(frozen=True)
class Points:
    """Points of every application.

    `breakdown`: one row an application and criterion that gave points (`application_id`, `rubric`, `criterion`,
    `points`). `totals`: one row an application (`application_id`, `points`), zero included.
    """

    breakdown: pl.DataFrame
    totals: pl.DataFrame


def points(applications: pl.DataFrame, grid: Grid, day: date) -> Points:
    """Score applications (see `register.tables.Applications`) on a day. Points are whole numbers.

    Over-occupied is read in rooms, for lack of the present home's surface: fewer than the household needs now.
    """
    frame = applications if "persons" in applications.columns else with_composition(applications, day)
    scored = frame.select("application_id", *[_score(one, day).alias(one.name) for one in grid.criteria])
    rubric = {one.name: one.rubric for one in grid.criteria}
    order = {one.name: place for place, one in enumerate(grid.criteria)}
    breakdown = (
        scored.unpivot(index="application_id", variable_name="criterion", value_name="points")
        .filter(pl.col("points") != 0)
        .with_columns(pl.col("criterion").replace_strict(rubric, return_dtype=pl.String).alias("rubric"))
        .sort("application_id", pl.col("criterion").replace_strict(order, return_dtype=pl.Int32))
        .select("application_id", "rubric", "criterion", "points")
    )
    total = pl.sum_horizontal([one.name for one in grid.criteria]).cast(pl.Int32)
    return Points(breakdown, scored.select("application_id", total.alias("points")))


def months_between(start: pl.Expr, day: date) -> pl.Expr:
    """Whole months from a date to a day, never negative: a month is over on the same day of the next one."""
    months = (day.year - start.dt.year()) * 12 + day.month - start.dt.month().cast(pl.Int32)
    return (months - (start.dt.day().cast(pl.Int32) > day.day).cast(pl.Int32)).clip(lower_bound=0)


def _score(criterion: Criterion, day: date) -> pl.Expr:
    if criterion.kind == "seniority":
        return _seniority(criterion, months_between(pl.col("seniority_from"), day))
    holds = HOLDS[criterion.kind](criterion, day)
    return pl.when(holds).then(criterion.points).otherwise(0).cast(pl.Int32)


def rooms_now(day: date) -> pl.Expr:
    """The fewest rooms that the household needs today, unborn children aside."""
    fewest, _ = rooms_needed(pl.col("persons"), pl.col("adults"), pl.col("children"), pl.lit(0), day)
    return fewest


def _seniority(criterion: Criterion, months: pl.Expr) -> pl.Expr:
    given = months * criterion.points_per_month
    if criterion.cap is not None:
        given = given.clip(upper_bound=criterion.cap)
    if criterion.abnormal_after_months is not None:
        past = months >= criterion.abnormal_after_months
        given = given + past.cast(pl.Int32) * criterion.abnormal_points
    return given.cast(pl.Int32)


def _any_ground(words: tuple[str, ...]) -> pl.Expr:
    grounds = pl.col("grounds").list.eval(pl.element().cast(pl.String))
    return pl.any_horizontal([grounds.list.contains(word) for word in words])


HOLDS: dict[str, Callable[[Criterion, date], pl.Expr]] = {
    "dalo": lambda _, __: pl.col("dalo"),
    "ground": lambda one, _: _any_ground(one.any_of),
    "present_housing": lambda one, _: pl.col("present_housing").cast(pl.String).is_in(one.any_of),
    "over_occupied": lambda _, day: pl.col("present_rooms") < rooms_now(day),
    "transfer": lambda _, __: pl.col("present_housing").cast(pl.String) == "social_tenant",
}
