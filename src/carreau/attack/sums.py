"""Regions of 1 to 10 that follow from tables of one date: told as they are, by signed sums, by linear bounds."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from carreau.attack.cuts import ContradictionError, small_cut
from carreau.attack.findings import SMALL, Finding
from carreau.attack.ground import Core, Ground, Sum, add, cores, independent
from carreau.attack.rooms import without_room
from carreau.attack.systems import InfeasibleError, UnfinishedError, small_region, system
from carreau.errors import BadInput

PIECES_AT_ONCE = 40
"""How many pieces that cannot hold 11 are searched for regions by one program."""
PIECES_BOUNDED = 6_000
"""The largest core whose pieces are asked whether they can."""


def told(ground: Ground) -> list[Finding]:
    """The zones that hold 1 to 10 themselves."""
    small = np.flatnonzero((ground.low >= 1) & (ground.high <= SMALL)).tolist()
    return [_finding(ground, "told", ground.pieces_of[z], {z: 1}, (ground.low[z], ground.high[z])) for z in small]


def follow(ground: Ground, searched: Counter[str], skipped: Counter[str]) -> list[Finding]:
    """What follows from several tables. `ground` is peeled. What was searched, and what was not, is counted.

    Raises BadInput when the tables contradict each other.
    """
    found = []
    for piece, (number, total) in ground.known.items():
        if 1 <= number <= SMALL and sum(abs(times) for times in ground.full(total).values()) > 1:
            found.append(_finding(ground, "signed_sum", [piece], total, (number, number)))
    searched["pieces that follow by subtraction"] += len(ground.known)
    for core in cores(ground):
        try:
            one = _core(ground, core, searched, skipped)
        except (ContradictionError, InfeasibleError):
            names = ", ".join(ground.tables[t].name for t in _tables(ground, core.zones))
            raise BadInput(f"the tables contradict each other: {names}") from None
        found += [one] if one else []
    return found


def _core(ground: Ground, core: Core, searched: Counter[str], skipped: Counter[str]) -> Finding | None:
    zones = independent(ground, core)
    tables = _tables(ground, zones)
    exact = [zone for zone in zones if ground.exact(zone)]
    for pair in combinations(_tables(ground, exact), 2):
        if len(_tables(ground, exact)) == 2 or len(core.pieces) > PIECES_AT_ONCE:
            cut = small_cut(ground, _only(core, exact), pair)
            if cut is not None:
                pieces, total, number = cut
                return _finding(ground, "signed_sum", pieces, _with_known(ground, total), (number, number))
    if len(tables) <= 2 and len(exact) == len(zones):
        searched["cores of two exact tables"] += 1
        return None
    try:
        return _linear(ground, core, zones, searched, skipped)
    except UnfinishedError:
        skipped["cores where linear programming did not end"] += 1
        return None


def _linear(
    ground: Ground, core: Core, zones: Sequence[int], searched: Counter[str], skipped: Counter[str]
) -> Finding | None:
    count = ground.tables[0].count
    if len(core.pieces) > PIECES_BOUNDED:
        skipped["cores of several or inexact tables too large for linear programming"] += 1
        return None
    asked = system(ground, core.pieces, zones, (count,), core)
    among = without_room(asked)
    searched["cores by linear programming"] += 1
    if asked.interval(asked.objective(count, among))[0] <= 0:  # perhaps nobody is there
        return None
    if len(among) > PIECES_AT_ONCE:
        skipped["cores with too many pieces that cannot hold 11"] += 1
        return None
    region = small_region(asked, among)
    if region is None:
        return None
    places, bounds = region
    return _finding(ground, "linear", [core.pieces[place] for place in places], dict.fromkeys(zones, 1), bounds)


def _only(core: Core, zones: Sequence[int]) -> Core:
    return Core(core.pieces, tuple(zones), core.low, core.high)


def _tables(ground: Ground, zones: Sequence[int]) -> list[int]:
    return sorted({ground.table_of(zone) for zone in zones})


def _with_known(ground: Ground, total: Sum) -> Sum:
    """The sum of whole zones that a sum of what is left of them is."""
    whole: Sum = {}
    for zone, sign in total.items():
        whole[zone] = whole.get(zone, 0) + sign
        for piece in ground.pieces_of[zone]:
            if piece in ground.known:
                add(whole, ground.known[piece][1], -sign)
    return {zone: times for zone, times in whole.items() if times}


def _finding(ground: Ground, way: str, pieces: Sequence[int], total: Sum, bounds: tuple[float, float]) -> Finding:
    cells, part = ground.region(pieces)
    count = ground.tables[0].count
    return Finding("small", way, count, int(bounds[0]), int(bounds[1]), cells, ground.terms(total), part, count)
