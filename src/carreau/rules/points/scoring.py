"""Points of applications under a grid, with the breakdown that explains them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from carreau.errors import BadInput
from carreau.rules.composition import with_composition
from carreau.rules.grids.checks import CAP_LINE
from carreau.rules.grids.grid import Criterion, Grid, Rubric, Table
from carreau.rules.grids.words import NOT_SCORED
from carreau.rules.points.answers import VALIDATED, check_answers, join_answers
from carreau.rules.points.facts import asks_for_transfer, value

COMPOSITION = {"births", "kind"}


@dataclass(frozen=True)
class Points:
    """Points of every application, in the order that they came in.

    `breakdown`: one row an application and criterion that gave points (`application_id`, `rubric`, `criterion`,
    `points`, `state`: declared or validated). A cap that took points away is a row of its own, `rubric_cap`, without
    state. `totals`: one row an application (`application_id`, `table`, `points`, `if_validated`), zero included;
    `points` is the sum of the breakdown and `if_validated` what it would be with all that is pending. All three are
    null for an application that the grid does not score. `pending`: one row an application and criterion whose points
    do not count yet (`awaits`: validated, or social_worker). `unanswered`: columns of answers that the grid looks at
    and nobody gave.
    """

    breakdown: pl.DataFrame
    pending: pl.DataFrame
    totals: pl.DataFrame
    unanswered: tuple[str, ...]


def points(applications: pl.DataFrame, grid: Grid, day: date, answers: pl.DataFrame | None = None) -> Points:
    """Score applications (see `register.tables.Applications`) on a day. Points are whole numbers.

    `answers` are what the register lacks (see `answers.check_answers`). Over-occupied is read in rooms, for lack of
    the present home's surface: fewer than the household needs now. Raises BadInput when the grid does not hold on that
    day, or the answers are not as they should be.
    """
    if (grid.start and day < grid.start) or (grid.end and day > grid.end):
        raise BadInput(f"the grid {grid.name} holds from {grid.start or '…'} to {grid.end or '…'}, not on {day}")
    if answers is not None:
        check_answers(answers)
    described = applications
    if grid.reads & COMPOSITION and "persons" not in applications.columns:
        described = with_composition(applications, day)
    facts, unanswered = join_answers(described.with_row_index("place"), grid, answers)
    asked = facts.with_columns(_table_of(grid).alias("table"))
    parts = [_scored(asked, table, day, offset) for table, offset in zip(grid.tables, _offsets(grid), strict=True)]
    apart = asked.filter(pl.col("table").is_null()).select("place", pl.lit(None, pl.Int32).alias("points"))
    unscored = apart.with_columns(pl.col("points").alias("if_validated"))
    totals = pl.concat([*[part.totals for part in parts], unscored]).sort("place")
    ids = asked["application_id"]
    return Points(
        breakdown=_named(pl.concat([part.breakdown for part in parts]), grid, ids, "state"),
        pending=_named(pl.concat([part.pending for part in parts]), grid, ids, "awaits"),
        totals=asked.select("application_id", "table").hstack(totals.drop("place")),
        unanswered=unanswered,
    )


@dataclass(frozen=True)
class _Part:
    """What one table gave: lines by `place` and `line`, their number in the grid; totals by `place`."""

    breakdown: pl.DataFrame
    pending: pl.DataFrame
    totals: pl.DataFrame


def _table_of(grid: Grid) -> pl.Expr:
    apart = [
        asks_for_transfer() if one == "transfer" else pl.col(NOT_SCORED[one]).fill_null(False)
        for one in grid.not_scored
    ]
    table = pl.lit(None, pl.String)
    for one in grid.tables:
        asks = {"everyone": pl.lit(True), "transfer": asks_for_transfer(), "new": ~asks_for_transfer()}[one.applicants]
        table = pl.when(asks).then(pl.lit(one.applicants)).otherwise(table)
    return pl.when(pl.any_horizontal(apart)).then(None).otherwise(table) if apart else table


def _lines(table: Table) -> list[tuple[Rubric, Criterion | None]]:
    """The lines of a breakdown in order: each rubric's criteria, then its cap."""
    return [(rubric, line) for rubric in table.rubrics for line in (*rubric.criteria, None)]


def _offsets(grid: Grid) -> list[int]:
    lengths = [len(_lines(table)) for table in grid.tables]
    return [sum(lengths[:place]) for place in range(len(lengths))]


def _scored(asked: pl.DataFrame, table: Table, day: date, offset: int) -> _Part:
    part = asked.filter(pl.col("table") == table.applicants)
    can_be_validated = VALIDATED in part.columns
    lines = [(number, rubric, one) for number, (rubric, one) in enumerate(_lines(table), offset)]
    named = [(number, rubric, one) for number, rubric, one in lines if one]
    valued = part.select(
        "place",
        *[_value(one, rubric, day).alias(f"value_{number}") for number, rubric, one in named],
        *[_is_validated(one, can_be_validated).alias(f"valid_{number}") for number, _, one in named],
    )
    now = _sums(lines, _counts)
    then = _sums(lines, lambda number, _: pl.col(f"value_{number}"))
    wide = valued.with_columns(given.alias(f"given_{number}") for number, given in now).with_columns(
        pl.sum_horizontal(f"given_{number}" for number, _, _ in lines).alias("points"),
        pl.sum_horizontal(given for _, given in then).alias("if_validated"),
    )
    later = [(number, one) for number, _, one in named if one.counts != "declared"]
    return _Part(
        breakdown=_stacked(wide, [(n, f"given_{n}", pl.lit(True), _state(n, one)) for n, _, one in lines], "state"),
        pending=_stacked(wide, [(n, f"value_{n}", ~pl.col(f"valid_{n}"), one.counts) for n, one in later], "awaits"),
        totals=wide.select("place", pl.col("points", "if_validated").cast(pl.Int32)),
    )


def _value(criterion: Criterion, rubric: Rubric, day: date) -> pl.Expr:
    if rubric.answer is None:
        return value(criterion, day)
    return pl.when(pl.col(rubric.answer) == criterion.name).then(value(criterion, day)).otherwise(0)


def _is_validated(criterion: Criterion, can_be_validated: bool) -> pl.Expr:
    if not can_be_validated:
        return pl.lit(False)
    return pl.col(VALIDATED).list.contains(criterion.name).fill_null(False)


def _counts(number: int, criterion: Criterion) -> pl.Expr:
    given = pl.col(f"value_{number}")
    return given if criterion.counts == "declared" else pl.when(f"valid_{number}").then(given).otherwise(0)


def _state(number: int, criterion: Criterion | None) -> pl.Expr:
    if criterion is None:
        return pl.lit(None, pl.String)
    return pl.when(f"valid_{number}").then(pl.lit("validated")).otherwise(pl.lit("declared"))


def _sums(
    lines: Sequence[tuple[int, Rubric, Criterion | None]], valued: Callable[[int, Criterion], pl.Expr]
) -> list[tuple[int, pl.Expr]]:
    """What each line adds: its value, nothing when another is better, and what the cap of its rubric takes away."""
    given: list[tuple[int, pl.Expr]] = []
    in_rubric: list[tuple[int, pl.Expr]] = []
    for number, rubric, criterion in lines:
        if criterion is not None:
            in_rubric.append((number, valued(number, criterion)))
            continue
        kept = _best([one for _, one in in_rubric]) if rubric.mode == "best" else [one for _, one in in_rubric]
        given += zip([place for place, _ in in_rubric], kept, strict=True)
        above = pl.sum_horizontal(kept) if kept and rubric.cap is not None else pl.lit(0)
        given.append((number, (rubric.cap or 0) - above.clip(lower_bound=rubric.cap or 0)))
        in_rubric = []
    return given


def _best(values: list[pl.Expr]) -> list[pl.Expr]:
    """The largest of the values, the first among equals; the others give nothing."""
    best = pl.max_horizontal(values)
    kept = []
    for place, one in enumerate(values):
        first = one > pl.max_horizontal(values[:place]) if place else pl.lit(True)
        kept.append(pl.when((one == best) & first).then(one).otherwise(0))
    return kept


def _stacked(wide: pl.DataFrame, lines: Sequence[tuple[int, str, pl.Expr, pl.Expr | str]], last: str) -> pl.DataFrame:
    """Lines that give points, one under the other: `place`, `line`, `points` and a last column."""
    empty = pl.DataFrame(schema={"place": pl.UInt32, "line": pl.UInt32, "points": pl.Int32, last: pl.String})
    return pl.concat(
        [
            empty,
            *[
                wide.lazy()
                .filter((pl.col(column) != 0) & shown)
                .select(
                    "place",
                    pl.lit(number, pl.UInt32).alias("line"),
                    pl.col(column).cast(pl.Int32).alias("points"),
                    (pl.lit(told) if isinstance(told, str) else told).alias(last),
                )
                .collect()
                for number, column, shown, told in lines
            ],
        ]
    )


def _named(stacked: pl.DataFrame, grid: Grid, ids: pl.Series, last: str) -> pl.DataFrame:
    lines = [line for table in grid.tables for line in _lines(table)]
    rubrics = pl.Series("rubric", [rubric.name for rubric, _ in lines], pl.String)
    criteria = pl.Series("criterion", [one.name if one else CAP_LINE for _, one in lines], pl.String)
    # one key sorts faster than two
    ordered = stacked.sort(pl.col("place").cast(pl.UInt64) * len(lines) + pl.col("line"))
    return pl.DataFrame(
        [ids.gather(ordered["place"]), rubrics.gather(ordered["line"]), criteria.gather(ordered["line"])]
    ).hstack(ordered.select("points", last))
