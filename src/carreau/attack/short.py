"""What tables tell, without what other tables tell already: whole zones, and parts of zones."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from carreau.attack.ground import Ground
from carreau.attack.published import Table

Ints = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]


def without_sums(tables: Sequence[Table]) -> tuple[list[Table], int]:
    """Leave out zones that are whole zones of the first table and tell no more than those do together; how many.

    A table with no other zone goes.
    """
    grid, *others = tables
    left, count = [grid], 0
    for table in others:
        told = _sums(grid, table)
        count += len(told)
        if len(told) < len(table.zones):
            left.append(_without(table, told) if len(told) else table)
    return left, count


def _sums(grid: Table, table: Table) -> Ints:
    """The zones that only sum those of a grid."""
    if not set(table.told) <= set(grid.told):
        return np.zeros(0, np.int64)
    own = table.cells.with_columns(alone=pl.len().over("cell") == 1)
    under = grid.cells.select("cell", unit="zone", sole=pl.len().over("cell") == 1, cells=pl.len().over("zone"))
    placed = own.join(under, on="cell", how="left").with_columns(
        inside=pl.len().over("zone", "unit") == pl.col("cells"), fits=pl.col("alone") & pl.col("sole")
    )
    whole = (pl.col("inside") & pl.col("fits") & (pl.col("unit") >= 0)).fill_null(value=False).all().over("zone")
    pairs = placed.filter(whole & (pl.col("zone") >= 0)).select("zone", "unit").unique()
    zone, unit = (pairs[name].to_numpy() for name in ("zone", "unit"))
    implied = np.bincount(zone, minlength=len(table.zones)) > 0
    for name, (low, high) in table.told.items():
        least, most = (np.bincount(zone, end[unit], len(table.zones)) for end in grid.told[name])
        implied &= (low <= least) & (high >= most)
    return np.flatnonzero(implied)


def _without(table: Table, gone: Ints) -> Table:
    return table.only(np.setdiff1d(np.arange(len(table.zones)), gone).tolist())


def short(ground: Ground) -> Ground:
    """The same ground, where zones that are sums of exact zones of one other table are told nothing of any more.

    What is left is taken without the exact zones of the first table that lie wholly in it: it then speaks only of those
    that it cuts, and falls into more and smaller parts. What follows is the same: rows are added to rows.
    """
    size = len(ground.tables)
    zones = np.full((len(ground.zones_of), size), -1)
    for piece, own in enumerate(ground.zones_of):
        for zone in own:
            zones[piece, ground.table_of(zone)] = zone
    exact = np.append(ground.low == ground.high, False)
    gone: set[int] = set()
    for table in reversed(range(size)):
        for other in range(size):
            if other != table:
                summed = _summed(zones[:, table], np.where(exact[zones[:, other]], zones[:, other], -1), exact)
                gone.update(summed.tolist())
                zones[np.isin(zones[:, table], summed), table] = -1
    taken: dict[int, list[int]] = {}
    low, high = ground.low.copy(), ground.high.copy()
    for table in range(1, size):
        units = np.where(exact[zones[:, 0]], zones[:, 0], -1)
        inside = _within(units, zones[:, table])
        pairs = np.unique(np.stack([zones[inside, table], units[inside]]), axis=1)
        for zone, unit in pairs.T.tolist():
            taken.setdefault(zone, []).append(unit)
        for end in (low, high):
            np.subtract.at(end, pairs[0], ground.low[pairs[1]])
        zones[inside, table] = -1
    low[list(gone)] = high[list(gone)] = 0
    return _of(ground, zones, low, high, taken)


def _within(small: Ints, large: Ints) -> Truths:
    """The pieces whose zone of one table lies wholly in a zone of another."""
    size = int(small.max(initial=-1)) + 2
    least, most = np.full(size, np.iinfo(np.int64).max), np.full(size, -2)
    np.minimum.at(least, small, large)
    np.maximum.at(most, small, large)
    return (small >= 0) & (large >= 0) & (least == most)[small]


def _summed(zones: Ints, others: Ints, exact: Truths) -> Ints:
    inside = _within(others, zones)
    mine = np.unique(zones[(zones >= 0) & exact[zones]])
    return np.setdiff1d(mine, zones[~inside])


def _of(ground: Ground, zones: Ints, low: npt.NDArray[np.float64], high: npt.NDArray[np.float64],
        taken: dict[int, list[int]]) -> Ground:  # fmt: skip
    pieces_of: list[list[int]] = [[] for _ in ground.pieces_of]
    zones_of = [[zone for zone in row if zone >= 0] for row in zones.tolist()]
    for piece, own in enumerate(zones_of):
        for zone in own:
            pieces_of[zone].append(piece)
    return Ground(
        ground.tables, ground.first, zones_of, pieces_of, ground.cells, low, high, taken=taken, whole=ground
    )  # fmt: skip
