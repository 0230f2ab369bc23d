"""A person's own case: their points under a grid, line by line, and what is pending."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any

import polars as pl

from carreau.errors import BadInput
from carreau.register.tables import Applications
from carreau.register.vocabulary import GROUND, KIND_OF_HOUSEHOLD, PRESENT_HOUSING
from carreau.rules.grids.grid import Grid
from carreau.rules.points.answers import TICKED, VALIDATED
from carreau.rules.points.scoring import points

MOST_ROOMS, MOST_BIRTHS = 9, 20


@dataclass(frozen=True)
class Applicant:
    """An application as its own author knows it. Fields are columns of the register, euros a month for `resources`.

    `births` holds the reference person first, then the partner of a couple. `answers` are those of
    `answers.check_answers` by name; `ticked` the criterion ticked by rubric; `validated` the criteria whose papers or
    assessment are in order. Raises BadInput for what cannot be.
    """

    day: date
    seniority_from: date
    births: tuple[date, ...]
    kind: str = "alone"
    present_housing: str = "private_tenant"
    present_rooms: int | None = None
    grounds: tuple[str, ...] = ()
    dalo: bool = False
    relocated_for_renewal: bool = False
    resources: int | None = None
    wanted_rooms_min: int | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    ticked: Mapping[str, str] = field(default_factory=dict)
    validated: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= len(self.births) <= MOST_BIRTHS or max(self.births) > self.day:
            raise BadInput(f"births: 1 to {MOST_BIRTHS} persons, nobody born after {self.day}")
        if self.seniority_from > self.day:
            raise BadInput(f"seniority_from {self.seniority_from}: a day up to {self.day} is expected")
        for name, given, known in (
            ("kind", (self.kind,), KIND_OF_HOUSEHOLD.categories),
            ("present_housing", (self.present_housing,), PRESENT_HOUSING.categories),
            ("grounds", self.grounds, GROUND.categories),
        ):
            if unknown := [word for word in given if word not in known]:
                raise BadInput(f"{name} {unknown[0]}: one of {', '.join(known)} is expected")
        for name in ("present_rooms", "wanted_rooms_min"):
            rooms = getattr(self, name)
            if rooms is not None and not 1 <= rooms <= MOST_ROOMS:
                raise BadInput(f"{name} {rooms}: a number from 1 to {MOST_ROOMS} is expected")
        if self.resources is not None and self.resources < 0:
            raise BadInput(f"resources {self.resources}: an amount from nought on is expected")


@dataclass(frozen=True)
class Line:
    """A line of the account. `state` is declared or validated, or what it awaits (validated, social_worker)."""

    rubric: str
    criterion: str
    points: int
    state: str | None


@dataclass(frozen=True)
class PointsAccount:
    """One application under one grid. `total` is the sum of `lines`; None when the grid does not score it.

    `if_validated` is the total with all that is pending; `unanswered` are answers that the grid looks at and that were
    not given. Whoever shows it says what the grid is (`grid.fictitious`, `grid.partial`).
    """

    applicant: Applicant
    grid: Grid
    table: str | None
    total: int | None
    if_validated: int | None
    lines: tuple[Line, ...]
    pending: tuple[Line, ...]
    unanswered: tuple[str, ...]


def account(applicant: Applicant, grid: Grid) -> PointsAccount:
    """Score one application, as `points` does. Raises BadInput as it does, and for a criterion that the grid lacks."""
    if unknown := [one for one in applicant.validated if one not in {known.name for known in grid.criteria}]:
        raise BadInput(f"validated {unknown[0]}: no such criterion in the grid {grid.name}")
    found = points(_application(applicant), grid, applicant.day, _answers(applicant))
    total = found.totals.row(0, named=True)
    given = {*applicant.answers, *(f"{TICKED}{rubric}" for rubric in applicant.ticked)}
    return PointsAccount(
        applicant=applicant,
        grid=grid,
        table=total["table"],
        total=total["points"],
        if_validated=total["if_validated"],
        lines=tuple(_lines(found.breakdown)),
        pending=tuple(_lines(found.pending)),
        unanswered=tuple(name for name in grid.answers if name not in given),
    )


def as_figures(made: PointsAccount) -> dict[str, object]:
    """The account as plain values, without the applicant's own."""
    kept = {part.name: getattr(made, part.name) for part in fields(made) if part.name not in ("applicant", "grid")}
    for name in ("lines", "pending"):
        kept[name] = [asdict(line) for line in kept[name]]
    grid = {name: getattr(made.grid, name) for name in ("name", "fictitious", "partial", "reference", "certainty")}
    return {**kept, "unanswered": list(made.unanswered), "grid": {**grid, "title": dict(made.grid.title)}}


def _lines(frame: pl.DataFrame) -> Iterator[Line]:
    return (Line(*row) for row in frame.drop("application_id").iter_rows())


def _application(applicant: Applicant) -> pl.DataFrame:
    register = Applications.create_empty().schema
    row = {name: value for name, value in vars(applicant).items() if name in register}
    row |= {"application_id": "1", "expected_births": 0, "births": list(applicant.births)}
    row |= {"grounds": list(applicant.grounds)}
    return pl.DataFrame([row], schema={name: register[name] for name in row})


def _answers(applicant: Applicant) -> pl.DataFrame:
    ticked = {f"{TICKED}{rubric}": name for rubric, name in applicant.ticked.items()}
    row = {"application_id": "1", **applicant.answers, **ticked, VALIDATED: list(applicant.validated)}
    try:
        return pl.DataFrame([row], schema_overrides={VALIDATED: pl.List(pl.String)})
    except (TypeError, pl.exceptions.PolarsError) as error:
        raise BadInput(f"answers cannot be read: {str(error).splitlines()[0]}") from None
