"""The small regions that follow from units and zones told together, each as the zones that it follows from."""

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from carreau.release.zones.bounds import tight_rows
from carreau.release.zones.cuts import Arcs, Cut, small_cuts
from carreau.release.zones.pieces import NONE, Ints
from carreau.release.zones.rows import Peeled, Truths, alike, derivation, less_whole_units, peel, without_sums

PIECES_AT_ONCE = 1_500
"""The largest part where three tables or more overlap that is solved by linear programs."""


def derivable(
    zones: Ints, people: Ints, firsts: Ints, threshold: int, safe: set[bytes] | None = None
) -> list[Ints]:  # fmt: skip
    """For each small region found, the zones of which one has to go; nothing follows where there are none.

    `zones[piece, table]` numbers zones from 0 through all tables (-1: none, or not told); those of table t begin at
    `firsts[t]`, and table 0, the units, never goes. Pieces where three tables or more overlap beyond
    `PIECES_AT_ONCE` count as such a region too: what nobody can search is not told. `safe` remembers the parts that
    programs have found nothing in, from one call to the next.
    """
    safe = set() if safe is None else safe
    zones, people = alike(zones, people)
    zones, people = alike(less_whole_units(without_sums(zones)), people)
    if not len(zones):
        return []
    units = int(firsts[1])
    known = Known(zones, peel(zones, people), units)
    small = (known.peeled.round != NONE) & (people > 0) & (people < threshold)
    found = [known.behind_piece(piece) for piece in np.flatnonzero(small).tolist()]
    left = known.peeled.round == NONE
    zones, people = zones[left], people[left]
    part = _parts(zones)
    tables = _tables_of(zones, part)
    two = (tables.sum(axis=1) <= 2)[part]
    found += _cut_regions(zones[two], people[two], part[two], tables, known, threshold)
    for number in np.flatnonzero(tables.sum(axis=1) > 2):
        mine = part == number
        if mine.sum() > PIECES_AT_ONCE:
            found += _meetings(zones[mine])
        elif (seen := zones[mine].tobytes() + people[mine].tobytes()) not in safe:
            tight = tight_rows(zones[mine], people[mine], threshold)
            found += [known.may_go(rows) for rows in tight]
            safe.update(() if tight else (seen,))
    return found


@dataclass(frozen=True, eq=False)
class Known:
    """What follows by subtraction, and the zones behind it; zones from `units` on may go."""

    zones: Ints
    peeled: Peeled
    units: int

    def may_go(self, rows: Ints) -> Ints:
        """The zones among some rows; if there are none, those that what is known of the rows' pieces follows from."""
        told = rows[rows >= self.units]
        if len(told):
            return told
        behind = [self.behind_piece(p) for row in rows for p in self.pieces_of[row] if self.peeled.round[p] != NONE]
        return np.unique(np.concatenate(behind))

    def behind_piece(self, piece: int) -> Ints:
        """The zones that a known piece follows from."""
        rows = derivation(piece, self.peeled, self.pieces_of)
        return np.array(sorted(row for row in rows if row >= self.units), np.int64)

    @cached_property
    def pieces_of(self) -> dict[int, Ints]:
        """The pieces of each row."""
        pieces, tables = np.nonzero(self.zones != NONE)
        rows = self.zones[pieces, tables]
        order = np.argsort(rows, kind="stable")
        names, starts = np.unique(rows[order], return_index=True)
        return dict(zip(names.tolist(), np.split(pieces[order], starts[1:]), strict=True))


def _parts(zones: Ints) -> Ints:
    """The part of each piece: parts share no row."""
    pieces, tables = np.nonzero(zones != NONE)
    size = len(zones) + int(zones.max(initial=NONE)) + 1
    links = csr_array((np.ones(len(pieces), np.int8), (pieces, len(zones) + zones[pieces, tables])), shape=(size, size))
    labels = connected_components(links, directed=False)[1][: len(zones)]
    return np.unique(labels, return_inverse=True)[1]


def _tables_of(zones: Ints, part: Ints) -> Truths:
    """By part and table whether it has rows there."""
    has = np.zeros((int(part.max(initial=NONE)) + 1, zones.shape[1]), np.bool_)
    pieces, tables = np.nonzero(zones != NONE)
    has[part[pieces], tables] = True
    return has


def _cut_regions(
    zones: Ints, people: Ints, part: Ints, tables: Truths, known: Known, threshold: int
) -> list[Ints]:  # fmt: skip
    if not len(zones):
        return []
    place = np.arange(len(zones))
    elsewhere = int(zones.max()) + 1 + part
    first, last = tables.argmax(axis=1)[part], tables.shape[1] - 1 - tables[:, ::-1].argmax(axis=1)[part]
    ends = [zones[place, first], np.where(first == last, NONE, zones[place, last])]
    tail, head = (np.where(end == NONE, elsewhere, end) for end in ends)
    nodes, numbers = np.unique(np.append(tail, head), return_inverse=True)
    arcs = Arcs(numbers[: len(zones)], numbers[len(zones) :], people, len(nodes))
    root = {int(node): place for place, node in enumerate(nodes) if node > zones.max()}
    zone = np.where(nodes > zones.max(), NONE, nodes)
    return [
        known.may_go(_rows_of_cut(arcs, cut, zone, root.get(int(elsewhere[cut.crossing[0]])), known.units))
        for cut in small_cuts(arcs, threshold)
    ]


def _rows_of_cut(arcs: Arcs, cut: Cut, zone: Ints, root: int | None, units: int) -> Ints:
    """The zones nearest to a region that a cut is counted from, on the sides without "elsewhere"; else the units."""
    mine = np.ones(len(zone), np.bool_) if root is None else cut.side != cut.side[root]
    mine &= zone != NONE
    beside = np.unique(np.append(arcs.tail[cut.crossing], arcs.head[cut.crossing]))
    while True:
        rows = zone[beside[mine[beside]]]
        if (rows >= units).any():
            return rows
        touched = np.isin(arcs.tail, beside) | np.isin(arcs.head, beside)
        wider = np.unique(np.append(arcs.tail[touched], arcs.head[touched]))
        if len(wider) == len(beside):
            return rows
        beside = wider


def _meetings(zones: Ints) -> list[Ints]:
    """The pairs of zones of two tables other than the grid that share a piece, or a unit, of a part too large."""
    pairs: set[tuple[int, int]] = set()
    by_unit: dict[int, set[int]] = {}
    for unit, *others in zones.tolist():
        told = {zone for zone in others if zone != NONE}
        pairs.update(combinations(sorted(told), 2))
        if unit != NONE:
            by_unit.setdefault(unit, set()).update(told)
    table = {zone: number for number, column in enumerate(zones.T.tolist()) for zone in column}
    for told in by_unit.values():
        pairs.update((one, two) for one, two in combinations(sorted(told), 2) if table[one] != table[two])
    return [np.array(pair, np.int64) for pair in sorted(pairs)]
