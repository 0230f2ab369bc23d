"""Were the claims of an attack true? Only a holder of the true territory can say; the attack itself never does."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from carreau.attack.findings import Finding
from carreau.attack.knowledge import whole_of
from carreau.errors import BadInput
from carreau.places.grid import cell_ids

Answer = tuple[bool | None, int | None]
KEY = ("cell_crs", "cell_north", "cell_east")
BIRTHS = pl.col("births")
PERSONS = BIRTHS.list.len().cast(pl.Int64)
SURFACE = pl.when(PERSONS <= 1).then(9).otherwise((16 + 9 * (PERSONS - 2)).clip(upper_bound=70))
"""Square metres below which a home is over-occupied (R822-25 CCH)."""
SIMPLE = {
    "households": pl.col("home_id").is_not_null(),
    "persons": PERSONS,
    "one_person": PERSONS == 1,
    "lone_parents": pl.col("kind") == "lone_parent",
    "five_persons": PERSONS >= 5,
    "poor": pl.col("poor"),
    "housing_benefit": pl.col("housing_benefit"),
    "over_occupied": pl.col("surface") < SURFACE,
    "under_occupied": pl.col("rooms") > PERSONS + 1,
}
DATED: Mapping[str, Callable[[date], pl.Expr]] = {
    "children": lambda day: BIRTHS.list.slice(1).list.eval(_end(pl.element(), 18) > day).list.sum(),
    "aged_65": lambda day: BIRTHS.list.eval(_end(pl.element(), 65) <= day).list.sum(),
    "ten_years": lambda day: _end(pl.col("moved_in"), 10) <= day,
    "entrants": lambda day: _end(pl.col("moved_in"), 2) > day,
}


def checked(findings: Sequence[Finding], folder: Path) -> list[Answer]:
    """For each finding whether it is true, and the true number; None, None where the territory does not tell.

    A part of a cell cannot be counted, nor an income, nor a trait that is unknown of some household of the region or
    takes a table of ceilings or thresholds: the attack shares no code with what it attacks.

    Raises BadInput when the folder is not a territory with homes and households.
    """
    truth = _Truth(folder)
    return [truth.of(finding) for finding in findings]


class _Truth:
    """The homes and households of a territory, read once and only when asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        homes = _table(folder, "homes").filter(pl.col("cell_crs").is_not_null())
        self.homes = homes.with_columns(cell=cell_ids(*(pl.col(name) for name in KEY)))
        self.people: pl.DataFrame | None = None

    def of(self, finding: Finding) -> Answer:
        """Whether a finding is true, and the true number."""
        if finding.part or finding.kind == "income":
            return None, None
        inside = pl.col("cell").is_in(list(finding.cells))
        if finding.count == "homes":
            true: int | None = self.homes.filter(inside).height
        else:
            if self.people is None:
                people = _table(self.folder, "households").filter(pl.col("tenure") == "social")
                self.people = people.drop(KEY, strict=False).join(self.homes, on="home_id")
            true = self._number(self.people.filter(inside), finding)
        return (None, None) if true is None else (finding.low <= true <= finding.high, true)

    def _number(self, people: pl.DataFrame, finding: Finding) -> int | None:
        """How many of some households, or of their persons, have the trait, or have it not; None if not known."""
        parts = {finding.quantity: 1}
        if finding.kind == "everybody":
            parts = {**whole_of(finding.quantity, "households"), finding.quantity: -1}
        total = 0
        for name, times in parts.items():
            values = self._values(people, name)
            if values is None or values.null_count():
                return None
            total += times * int(values.cast(pl.Int64).sum())
        return total

    def _values(self, people: pl.DataFrame, name: str) -> pl.Series | None:
        """A trait of each household, a number or a truth value; None where nothing here tells it."""
        try:
            if name in DATED:
                return people.select(DATED[name](_day(self.folder))).to_series()
            return people.select(SIMPLE[name]).to_series() if name in SIMPLE else None
        except pl.exceptions.ColumnNotFoundError:
            return None


def _end(start: pl.Expr, years: int) -> pl.Expr:
    """The day so many years after another."""
    return start.dt.offset_by(f"{years}y")


def _day(folder: Path) -> date:
    """The day that the territory describes."""
    file = folder / "territory.json"
    try:
        return date.fromisoformat(json.loads(file.read_text(encoding="utf-8"))["reference_date"])
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInput("does not say its reference date", file=file) from None


def _table(folder: Path, name: str) -> pl.DataFrame:
    file = folder / f"{name}.parquet"
    try:
        return pl.read_parquet(file)
    except FileNotFoundError:
        raise BadInput("is not there; give the true territory", file=file) from None
    except pl.exceptions.PolarsError as error:
        raise BadInput(f"cannot be read: {error}", file=file) from None
