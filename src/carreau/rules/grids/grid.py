"""A points grid: tables by who asks, rubrics, criteria."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from carreau.rules.grids.words import KINDS, MEASURES, NOT_SCORED, REFUSALS

Title = Mapping[str, str]


@dataclass(frozen=True)
class Band:
    """Points of a measure that is at least `start`, or less than `below`; one of the two is given."""

    points: int
    start: float | None = None
    below: float | None = None


@dataclass(frozen=True)
class Criterion:
    """One line of a grid. `kind` says what is looked at; the other fields say for how many points.

    `points` when it holds (`any_of` words of the register, `of` an answer); for a measure, those of its band; for
    refusals, `points` each from the `first` on, `most` times at most; for seniority `points_per_month` whole months up
    to `cap` points, plus `abnormal_points` from `abnormal_after` months on, by wanted rooms: ((1, 30), (4, 24)) is 30
    months, 24 from four rooms on. `counts` says when its points count: once `declared`, once `validated` on papers,
    once a `social_worker` has assessed them.
    """

    name: str
    kind: str
    points: int = 0
    any_of: tuple[str, ...] = ()
    of: str = ""
    bands: tuple[Band, ...] = ()
    points_per_month: int = 0
    cap: int | None = None
    abnormal_after: tuple[tuple[int, int], ...] = ()
    abnormal_points: int = 0
    first: int = 1
    most: int | None = None
    counts: str = "declared"
    reference: str = ""
    title: Title | None = None

    @property
    def reads(self) -> frozenset[str]:
        """Columns of the register that decide its points."""
        by_rooms = {"wanted_rooms_min"} if len(self.abnormal_after) > 1 else set()
        return KINDS[self.kind].reads | set(MEASURES.get(self.of, ())) | by_rooms

    @property
    def answer(self) -> str | None:
        """The column of answers that decides its points, if any."""
        if self.kind == "refusals":
            return REFUSALS
        return self.of if self.of and not MEASURES.get(self.of) else None


@dataclass(frozen=True)
class Rubric:
    """Criteria together. `mode`: they add up (`sum`), the best alone counts, or the one `ticked` by the applicant.

    `cap` is the most that the rubric gives.
    """

    name: str
    mode: str
    criteria: tuple[Criterion, ...]
    cap: int | None = None
    title: Title | None = None

    @property
    def answer(self) -> str | None:
        """The column of answers that holds the criterion ticked, in a rubric of boxes."""
        return f"ticked_{self.name}" if self.mode == "ticked" else None


@dataclass(frozen=True)
class Table:
    """Rubrics for `everyone`, for `new` applicants, or for tenants of social housing who ask for a `transfer`."""

    applicants: str
    rubrics: tuple[Rubric, ...]


@dataclass(frozen=True)
class Grid:
    """A points grid; its rubrics add up. `fictitious` and `partial` must be shown wherever its points are.

    It holds from `start` to `end`, both included, None when not known. `not_scored` are the applications left without
    points (see `words.NOT_SCORED`); `refusal` says that refusing a fitting home has no effect, where it has none.
    """

    name: str
    title: Title
    reference: str
    certainty: str
    fictitious: bool
    partial: bool
    tables: tuple[Table, ...]
    start: date | None = None
    end: date | None = None
    not_scored: tuple[str, ...] = ()
    refusal: str = ""

    @property
    def rubrics(self) -> tuple[Rubric, ...]:
        """The rubrics of every table."""
        return tuple(rubric for table in self.tables for rubric in table.rubrics)

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """The criteria of every table; one that stands in two tables comes twice."""
        return tuple(criterion for rubric in self.rubrics for criterion in rubric.criteria)

    @property
    def reads(self) -> frozenset[str]:
        """Columns of the register that can change points. No other column does."""
        tables = {"present_housing"} if len(self.tables) > 1 or self.tables[0].applicants != "everyone" else set()
        apart = {NOT_SCORED[one] for one in self.not_scored}
        return frozenset().union(tables, apart, *(criterion.reads for criterion in self.criteria))

    @property
    def answers(self) -> tuple[str, ...]:
        """Columns of answers that can change points, beside `validated`."""
        named = [*(one.answer for one in self.rubrics), *(one.answer for one in self.criteria)]
        return tuple(sorted({one for one in named if one}))

    @property
    def observations(self) -> tuple[str, ...]:
        """What a whole grid should say and does not, as codes; a partial one is not judged.

        `no_seniority` and `no_priority_ground`: L441-2-8 and R441-2-10 CCH, to verify; `refusal_unstated`: the plan
        states what refusing a fitting home does to the points (same articles).
        """
        if self.partial:
            return ()
        kinds = {criterion.kind for criterion in self.criteria}
        missing = {
            "no_seniority": "seniority" not in kinds,
            "no_priority_ground": not kinds & {"dalo", "ground"} and "dalo" not in self.not_scored,
            "refusal_unstated": "refusals" not in kinds and not self.refusal,
        }
        return tuple(code for code, is_missing in missing.items() if is_missing)
