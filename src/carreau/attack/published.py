"""The published tables of a release, read from its files: zones made of 200 m cells, and what is told of each.

A release is a folder with `release.json`, `units.csv` and `cells.csv`. Beside them `zones/` may hold other tables:
`zones/NAME.csv` has `zone` and the columns that are told, `zones/NAME_cells.csv` says where the zones are: `cell_id`
or `unit_id`, and `zone`, one row for each pair that shares homes. Its column `whole`, which may be left out, is false
where homes of the cell are in no zone of the table. A number is told as `households`, or, banded or rounded, as
`households_low` and `households_high`, both ends included; an empty field tells nothing. `zones/NAME_told.csv` says
how each zone is told, in no numbers of people, and is not read.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from carreau.attack.knowledge import COUNTS
from carreau.attack.knowledge import NOT_TRAITS as NOT_TRAITS
from carreau.errors import BadInput

Floats = npt.NDArray[np.float64]
SQUARES = ("natural", "quadtree")
"""The methods of which units are squares, whatever homes are in them."""
PLACE = {"unit_id", "zone", "crs", "size", "north", "east", "cells", "as_of", "changed"}


@dataclass(frozen=True, eq=False)
class Table:
    """Zones that share no home, and what is told of each.

    `told`: by quantity the least and the greatest number of each zone (no limit where nothing is told). `cells`: `cell`
    (text), `zone` (its number in `zones`, or -1 for a part of a cell in none). `units`: the squares of a grid, else
    None. `step`: what a mean is rounded to. `zoning`: what the zones are, as the file is called.
    `limits`: those that living standards were brought back to, where the release tells them (`winsor_limits`).
    `edition`: how many releases it says it follows; of one date, a later edition corrects an earlier one.
    `as_of`: the day, and perhaps edition, that each zone's numbers are of, where they may be older than the table's;
    `changed`: how many households it says came or went since. `empty`: the cells of zones without homes, as `cells`.
    `changes`: the same by zone and day of an earlier row.
    """

    name: str
    count: str
    date: str
    zones: tuple[str, ...]
    told: Mapping[str, tuple[Floats, Floats]]
    cells: pl.DataFrame
    method: str | None = None
    units: pl.DataFrame | None = None
    step: int = 1
    zoning: str = ""
    limits: tuple[float, float] = (0.0, np.inf)
    edition: int = 0
    as_of: tuple[str, ...] = ()
    changed: Floats | None = None
    empty: pl.DataFrame | None = None
    changes: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @cached_property
    def places(self) -> list[tuple[str, ...]]:
        """The cells of each zone, those without homes too."""
        every = [one.select("cell", "zone") for one in (self.cells, self.empty) if one is not None]
        held = pl.concat(every).filter(pl.col("zone") >= 0).group_by("zone").agg(pl.col("cell").unique().sort())
        found = dict(held.iter_rows())
        return [tuple(found.get(zone, ())) for zone in range(len(self.zones))]

    @property
    def grounds(self) -> list[tuple[str, ...]]:
        """What tells whether two zones are the same ground: the square that one is, else the cells."""
        return [(zone,) for zone in self.zones] if self.method in SQUARES else self.places

    def only(self, kept: Sequence[int], **other: Any) -> "Table":
        """The table with some of its zones alone, in that order."""
        numbers = pl.DataFrame(
            {"zone": kept, "number": range(len(kept))}, schema={"zone": pl.Int64, "number": pl.Int64}
        )

        def placed(cells: pl.DataFrame) -> pl.DataFrame:
            found = cells.join(numbers, on="zone", how="left", maintain_order="left")
            return found.select("cell", zone=pl.col("number").fill_null(-1)).unique(maintain_order=True)

        order = np.array(kept, np.int64)
        return replace(
            self,
            zones=tuple(self.zones[zone] for zone in kept),
            told={name: (low[order], high[order]) for name, (low, high) in self.told.items()},
            cells=placed(self.cells),
            units=None if self.units is None else self.units[order],
            as_of=tuple(self.as_of[zone] for zone in kept) if self.as_of else (),
            changed=None if self.changed is None else self.changed[order],
            empty=None if self.empty is None else placed(self.empty),
            **other,
        )

    @property
    def base(self) -> tuple[Floats, Floats]:
        """The least and the greatest number of what is counted, by zone."""
        return self.told[self.count]

    @property
    def traits(self) -> tuple[str, ...]:
        """The counts of households with a trait: sensitive, all of them, whatever the release says."""
        return tuple(name for name in self.told if name not in NOT_TRAITS)


def read(folder: Path) -> list[Table]:
    """The grid of a release and the tables in its folder `zones`.

    Raises BadInput when a file is missing or is not what the contract says.
    """
    about = _page(folder / "release.json")
    count = about.get("count")
    if count not in COUNTS:
        raise BadInput(f"counts {count!r}; expected {' or '.join(COUNTS)}", file=folder / "release.json")
    units, cells = _csv(folder / "units.csv", ["unit_id"]), _csv(folder / "cells.csv", ["cell_id", "unit_id"])
    date = str(about.get("reference_date", ""))
    steps = [rule["value"] for rule in about.get("rules", []) if rule.get("rule") == "living_standard_step"]
    grid = Table(
        name=f"{folder.name} {date}".strip(), count=count, date=date, zones=tuple(units["unit_id"]),
        told=_told(units, count, folder / "units.csv"),
        cells=_numbered(cells, "unit_id", units["unit_id"], folder / "cells.csv"), method=about.get("method"),
        units=units if {"crs", "size", "north", "east"} <= set(units.columns) else None, step=int((steps or [1])[0]),
        limits=_limits(about), edition=len(about.get("previous") or ()), as_of=_as_of(units),
        changed=_changed(units, folder / "units.csv"),
        empty=_empty(folder / "bridges.csv", units), changes=_changes(folder / "changes.csv"),
    )  # fmt: skip
    return [grid, *_others(folder, grid, cells)]


def _as_of(rows: pl.DataFrame) -> tuple[str, ...]:
    return tuple(rows["as_of"]) if "as_of" in rows.columns else ()


def _changed(rows: pl.DataFrame, file: Path) -> Floats | None:
    return _numbers(rows, "changed", 0, file) if "changed" in rows.columns else None


def _changes(file: Path) -> dict[tuple[str, str], int]:
    if not file.exists():
        return {}
    table = _csv(file, ["unit_id", "since", "households"])
    numbers = _numbers(table, "households", 0, file).astype(np.int64).tolist()
    return dict(zip(zip(table["unit_id"], table["since"], strict=True), numbers, strict=True))


def _empty(file: Path, units: pl.DataFrame) -> pl.DataFrame | None:
    if not file.exists():
        return None
    return _numbered(_csv(file, ["cell_id", "unit_id"]), "unit_id", units["unit_id"], file)


def _limits(about: dict[str, Any]) -> tuple[float, float]:
    low, high = about.get("winsor_limits") or (0.0, np.inf)
    return float(low), float(high)


def _others(folder: Path, grid: Table, cells: pl.DataFrame) -> list[Table]:
    found = []
    for file in sorted((folder / "zones").glob("*.csv")):
        if file.name.endswith(("_cells.csv", "_told.csv")):
            continue
        where = file.with_name(f"{file.stem}_cells.csv")
        zones, places = _csv(file, ["zone"]), _csv(where, ["zone"])
        if "cell_id" not in places.columns:
            if "unit_id" not in places.columns:
                raise BadInput("has neither cell_id nor unit_id", file=where)
            places = places.join(cells, on="unit_id")
        found.append(
            Table(
                name=f"{file.stem} {grid.date}".strip(), count=grid.count, date=grid.date, zones=tuple(zones["zone"]),
                told=_told(zones, grid.count, file), step=grid.step,
                cells=_numbered(places, "zone", zones["zone"], where), zoning=file.stem, limits=grid.limits,
                edition=grid.edition, as_of=_as_of(zones), changed=_changed(zones, file),
            )
        )  # fmt: skip
    return found


def _page(file: Path) -> dict[str, Any]:
    try:
        page = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise BadInput("is not there; give the folder of a release", file=file) from None
    except ValueError:
        raise BadInput("is not JSON", file=file) from None
    if not isinstance(page, dict):
        raise BadInput("does not describe a release", file=file)
    return page


def _csv(file: Path, wanted: list[str]) -> pl.DataFrame:
    try:
        table = pl.read_csv(file, infer_schema=False)
    except FileNotFoundError:
        raise BadInput("is not there", file=file) from None
    except pl.exceptions.PolarsError as error:
        raise BadInput(f"cannot be read as CSV: {error}", file=file) from None
    for column in wanted:
        if column not in table.columns:
            raise BadInput("is missing", file=file, column=column)
    if wanted[0] in ("unit_id", "zone") and len(wanted) == 1 and not file.name.endswith("_cells.csv"):
        again = table[wanted[0]].is_duplicated()
        if again.any():
            raise BadInput("the same zone twice", file=file, row=int(again.arg_max() or 0) + 2, column=wanted[0])
    return table


def _told(table: pl.DataFrame, count: str, file: Path) -> dict[str, tuple[Floats, Floats]]:
    told = {}
    for column in table.columns:
        name = column.removesuffix("_low")
        if column in PLACE or (column.endswith("_high") and f"{column.removesuffix('_high')}_low" in table.columns):
            continue
        if name == column:
            low, high = _numbers(table, column, 0, file), _numbers(table, column, np.inf, file)
        else:
            low, high = _numbers(table, column, 0, file), _numbers(table, f"{name}_high", np.inf, file)
        if (low > high).any():
            raise BadInput("an interval ends before it starts", file=file, row=int((low > high).argmax()) + 2,
                           column=column)  # fmt: skip
        told[name] = (low, high)
    if count not in told:
        raise BadInput("is missing", file=file, column=count)
    return told


def _numbers(table: pl.DataFrame, column: str, empty: float, file: Path) -> Floats:
    if column not in table.columns:
        raise BadInput("is missing", file=file, column=column)
    text = table[column].replace("", None)
    values = text.cast(pl.Float64, strict=False)
    wrong = values.is_null() & text.is_not_null()
    if wrong.any() or (values < 0).any():
        row = int((wrong | (values < 0).fill_null(value=False)).arg_max() or 0)
        raise BadInput(f"{table[column][row]!r} is not a number of 0 or more", file=file, row=row + 2, column=column)
    return values.fill_null(empty).to_numpy().astype(np.float64)


def _numbered(cells: pl.DataFrame, column: str, zones: pl.Series, file: Path) -> pl.DataFrame:
    names = pl.DataFrame({column: zones, "number": np.arange(len(zones), dtype=np.int64)})
    placed = cells.join(names, on=column, how="left", maintain_order="left")
    if placed["number"].has_nulls():
        row = int(placed["number"].is_null().arg_max() or 0)
        raise BadInput(f"{placed[column][row]!r} is no zone of its table", file=file, row=row + 2, column=column)
    inside = placed.select(cell="cell_id", zone="number").unique(maintain_order=True)
    if "whole" not in cells.columns:
        return inside
    partial = placed.filter(pl.col("whole").str.to_lowercase().is_in(["false", "0"]))
    return pl.concat([inside, partial.select(cell="cell_id", zone=pl.lit(-1, pl.Int64)).unique(maintain_order=True)])
