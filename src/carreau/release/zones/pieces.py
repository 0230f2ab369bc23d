"""The pieces that units and zones cut the homes into, with who lives in each: private, for the gate alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

Ints = npt.NDArray[np.int64]
NONE = -1


@dataclass(frozen=True, eq=False)
class Pieces:
    """Every combination of a unit and zones that has homes, let or vacant: whoever reads the open register knows them.

    `zones[piece, table]` is the number of its zone in a table, or -1; table 0 is the grid, the others are `zonings` in
    their order. `labels[table]` has the names of the zones. `people` is what is counted, `homes` is open.
    """

    zonings: tuple[str, ...]
    labels: tuple[pl.Series, ...]
    zones: Ints
    people: Ints
    homes: Ints

    def sums(self, table: int, what: Ints) -> Ints:
        """The sum of `people` or `homes` over the zones of a table."""
        column = self.zones[:, table]
        inside = column != NONE
        weights = np.bincount(column[inside], what[inside], len(self.labels[table]))
        return np.rint(weights).astype(np.int64)


def cut(homes: pl.DataFrame, zonings: Sequence[str]) -> Pieces:
    """The pieces of `homes` (how many) alike: `unit_id` (null: in no published unit), each zoning, and `n` people."""
    columns = ("unit_id", *zonings)
    grouped = homes.group_by(columns).agg(pl.col("n", "homes").sum()).sort(columns, nulls_last=True)
    labels = tuple(grouped[name].drop_nulls().unique().sort().cast(pl.String) for name in columns)
    numbers = [
        (grouped[name].rank("dense").cast(pl.Int64) - 1).fill_null(NONE).to_numpy() for name in columns
    ]  # fmt: skip
    return Pieces(
        tuple(zonings), labels, np.stack(numbers, axis=1),
        grouped["n"].cast(pl.Int64).to_numpy(), grouped["homes"].cast(pl.Int64).to_numpy(),
    )  # fmt: skip


def mostly(pieces: Pieces, table: int) -> Ints:
    """The zone of a table that most homes of each unit are in; -1 when that is none. The first zone among equals."""
    placed = pieces.zones[:, 0] != NONE
    units, zones, homes = pieces.zones[placed, 0], pieces.zones[placed, table], pieces.homes[placed]
    counted = (
        pl.DataFrame({"unit": units, "zone": zones, "homes": homes})
        .group_by("unit", "zone")
        .agg(pl.col("homes").sum())
        .with_columns(none=pl.col("zone") == NONE)
        .sort("unit", "homes", "none", "zone", descending=[False, True, False, False])
        .unique("unit", keep="first", maintain_order=True)
    )
    found = np.full(len(pieces.labels[0]), NONE, np.int64)
    found[counted["unit"].to_numpy()] = counted["zone"].to_numpy()
    return found


def moved(pieces: Pieces, table: int, most: Ints) -> Ints:
    """How many homes of each zone are on the wrong side when it is told over the units mostly in it (`mostly`)."""
    unit, zone = pieces.zones[:, 0], pieces.zones[:, table]
    over = np.append(most, NONE)[unit]  # the last one is for whoever is in no unit
    wrong = over != zone
    size = len(pieces.labels[table])
    lost = np.zeros(size, np.int64)
    for side in (over, zone):
        mine = wrong & (side != NONE)
        lost += np.rint(np.bincount(side[mine], pieces.homes[mine], size)).astype(np.int64)
    return lost
