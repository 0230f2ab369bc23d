"""Releases written by hand, as any producer could publish them, and an attack that looks at every region."""

import json
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
from scipy.optimize import linprog

from carreau.attack.published import Table

Rows = Sequence[Mapping[str, object]]


def cell(number: int) -> str:
    """The name of one of the cells of a row from west to east."""
    return f"CRS3035RES200mN2000000E{3_200_000 + 200 * number}"


def publish(
    folder: Path, units: Rows, cells: Mapping[str, Sequence[int]], *, date: str = "2026-01-01", method: str = "by hand"
) -> Path:
    """Write a release: `units` are rows of units.csv, `cells` the numbers of the cells of each."""
    folder.mkdir(parents=True, exist_ok=True)
    page = {"count": "households", "reference_date": date, "method": method}
    page["rules"] = [{"rule": "living_standard_step", "value": 100}]  # type: ignore[assignment]
    (folder / "release.json").write_text(json.dumps(page), encoding="utf-8")
    pl.DataFrame(units).write_csv(folder / "units.csv")
    pairs = [{"cell_id": cell(n), "unit_id": unit} for unit, numbers in cells.items() for n in numbers]
    pl.DataFrame(pairs).write_csv(folder / "cells.csv")
    return folder


def beside(
    folder: Path, name: str, zones: Rows, cells: Mapping[str, Sequence[int]], partial: Sequence[int] = ()
) -> None:
    """Write a table of zones beside a release; the cells in `partial` have homes outside every zone too."""
    (folder / "zones").mkdir(exist_ok=True)
    pl.DataFrame(zones).write_csv(folder / "zones" / f"{name}.csv")
    pairs = [
        {"cell_id": cell(n), "zone": zone, "whole": str(n not in partial).lower()}
        for zone, numbers in cells.items()
        for n in numbers
    ]
    pl.DataFrame(pairs).write_csv(folder / "zones" / f"{name}_cells.csv")


def table(labels: Sequence[int], counts: Sequence[int], name: str, *, step: int = 1) -> Table:
    """The totals of zones of cells (a label of -1: in none), rounded down to a step, which the table admits."""
    zones = sorted({label for label in labels if label >= 0})
    totals = np.array([sum(n for n, own in zip(counts, labels, strict=True) if own == zone) for zone in zones], float)
    low = totals // step * step
    placed = [(cell(n), zones.index(own)) for n, own in enumerate(labels) if own >= 0]
    return Table(
        name, "households", "2026-01-01", tuple(f"{name}{zone}" for zone in zones),
        {"households": (low, low + step - 1)},
        pl.DataFrame(placed, schema={"cell": pl.String, "zone": pl.Int64}, orient="row"),
    )  # fmt: skip


def pieces_of(tables: Sequence[Table]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which zones (rows) hold which pieces (columns), and the ends of what is told of each zone."""
    names = sorted({name for one in tables for name in one.cells["cell"]})
    where = [dict(one.cells.iter_rows()) for one in tables]
    kinds = sorted({tuple(own.get(name, -1) for own in where) for name in names})
    rows = [
        [float(kind[number] == zone) for kind in kinds]
        for number, one in enumerate(tables)
        for zone in range(len(one.zones))
    ]
    return np.array(rows), np.concatenate([t.base[0] for t in tables]), np.concatenate([t.base[1] for t in tables])


def sums_by_hand(tables: Sequence[Table]) -> list[tuple[int, ...]]:
    """Every set of pieces whose number is a sum of exact totals, times anything, and is 1 to 10."""
    rows, told, _ = pieces_of(tables)
    size = rows.shape[1]
    regions = (np.arange(1, 2**size)[:, None] >> np.arange(size)) & 1
    back = np.linalg.pinv(rows)
    fits = np.abs(regions @ back @ rows - regions).max(axis=1) < 1e-9
    number = np.rint(regions @ back @ told)
    return [tuple(np.flatnonzero(r).tolist()) for r in regions[fits & (number >= 1) & (number <= 10)]]


def bounds_by_hand(tables: Sequence[Table]) -> list[tuple[int, ...]]:
    """Every set of pieces whose least and greatest number, each by a linear program, are 1 to 10."""
    rows, low, high = pieces_of(tables)
    matrix, most, size = np.vstack([rows, -rows]), np.concatenate([high, -low]), rows.shape[1]
    found = []
    for count in range(1, size + 1):
        for chosen in combinations(range(size), count):
            aim = np.zeros(size)
            aim[list(chosen)] = 1
            least = linprog(aim, A_ub=matrix, b_ub=most)
            greatest = linprog(-aim, A_ub=matrix, b_ub=most)
            if greatest.status == 0 and np.ceil(least.fun - 1e-6) >= 1 and np.floor(-greatest.fun + 1e-6) <= 10:
                found.append(chosen)
    return found
