"""What people answered beside the register, checked before it scores anybody."""

import polars as pl

from carreau.errors import BadInput
from carreau.rules.grids.grid import Grid
from carreau.rules.grids.words import ANSWERS, MEASURES, REFUSALS

VALIDATED, TICKED = "validated", "ticked_"
NUMBERS = {*(name for name, columns in MEASURES.items() if not columns), REFUSALS}


def check_answers(answers: pl.DataFrame, *, by_territory: bool = False) -> None:
    """Raises BadInput naming the column of an answers frame: unknown, of another type, negative, a row twice.

    Columns, beside `application_id` (and `territory`, by territory): truth values of `words.ANSWERS`; numbers of
    `words.MEASURES` that the register lacks, and of refusals; `ticked_<rubric>`, the criterion ticked; `validated`,
    the list of criteria whose papers or assessment are in order. Null is not answered.
    """
    key = ["application_id", "territory"] if by_territory and "territory" in answers.columns else ["application_id"]
    if "application_id" not in answers.columns:
        raise BadInput("answers need the application they are about", column="application_id")
    for name, kind in answers.schema.items():
        if name not in key and kind != pl.Null:
            _check_column(name, kind, answers)
    if answers.select(pl.struct(key).is_duplicated().any()).item():
        twice = answers.filter(pl.struct(key).is_duplicated())["application_id"][0]
        raise BadInput(f"two rows of answers for application {twice}", column="application_id")


def join_answers(frame: pl.DataFrame, grid: Grid, answers: pl.DataFrame | None) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Applications with the columns of answers that the grid looks at, and the names of those that nobody gave.

    Those count as not answered. Raises BadInput for a ticked word that is no criterion of the rubric.
    """
    given = answers if answers is not None else frame.select("application_id").clear()
    _check_ticks(grid, given)
    missing = tuple(name for name in grid.answers if name not in given.columns)
    heard = [name for name in (*grid.answers, VALIDATED) if name in given.columns]
    columns = given.select("application_id", *[pl.col(name).cast(_type_of(name)) for name in heard])
    joined = frame.drop(heard, strict=False).join(columns, on="application_id", how="left", maintain_order="left")
    return joined.with_columns(pl.lit(None, _type_of(name)).alias(name) for name in missing), missing


def _check_column(name: str, kind: pl.DataType, answers: pl.DataFrame) -> None:
    if name == VALIDATED:
        if kind not in (pl.List(pl.String), pl.List(pl.Null)):
            raise BadInput(f"a list of criteria is expected, not {kind}", column=name)
    elif name.startswith(TICKED):
        if kind != pl.String:
            raise BadInput(f"the name of a criterion is expected, not {kind}", column=name)
    elif name in ANSWERS:
        if kind != pl.Boolean:
            raise BadInput(f"a truth value is expected, not {kind}", column=name)
    elif name in NUMBERS:
        if not (kind.is_integer() if name == REFUSALS else kind.is_numeric()):
            raise BadInput(f"a number is expected (whole for refusals), not {kind}", column=name)
        if name != "remains_per_unit" and answers[name].lt(0).any():
            raise BadInput("a number from nought on is expected", column=name)
    else:
        known = ", ".join((*ANSWERS, *sorted(NUMBERS), f"{TICKED}<rubric>", VALIDATED))
        raise BadInput(f"no such answer; there are {known}", column=name)


def _check_ticks(grid: Grid, answers: pl.DataFrame) -> None:
    boxes: dict[str, set[str]] = {}
    for rubric in grid.rubrics:
        if rubric.answer:
            boxes.setdefault(rubric.answer, set()).update(one.name for one in rubric.criteria)
    for column, names in boxes.items():
        ticked = set(answers[column].drop_nulls().unique()) if column in answers.columns else set()
        if unknown := sorted(ticked - names):
            raise BadInput(f"no such box: {', '.join(unknown)}; there are {', '.join(sorted(names))}", column=column)


def _type_of(name: str) -> pl.DataType:
    if name == VALIDATED:
        return pl.List(pl.String)
    if name.startswith(TICKED):
        return pl.String()
    return pl.Boolean() if name in ANSWERS else pl.Float64()
