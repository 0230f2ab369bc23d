"""Regions of 1 to 10 that follow from tables of two dates, if nobody moved in between."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product

import polars as pl

from carreau.attack.cuts import ContradictionError, small_cut
from carreau.attack.findings import SMALL, Finding
from carreau.attack.ground import Core, Ground, cores, lay
from carreau.attack.published import Floats, Table

ZONES_AT_ONCE = 12
"""Where one table has at most so many zones in a core, every set of them is tried."""

Region = tuple[list[int], dict[int, int], tuple[int, int]]


def moved(older: Table, newer: Table, searched: Counter[str], skipped: Counter[str]) -> list[Finding]:
    """The differences of two tables of two dates, as if nobody had moved: who knows the moves knows the region.

    Zones of the same cells at both dates tell a change, not a region. Because people do move, the numbers need not fit
    together, and no cut is sought where they do not.
    """
    ground, found = lay([older, newer]), []
    for core in cores(ground):
        upper, lower = ([zone for zone in core.zones if ground.table_of(zone) == table] for table in (0, 1))
        if len(core.pieces) == 1:
            continue
        try:
            region = _region(ground, core, upper, lower)
            searched["cores of two dates"] += 1
        except ContradictionError:
            skipped["cores of two dates too large to try every set of zones"] += 1
            continue
        if region is not None:
            pieces, total, number = region
            cells, part = ground.region(pieces)
            found.append(Finding("small", "moved", older.count, *number, cells, ground.terms(total), part,
                                 older.count))  # fmt: skip
    return found


def as_before(newer: Table, older: Sequence[Table]) -> Table:
    """A table with the earlier number of each zone that an earlier table told too, of the same cells.

    Its change is published; as if nobody had moved, it is none. What else follows is then a region of one of the dates,
    or one that only the zones that changed tell.
    """
    low, high = (end.copy() for end in newer.base)
    mine = _by_cells(newer)
    for table in older:
        theirs = _by_cells(table)
        for cells in mine.keys() & theirs.keys():
            low[mine[cells]], high[mine[cells]] = (end[theirs[cells]] for end in table.base)
    return replace(newer, told={**newer.told, newer.count: (low, high)})


def _by_cells(table: Table) -> dict[str, int]:
    """The zones by their cells, without those that share one."""
    alone = table.cells.with_columns(alone=pl.len().over("cell") == 1).filter(pl.col("zone") >= 0)
    held = alone.group_by("zone").agg(pl.col("cell").sort().str.join(" "), pl.col("alone").all())
    return dict(held.filter("alone").select("cell", "zone").iter_rows())


def _region(ground: Ground, core: Core, upper: list[int], lower: list[int]) -> Region | None:
    if min(len(upper), len(lower)) <= ZONES_AT_ONCE:
        return _tried(ground, *sorted((upper, lower), key=len))
    if not all(ground.exact(zone) for zone in core.zones):
        raise ContradictionError
    cut = small_cut(ground, core, (0, 1))
    return cut and (cut[0], cut[1], (cut[2], cut[2]))


def _tried(ground: Ground, few: list[int], many: list[int]) -> Region | None:
    """Every set of zones of a table: the zones of the other that it meets without it, and it without those within."""
    mine = {zone: set(ground.pieces_of[zone]) for zone in (*few, *many)}
    for chosen in _sets(few):
        held = set().union(*(mine[zone] for zone in chosen))
        met = [zone for zone in many if mine[zone] & held]
        within = [zone for zone in met if mine[zone] <= held]
        over, inside = (set().union(*(mine[zone] for zone in zones)) for zones in (met, within))
        outward = (met, chosen, over - held) if held <= over else (met, [], set())
        for more, less, region in (outward, (chosen, within, held - inside)):
            low = _sum(ground.low, more) - _sum(ground.high, less)
            high = _sum(ground.high, more) - _sum(ground.low, less)
            if region and less and low >= 1 and high <= SMALL:
                return sorted(region), dict.fromkeys(more, 1) | dict.fromkeys(less, -1), (int(low), int(high))
    return _part_of_one(ground, few, many, mine)


def _part_of_one(ground: Ground, few: list[int], many: list[int], mine: dict[int, set[int]]) -> Region | None:
    """One zone of a table less one of the other that lies in it, whatever else does."""
    for large, small in [*product(few, many), *product(many, few)]:
        low, high = ground.low[large] - ground.high[small], ground.high[large] - ground.low[small]
        if mine[small] < mine[large] and low >= 1 and high <= SMALL:
            return sorted(mine[large] - mine[small]), {large: 1, small: -1}, (int(low), int(high))
    return None


def _sets(zones: list[int]) -> Iterator[tuple[int, ...]]:
    for size in range(1, len(zones) + 1):
        yield from combinations(zones, size)


def _sum(numbers: Floats, zones: Sequence[int]) -> float:
    return float(numbers[list(zones)].sum())
