"""Regions of which the numbers tell that nobody, or everybody, has a trait, but for at most one household."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import block_diag, csr_array

from carreau.attack.findings import BAND, Finding
from carreau.attack.ground import Core, Ground, cores
from carreau.attack.systems import (
    InfeasibleError,
    System,
    UnfinishedError,
    one_sided_region,
    quantities_told,
    spoken_of,
    system,
)
from carreau.errors import BadInput

PIECES_AT_ONCE = 16
"""The largest part of the ground whose regions are all searched by linear programming."""
PIECES_ONE_BY_ONE = 1_500
"""The largest part whose pieces are bounded one by one, when each of them follows by subtraction."""
ZONES_AT_ONCE = 2_000


def alone(ground: Ground, searched: Counter[str]) -> list[Finding]:
    """What each zone tells of itself: its intervals, narrowed by what everybody knows of the indicators.

    Raises BadInput when a zone contradicts itself.
    """
    found = []
    for number, table in enumerate(ground.tables):
        zones = range(ground.first[number], ground.first[number] + len(table.zones))
        searched["zones of " + table.name] += len(table.zones)
        for trait in spoken_of(table):
            doubtful = _doubtful(ground, zones, trait)
            for start in range(0, len(doubtful), ZONES_AT_ONCE):
                found += _bounded(ground, doubtful[start : start + ZONES_AT_ONCE], trait)
    return found


def _doubtful(ground: Ground, zones: Sequence[int], trait: str) -> list[int]:
    """Zones that are not already told to have two households with the trait and two without, and hold three or more."""
    count, found = ground.tables[0].count, []
    for zone in zones:
        people = ground.told(zone, count)[0]
        if people >= BAND and not _both_sides(*ground.told(zone, trait), people):
            found.append(zone)
    return found


def _both_sides(low: float, high: float, people: float) -> bool:
    """Whether two at least have the trait and two have not."""
    return low >= BAND - 1 and high <= people - (BAND - 1)


def _bounded(ground: Ground, zones: list[int], trait: str) -> list[Finding]:
    if not zones:
        return []
    names = quantities_told(ground, zones)
    # one unknown a zone and quantity, as if each zone were one piece
    blocks = [_one_piece(ground, zone, names) for zone in zones]
    matrix = csr_array(block_diag([block.matrix for block in blocks]))
    most = np.concatenate([block.most for block in blocks])
    found = []
    for everybody in (False, True):
        row = np.tile(blocks[0].objective(trait, [0], without=everybody), len(zones))
        ends = []
        for sign in (1, -1):
            done = linprog(-sign * row, A_ub=matrix, b_ub=most, bounds=(0, 1e7), method="highs")
            if done.status == 2:
                raise BadInput(f"the numbers of a zone contradict each other in {ground.tables[0].name}")
            ends.append((row * done.x).reshape(len(zones), -1).sum(axis=1))
        least, greatest = np.ceil(ends[1] - 1e-5), np.floor(ends[0] + 1e-5)
        sided = np.flatnonzero((least <= 0) & (greatest < BAND - 1)).tolist()
        found += [
            _finding(ground, ground.pieces_of[zones[n]], [zones[n]], trait, everybody, (0, greatest[n]), "told")
            for n in sided
        ]
    return found


def _one_piece(ground: Ground, zone: int, names: Sequence[str]) -> System:
    return system(ground, ground.pieces_of[zone][:1], [zone], names)


def together(ground: Ground, searched: Counter[str], skipped: Counter[str]) -> list[Finding]:
    """What several tables tell of traits together, where a trait is told by two of them or more.

    A trait that one table alone tells of zones that share nothing is bounded in `alone`: within a zone its households
    may live in any of its pieces, so that a difference of tables that do not tell it narrows nothing further.
    """
    found = []
    for core in cores(ground, whole=True):
        tables = [ground.tables[number] for number in sorted({ground.table_of(zone) for zone in core.zones})]
        told = Counter(trait for table in tables for trait in spoken_of(table))
        for trait in (trait for trait, times in told.items() if times > 1):
            try:
                found += _core(ground, core, trait, searched, skipped)
            except InfeasibleError:
                raise BadInput(f"what the tables tell of {trait} contradicts itself") from None
            except UnfinishedError:
                skipped[f"parts where the search on {trait} did not end"] += 1
    return found


def _core(ground: Ground, core: Core, trait: str, searched: Counter[str], skipped: Counter[str]) -> list[Finding]:
    known = [piece for piece in core.pieces if piece in ground.known]
    few = len(core.pieces) <= PIECES_AT_ONCE
    if not few and (len(known) < len(core.pieces) or len(known) > PIECES_ONE_BY_ONE):
        skipped[f"parts too large to bound {trait} in several tables"] += 1
        return []
    searched[f"parts where {trait} is told by several tables"] += 1
    asked = system(ground, core.pieces, core.zones, quantities_told(ground, core.zones))
    found = []
    for everybody in (False, True):
        if few:
            region = one_sided_region(asked, trait, everybody=everybody)
            regions = [region] if region else []
        else:
            regions = _each_known(ground, asked, core, trait, everybody=everybody)
        for places, bounds in regions:
            pieces = [core.pieces[place] for place in places]
            found.append(_finding(ground, pieces, core.zones, trait, everybody, bounds, "linear"))
    return found


def _each_known(
    ground: Ground, asked: System, core: Core, trait: str, *, everybody: bool
) -> list[tuple[list[int], tuple[float, float]]]:
    """Pieces bounded one by one. Where every piece follows, a region is one-sided only if each of its pieces is."""
    found = []
    for place, piece in enumerate(core.pieces):
        number = ground.known[piece][0]
        zones = ground.zones_of[piece]
        sure = any(len(ground.pieces_of[z]) == 1 and _both_sides(*ground.told(z, trait), number) for z in zones)
        if number < BAND or sure:
            continue
        bounds = asked.interval(asked.objective(trait, [place], without=everybody))
        if bounds[0] <= 0 and bounds[1] < BAND - 1:
            found.append(([place], bounds))
    return found


def _finding(
    ground: Ground, pieces: Sequence[int], zones: Sequence[int], trait: str, everybody: bool,
    bounds: tuple[float, float], way: str,
) -> Finding:  # fmt: skip
    cells, part = ground.region(pieces)
    terms = tuple(ground.term(zone, 1, trait) for zone in zones)
    kind = "everybody" if everybody else "nobody"
    return Finding(kind, way, trait, int(bounds[0]), int(bounds[1]), cells, terms, part, ground.tables[0].count)
