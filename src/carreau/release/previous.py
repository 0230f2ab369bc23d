"""Earlier releases as everybody has them: their units, where they are, and the zones told exactly beside them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from carreau.errors import BadInput
from carreau.places.grid import parse_cell_ids
from carreau.release.partition.drawn import CELL_KEY

CHANGES = pl.Schema({"unit_id": pl.String(), "since": pl.String(), "households": pl.Int32()})
"""How many households came or went between an earlier row of a unit, `since` its day, and the row that is told."""


@dataclass(frozen=True, eq=False)
class Former:
    """A published release: `rows`, the units as they were told, with `as_of`; `cells` and `bridges` (`CELL_KEY`,
    `unit_id`), `zones`: by zoning the `cell_id` and `zone` of the zones told exactly, `exact` their rows.

    `edition`: how many releases it follows. `changes`: how many households came or went since earlier rows of a unit.
    """

    date: str
    edition: int
    count: str
    method: str
    digest: str
    rows: pl.DataFrame
    cells: pl.DataFrame
    bridges: pl.DataFrame
    zones: Mapping[str, pl.DataFrame]
    exact: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    changes: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CHANGES))

    @property
    def squares(self) -> bool:
        """Whether its units are squares."""
        return self.method != "finest"


def read_former(folders: Sequence[Path], *, method: str, count: str, day: str) -> list[Former]:
    """Earlier releases, the latest first; one of the same date is an earlier edition, which this one corrects.

    Raises BadInput when a folder is no release, counts something else, was drawn in another way, or is of a later date.
    """
    found = [_read(folder) for folder in folders]
    for folder, one in zip(folders, found, strict=True):
        for what, own, asked in (("counts", one.count, count), ("was drawn as", one.method, method)):
            if own != asked:
                raise BadInput(f"{what} {own}, not {asked}: two such releases are not kept apart", file=folder)
        if one.date > day:
            raise BadInput(f"is of {one.date}, later than {day}: a release follows those before it", file=folder)
    return sorted(found, key=lambda one: (one.date, one.edition), reverse=True)


def _read(folder: Path) -> Former:
    try:
        page: dict[str, Any] = json.loads((folder / "release.json").read_text(encoding="utf-8"))
        rows = pl.read_csv(folder / "units.csv", schema_overrides=TEXT)
        cells = _placed(folder / "cells.csv")
        bridges = _placed(folder / "bridges.csv") if (folder / "bridges.csv").exists() else cells.clear()
        zones = {
            file.stem.removesuffix("_cells"): pl.read_csv(file, infer_schema=False).select("cell_id", "zone")
            for file in sorted((folder / "zones").glob("*_cells.csv"))
            if not file.stem.endswith("_units_cells")
        }
        date, count = str(page["reference_date"]), str(page["count"])
        exact = {
            name: _dated(pl.read_csv(folder / "zones" / f"{name}.csv", schema_overrides=TEXT), date) for name in zones
        }
        rows = _dated(rows, date)
        return Former(
            date, len(page.get("previous") or ()), count, str(page["method"]), str(page["digest"]),
            rows.with_columns(pl.col(c).cast(pl.Int32) for c in (*PLACE, count)), cells, bridges, zones,
            {name: table.with_columns(pl.col(count).cast(pl.Int32)) for name, table in exact.items()},
            _changes(folder / "changes.csv"),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError) as error:
        raise BadInput(f"is not the folder of a release: {error}", file=folder) from None


def _dated(rows: pl.DataFrame, day: str) -> pl.DataFrame:
    """With `as_of`: releases had none before rows could stay."""
    return rows if AS_OF in rows.columns else rows.with_columns(pl.lit(day).alias(AS_OF))


def _changes(file: Path) -> pl.DataFrame:
    return pl.read_csv(file, schema=CHANGES) if file.exists() else pl.DataFrame(schema=CHANGES)


PLACE = ("crs", "size", "north", "east")
AS_OF = "as_of"
TEXT = {"unit_id": pl.String, "zone": pl.String, AS_OF: pl.String}


def _placed(file: Path) -> pl.DataFrame:
    named = pl.read_csv(file, infer_schema=False)
    return parse_cell_ids(named["cell_id"]).select(CELL_KEY).with_columns(unit_id=named["unit_id"])
