"""What each kind of criterion looks at, as an expression on applications joined with their answers."""

from collections.abc import Callable
from datetime import date

import polars as pl

from carreau.rules.composition import age, months_since
from carreau.rules.grids.grid import Criterion
from carreau.rules.grids.words import REFUSALS
from carreau.rules.needs import rooms_needed
from carreau.rules.quartile import resources_per_unit


def value(criterion: Criterion, day: date) -> pl.Expr:
    """The points of a criterion if they count, 0 when it does not hold or is not known."""
    if criterion.kind == "seniority":
        given = _seniority(criterion, months_since(pl.col("seniority_from"), day))
    elif criterion.kind == "measure":
        given = _banded(criterion, day)
    elif criterion.kind == "refusals":
        counted = (pl.col(REFUSALS).cast(pl.Int32) - criterion.first + 1).clip(0, criterion.most)
        given = counted * criterion.points
    elif criterion.kind == "box":
        given = pl.lit(criterion.points)
    else:
        given = pl.when(HOLDS[criterion.kind](criterion, day)).then(criterion.points)
    return given.fill_null(0).cast(pl.Int32)


def asks_for_transfer() -> pl.Expr:
    """Whether an application comes from a tenant of social housing."""
    return pl.col("present_housing").cast(pl.String) == "social_tenant"


def measure(of: str, day: date) -> pl.Expr:
    """A measure of `words.MEASURES`: read from the register where it can be, else the answer of that name."""
    return MEASURED[of](day) if of in MEASURED else pl.col(of)


def _rooms_now(day: date) -> pl.Expr:
    """The fewest rooms that the household needs today, unborn children aside."""
    fewest, _ = rooms_needed(pl.col("persons"), pl.col("adults"), pl.col("children"), pl.lit(0), day)
    return fewest


def _seniority(criterion: Criterion, months: pl.Expr) -> pl.Expr:
    given = months * criterion.points_per_month
    if criterion.cap is not None:
        given = given.clip(upper_bound=criterion.cap)
    if not criterion.abnormal_after:
        return given
    (_, delay), *more = criterion.abnormal_after
    delays = pl.lit(delay)
    for rooms, delay in more:
        delays = pl.when(pl.col("wanted_rooms_min") >= rooms).then(delay).otherwise(delays)
    return given + (months >= delays).cast(pl.Int32) * criterion.abnormal_points


def _banded(criterion: Criterion, day: date) -> pl.Expr:
    found, given = measure(criterion.of, day), pl.lit(0)
    for band in reversed(criterion.bands):
        inside = found < band.below if band.below is not None else found >= band.start
        given = pl.when(inside).then(band.points).otherwise(given)
    return given


def _any_ground(words: tuple[str, ...]) -> pl.Expr:
    grounds = pl.col("grounds").list.eval(pl.element().cast(pl.String))
    return pl.any_horizontal([grounds.list.contains(word) for word in words])


def _word(column: str) -> Callable[[Criterion, date], pl.Expr]:
    return lambda one, _: pl.col(column).cast(pl.String).is_in(one.any_of)


HOLDS: dict[str, Callable[[Criterion, date], pl.Expr]] = {
    "dalo": lambda _, __: pl.col("dalo"),
    "ground": lambda one, _: _any_ground(one.any_of),
    "present_housing": _word("present_housing"),
    "household": _word("kind"),
    "over_occupied": lambda _, day: pl.col("present_rooms") < _rooms_now(day),
    "transfer": lambda _, __: asks_for_transfer(),
    "answer": lambda one, _: pl.col(one.of),
}
MEASURED: dict[str, Callable[[date], pl.Expr]] = {
    "age": lambda day: age(pl.col("births").list.first(), day),
    "dependants": lambda _: pl.col("dependants"),
    "persons": lambda _: pl.col("persons"),
    "persons_per_room": lambda _: pl.col("persons") / pl.col("present_rooms"),
    "resources_per_unit": resources_per_unit,
}
