"""Were the claims of an attack true? Only a holder of the true territory can say; the attack itself never does."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from carreau.attack.findings import Finding
from carreau.attack.knowledge import whole_of
from carreau.errors import BadInput
from carreau.places.grid import cell_ids
from carreau.register.territory import Territory
from carreau.rules.bands import ceiling_shares
from carreau.rules.composition import months_since, younger
from carreau.rules.occupancy.cases import over_occupied, under_occupied

Answer = tuple[bool | None, int | None]
KEY = ("cell_crs", "cell_north", "cell_east")
BIRTHS, NONE = pl.col("births"), pl.lit(None, pl.Int32)
PERSONS = BIRTHS.list.len().cast(pl.Int64)
SIMPLE = {
    "households": pl.col("home_id").is_not_null(),
    "persons": PERSONS,
    "one_person": PERSONS == 1,
    "lone_parents": pl.col("kind") == "lone_parent",
    "five_persons": PERSONS >= 5,
    "poor": pl.col("poor"),
    "housing_benefit": pl.col("housing_benefit"),
}
DATED: Mapping[str, Callable[[date], pl.Expr]] = {
    "children": lambda day: BIRTHS.list.slice(1).list.eval(younger(pl.element(), 18, day)).list.sum(),
    "aged_65": lambda day: BIRTHS.list.eval(~younger(pl.element(), 65, day)).list.sum(),
    "ten_years": lambda day: months_since(pl.col("moved_in"), day) >= 120,
    "entrants": lambda day: months_since(pl.col("moved_in"), day) < 24,
    "over_occupied": lambda day: over_occupied(PERSONS, pl.col("surface"), day),
    "under_occupied": lambda day: under_occupied(PERSONS, NONE, pl.col("rooms"), NONE, day),
}


def checked(findings: Sequence[Finding], folder: Path) -> list[Answer]:
    """For each finding whether it is true, and the true number; None, None where the territory does not tell.

    A part of a cell cannot be counted, nor an income, nor a trait that is unknown of some household of the region.

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
            if name.startswith("ceiling_"):
                return _ceiling(people, name, Territory.open(self.folder).reference_date)
            if name in SIMPLE:
                return people.select(SIMPLE[name]).to_series()
            if name in DATED:
                return people.select(DATED[name](Territory.open(self.folder).reference_date)).to_series()
        except (BadInput, pl.exceptions.ColumnNotFoundError):  # a column or a rule of that day is lacking
            return None
        return None


def _ceiling(people: pl.DataFrame, name: str, day: date) -> pl.Series:
    """Whether each household is in a band of the PLUS ceiling, or under its limit, by the band's name."""
    shares = ceiling_shares(people, day)
    first, _, second = name.removeprefix("ceiling_").partition("_")
    if first == "over":
        return shares >= int(second)
    return shares < int(second) if first == "under" else (shares >= int(first)) & (shares < int(second))


def _table(folder: Path, name: str) -> pl.DataFrame:
    file = folder / f"{name}.parquet"
    try:
        return pl.read_parquet(file)
    except FileNotFoundError:
        raise BadInput("is not there; give the true territory", file=file) from None
    except pl.exceptions.PolarsError as error:
        raise BadInput(f"cannot be read: {error}", file=file) from None
