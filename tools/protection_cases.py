"""The cases of tests/spec/release: a small territory each, released with a protection and without, and attacked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import yaml

from carreau.attack.findings import Attack
from carreau.attack.published import read
from carreau.attack.searching import attack
from carreau.release.exports import write
from carreau.release.gate import Release, protect
from carreau.release.indicators import BANDS, chosen
from carreau.release.keeping import divide
from carreau.release.partition.drawn import CELL_KEY
from carreau.release.partition.finest import finest
from carreau.release.previous import Former, read_former
from carreau.release.rules import Rules, references

SPEC = Path(__file__).parents[1] / "tests" / "spec" / "release" / "protections.yaml"
CELL = 200
NORTH, EAST = 2_000_000, 3_200_000
DAY, EARLIER = "2026-01-01", "2025-01-01"


@dataclass(frozen=True)
class Case:
    """A territory and what is expected: `without` the protection a finding, with all of them `told`, by cell.

    With a `zoning`, `zones` says how each zone is told beside the units. With `earlier` households there is a release
    of them too, a year before, with every protection.
    """

    protection: str
    case: str
    source: str
    map: tuple[str, ...]
    indicators: str
    households: tuple[Mapping[str, Any], ...]
    without: Mapping[str, Any]
    told: Mapping[str, Mapping[str, Any]]
    zoning: str = ""
    zones: Mapping[str, str] = field(default_factory=dict)
    earlier: tuple[Mapping[str, Any], ...] = ()

    @property
    def corners(self) -> dict[str, tuple[int, int]]:
        """North and east of each cell, by its letter."""
        rows = reversed(list(enumerate(reversed(self.map))))
        return {
            letter: (NORTH + CELL * row, EAST + CELL * column)
            for row, line in rows
            for column, letter in enumerate(line)
            if letter != "."
        }

    def cell_id(self, letter: str) -> str:
        """The name of a cell."""
        north, east = self.corners[letter]
        return f"CRS3035RES200mN{north}E{east}"


def cases() -> list[Case]:
    """Every case, in the order of the file."""
    entries = yaml.safe_load(SPEC.read_text(encoding="utf-8"))
    return [
        Case(**{name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()})
        for entry in entries
    ]


def released(case: Case, *, without: bool) -> list[Release]:
    """The releases of a case by the finest units, the last with every protection or without that of the case."""
    rules = Rules.of("households")
    last = replace(rules, off=frozenset({case.protection})) if without else rules
    if not case.earlier:
        return [_released(case, case.households, DAY, last)]
    first = _released(case, case.earlier, EARLIER, rules)
    with TemporaryDirectory() as folder:
        (written,) = _written([first], Path(folder))
        former = read_former([written], method="finest", count="households", day=DAY)
    return [first, _released(case, case.households, DAY, last, former)]


def _released(
    case: Case, households: Sequence[Mapping[str, Any]], day: str, rules: Rules, former: Sequence[Former] = ()
) -> Release:
    rows = _rows(case, households)
    bases = rows.group_by(CELL_KEY).len("base").with_columns(commune=pl.lit("44109"), side=pl.lit(""))
    facts = {
        "territory": case.case, "reference_date": day, "method": "finest", "count": "households",
        "threshold": rules.least, "synthetic": True, "licence": None, "sources": [], "rules": references("households"),
    }  # fmt: skip
    return protect(
        rows.drop("zone"), divide(bases, rules, former, finest), indicators=chosen(case.indicators), rules=rules,
        facts=facts, former=former,
        belonging=rows.select("home_id", *CELL_KEY, pl.col("zone").alias(case.zoning)) if case.zoning else None,
    )  # fmt: skip


def attacked(releases: Sequence[Release]) -> Attack:
    """What the attack finds in the files of releases of different dates, all together."""
    with TemporaryDirectory() as folder:
        return attack([table for one in _written(releases, Path(folder)) for table in read(one)])


def _written(releases: Sequence[Release], folder: Path) -> list[Path]:
    """The folder of each release, called `release` within one of its date."""
    places = [folder / release.facts["reference_date"] / "release" for release in releases]
    for release, place in zip(releases, places, strict=True):
        write(release, place)
    return places


def unit_of(release: Release, cell_id: str) -> dict[str, Any]:
    """The row of the unit that a cell is in."""
    unit = release.cells.filter(pl.col("cell_id") == cell_id)["unit_id"].item()
    return release.units.row(by_predicate=pl.col("unit_id") == unit, named=True)


def told_of(release: Release, cell_id: str, name: str) -> Any:
    """What is told of a number in the unit of a cell: itself, an interval as a list, or nothing."""
    row = unit_of(release, cell_id)
    if name in row:
        return row[name]
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return low if low == high else [low, high]


def _rows(case: Case, households: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """One row a household, with the columns of `located.located_households` that the case speaks of."""
    rows = []
    named = {name for group in case.households for name in group} - {"cell", "number", "persons", "band", "zone"}
    for place, group in enumerate(households):
        north, east = case.corners[group["cell"]]
        persons = group["persons"]
        row = dict(zip(CELL_KEY, (3035, north, east), strict=True)) | {
            "persons": persons, "children": group.get("children", 0), "aged_65": group.get("aged_65", 0),
            "one_person": persons == 1, "five_persons": persons >= 5,
        }  # fmt: skip
        row |= {name: group.get(name, False) for name in named - {"children", "aged_65"}}
        if "band" in group:
            row |= {name: name == f"ceiling_{group['band']}" for name in BANDS}
        row["zone"] = group.get("zone")
        rows += [row | {"home_id": f"{place}-{number}"} for number in range(group["number"])]
    return pl.DataFrame(rows, schema_overrides={"zone": pl.String}).with_columns(pl.col(CELL_KEY).cast(pl.Int32))
