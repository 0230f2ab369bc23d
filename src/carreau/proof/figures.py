"""The figures of a proof: each follows from the published files and the open register, so they tell nothing new."""

import json
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import carreau
from carreau.attack.findings import Attack
from carreau.attack.published import Table
from carreau.proof.code import code_sha256
from carreau.proof.drawing import cells_of

FORMAT = 1
SAID = (
    "territory", "reference_date", "count", "method", "threshold", "synthetic", "licence", "sources", "rules",
    "left_out", "digest",
)  # fmt: skip
RERUN = "carreau map attack . --register TERRITORY"


def figures(folder: Path, tables: Sequence[Table], result: Attack, homes: pl.DataFrame | None) -> dict[str, Any]:
    """What the proof says of the release in `folder`, whose tables `result` attacked; `homes` is the open register.

    `told` counts the numbers of the units that are told exactly, as an interval or not at all, by indicator; `merged`
    the units of several cells; `in_no_unit` the cells with homes that are in no unit (None without the register). No
    number of people or homes that the files do not tell is in it: see docs/decisions/proof.md.
    """
    page = json.loads((folder / "release.json").read_text(encoding="utf-8"))
    grid = tables[0]
    sizes = unit_cells(folder)
    return {
        "format": FORMAT,
        **{name: page[name] for name in SAID if name in page},
        "counts": _counts(folder, grid, sizes),
        "merged": {
            "rule": f"threshold_{grid.count}",
            "units": int((sizes["cells"] > 1).sum()),
            "cells": int(sizes.filter(pl.col("cells") > 1)["cells"].sum()),
        },
        "told": told(grid, {str(one["name"]) for one in page["columns"] if one.get("sensitive")}),
        "in_no_unit": _in_no_unit(grid, homes),
        "utility": {name: page[name] for name in ("share_at_200m", "exact_values_share")} | {"zones": _zones(folder)},
        "attack": {
            "verdict": result.verdict,
            "tables": [table.name for table in tables],
            "register": homes is not None,
            "searched": dict(result.searched),
            "not_searched": dict(result.not_searched),
        },
        "code": {"version": carreau.__version__, "sha256": code_sha256()},
        "rerun": RERUN,
    }


def unit_cells(folder: Path) -> pl.DataFrame:
    """How many 200 m cells each published unit is made of, bridges included: `unit_id`, `cells`."""
    units = pl.read_parquet(folder / "units.parquet")
    return units.select("unit_id", cells_of(units))


def told(table: Table, sensitive: AbstractSet[str]) -> list[dict[str, Any]]:
    """How many zones tell each indicator exactly, as an interval or not at all; and whether it is sensitive."""
    ways = []
    for name, (low, high) in table.told.items():
        withheld, exact = int(np.isinf(high).sum()), int((low == high).sum())
        interval = len(low) - withheld - exact
        ways.append({"indicator": name, "exact": exact, "interval": interval, "withheld": withheld,
                     "sensitive": bool({name, f"{name}_low"} & sensitive)})  # fmt: skip
    return ways


def _counts(folder: Path, grid: Table, sizes: pl.DataFrame) -> dict[str, int]:
    bridges = folder / "bridges.csv"
    return {
        "units": sizes.height,
        grid.count: int(grid.base[0].sum()),
        "cells": grid.cells.height,
        "bridges": pl.read_csv(bridges).height if bridges.exists() else 0,
    }


def _zones(folder: Path) -> dict[str, dict[str, int]]:
    """For each zoning how many zones are told exactly, over whole units or not, and the homes on the other side."""
    found = {}
    for file in sorted((folder / "zones").glob("*_told.csv")):
        table = pl.read_csv(file, schema_overrides={"zone": pl.String, "told": pl.String})
        ways = {way: int((table["told"] == way).sum()) for way in ("exact", "units", "withheld")}
        found[file.name.removesuffix("_told.csv")] = ways | {"homes_moved": int(table["homes_moved"].sum())}
    return found


def _in_no_unit(grid: Table, homes: pl.DataFrame | None) -> dict[str, Any] | None:
    if homes is None:
        return None
    return {"rule": f"threshold_{grid.count}", "cells": homes.join(grid.cells, on="cell", how="anti").height}
