"""Regions of which the numbers tell that nobody, or everybody, has a trait, but for at most one household."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, eye_array, kron

from carreau.attack.findings import BAND, Finding
from carreau.attack.ground import Core, Ground, cores
from carreau.attack.knowledge import MEANS, PERSONS, TOTALS, whole_of
from carreau.attack.narrowing import POOR
from carreau.attack.published import Floats, Table
from carreau.attack.systems import (
    NEAR,
    InfeasibleError,
    System,
    UnfinishedError,
    one_sided_region,
    quantities_of,
    spoken_of,
    sums_of,
    system,
)
from carreau.errors import BadInput

PIECES_AT_ONCE = 16
"""The largest part of the ground whose regions are all searched by linear programming."""
PIECES_ONE_BY_ONE = 1_500
"""The largest part whose pieces are bounded one by one, when each of them follows by subtraction."""
ZONES_AT_ONCE = 20_000
NO_LIMIT = 1e7


def alone(ground: Ground, searched: Counter[str]) -> list[Finding]:
    """What each zone tells of itself: its intervals, narrowed by what everybody knows of the indicators.

    Raises BadInput when a zone contradicts itself.
    """
    found = []
    for number, table in enumerate(ground.tables):
        searched["zones of " + table.name] += len(table.zones)
        for trait in spoken_of(table):
            for everybody in (False, True):
                doubtful = np.flatnonzero(_doubtful(table, trait, everybody=everybody))
                for start in range(0, len(doubtful), ZONES_AT_ONCE):
                    some = doubtful[start : start + ZONES_AT_ONCE]
                    for zone, most in _one_sided(table, some, trait, everybody=everybody):
                        pieces = ground.pieces_of[ground.first[number] + zone]
                        zones = [ground.first[number] + zone]
                        found.append(_finding(ground, pieces, zones, trait, everybody, (0, most), "told"))
    return found


def _doubtful(table: Table, trait: str, *, everybody: bool) -> npt.NDArray[np.bool_]:
    """Zones of three or more that are not told to have somebody with the trait, or without."""
    people = table.base[0]
    low, high = _told(table, trait)
    if not everybody:
        return (people >= BAND) & (low <= 0)
    parts = whole_of(trait, table.count).items()
    whole = sum(times * _told(table, name)[int(times < 0)] for name, times in parts)
    return (people >= BAND) & (high >= whole)


def _told(table: Table, quantity: str) -> tuple[Floats, Floats]:
    size = len(table.zones)
    return table.told.get(quantity, (np.zeros(size), np.full(size, np.inf)))


def _one_sided(table: Table, zones: npt.NDArray[np.int64], trait: str, *, everybody: bool) -> list[tuple[int, float]]:
    """The zones where perhaps nobody, and at most one, has a trait or lacks it, and how many at most."""
    most = _ends(table, zones, trait, everybody=everybody, greatest=True)
    few = zones[most < BAND - 1]
    if not len(few):
        return []
    least = _ends(table, few, trait, everybody=everybody, greatest=False)
    return [
        (int(zone), float(end)) for zone, end, low in zip(few, most[most < BAND - 1], least, strict=True) if low <= 0
    ]


def _ends(table: Table, zones: npt.NDArray[np.int64], trait: str, *, everybody: bool, greatest: bool) -> Floats:
    """The greatest, or least, number of households (or persons) of each zone with a trait, or without.

    One program for all: the zones share nothing, so that the best sum is the sum of the best. Zones of which the same
    is told are one.
    """
    from scipy.optimize import linprog  # here, because it loads all of SciPy's optimisation

    names = quantities_of(table.count, trait)
    told = np.array([np.minimum([low[zones], high[zones]], NO_LIMIT) for low, high in (_told(table, n) for n in names)])
    different, place = np.unique(told.reshape(-1, len(zones)), axis=1, return_inverse=True)
    size = different.shape[1]
    bounds = different.reshape(len(names), 2, size).transpose(0, 2, 1).reshape(-1, 2)
    sums = np.array([[relation.get(name, 0) for name in names] for relation in sums_of(names)], float)
    matrix = csr_array(kron(sums, eye_array(size)))
    taken = np.array([float(name == trait) for name in names])
    if everybody:
        whole = whole_of(trait, table.count)
        taken = np.array([float(whole.get(name, 0)) for name in names]) - taken
    row = np.repeat(taken, size)
    sign = -1 if greatest else 1
    done = linprog(sign * row, A_ub=matrix, b_ub=np.zeros(matrix.shape[0]), bounds=bounds, method="highs")
    if done.x is None:
        raise BadInput(f"the numbers of a zone contradict each other in {table.name}")
    ends = (row * done.x).reshape(len(names), -1).sum(axis=0)[place.reshape(-1)]
    return np.floor(ends + NEAR) if greatest else np.ceil(ends - NEAR)


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
    asked = system(ground, core.pieces, core.zones, quantities_of(ground.tables[0].count, trait))
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


def _both_sides(low: float, high: float, people: float) -> bool:
    """Whether two at least have the trait and two have not."""
    return low >= BAND - 1 and high <= people - (BAND - 1)


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
    # what is told of the trait alone says it, or it takes the other numbers of the zones
    count = ground.tables[0].count
    told = [ground.told(zone, trait) for zone in zones]
    whole = ground.told(zones[0], count)[0] if trait not in TOTALS else np.inf
    enough = len(zones) == 1 and (whole - told[0][0] if everybody else told[0][1]) <= bounds[1]
    names = [trait] if enough else [*quantities_of(count, trait), *(MEANS if trait == POOR else ())]
    terms = tuple(term for zone in zones for term in (ground.term(zone, 1, name) for name in names) if term.high >= 0)
    kind = "everybody" if everybody else "nobody"
    counted = PERSONS if trait in TOTALS else count
    return Finding(kind, way, trait, int(bounds[0]), int(bounds[1]), cells, terms, part, counted)
