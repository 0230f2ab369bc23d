"""The small regions that follow from units and zones told together, each as the zones that it follows from."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from os import cpu_count

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from carreau.release.zones.bounds import tight_rows
from carreau.release.zones.cuts import Arcs, Cut, small_cuts
from carreau.release.zones.pieces import NONE, Ints
from carreau.release.zones.rows import Members, Peeled, Truths, alike, derivation, less_whole_units, peel, without_sums

PIECES_AT_ONCE = 1_500
"""The largest part where three tables or more overlap that is solved by linear programs."""


def derivable(
    zones: Ints, people: Ints, firsts: Ints, threshold: int, part_of_zone: Ints | None = None,
    safe: set[bytes] | None = None,
) -> list[Ints]:  # fmt: skip
    """For each small region found, the zones of which one has to go; nothing follows where there are none.

    `zones[piece, table]` numbers zones from 0 through all tables (-1: none, or not told); those of table t begin at
    `firsts[t]`, and table 0, the units, never goes. Pieces where three tables or more overlap beyond
    `PIECES_AT_ONCE` count as such a region too: what nobody can search is not told.

    Zones of different parts (`part_of_zone`) share no piece: where something follows without a program, none is asked.
    `safe` remembers what programs have found nothing in, from one call to the next.
    """
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
    part = parts_of(zones)
    tables = _tables_of(zones, part)
    two = (tables.sum(axis=1) <= 2)[part]
    found += _cut_regions(zones[two], people[two], part[two], tables, known, threshold)
    asked = ~two
    if part_of_zone is not None and found:
        asked &= ~np.isin(part_of_zone[zones.max(axis=1)], part_of_zone[np.concatenate(found)])
    search = _Programs(zones[asked], people[asked], part[asked], known, threshold)
    return found + search.regions(set() if safe is None else safe)


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
    def pieces_of(self) -> Members:
        """The pieces of each row."""
        return Members.of(self.zones)


def parts_of(zones: Ints) -> Ints:
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


@dataclass(frozen=True, eq=False)
class _Programs:
    """Pieces by parts where three tables or more overlap, which takes linear programs."""

    zones: Ints
    people: Ints
    part: Ints
    known: Known
    threshold: int

    def regions(self, safe: set[bytes]) -> list[Ints]:
        """The zones that may go; parts that nothing is found in are `safe` from then on. Small parts are put together,
        since a program for each would take longer; the solver lets other threads go on."""
        numbers, sizes = np.unique(self.part, return_counts=True)
        found = [pair for part in numbers[sizes > PIECES_AT_ONCE] for pair in _meetings(self.zones[self.part == part])]
        order = np.argsort(self.part, kind="stable")
        pieces_of = np.split(order, np.cumsum(sizes)[:-1]) if len(sizes) else []
        waiting = {self._key(mine): mine for mine in pieces_of if len(mine) <= PIECES_AT_ONCE}
        waiting = {key: mine for key, mine in waiting.items() if key not in safe}
        at = np.cumsum([0, *map(len, waiting.values())])[:-1] // PIECES_AT_ONCE
        batches = [
            [own for own, place in zip(waiting.values(), at, strict=True) if place == batch] for batch in np.unique(at)
        ]
        with ThreadPoolExecutor(cpu_count()) as pool:
            proofs = list(pool.map(self._tight, batches))
        for mine, tight in zip(batches, proofs, strict=True):
            rows = np.concatenate([*tight, np.zeros(0, np.int64)])
            safe.update(self._key(own) for own in mine if not np.isin(self.zones[own], rows).any())
            found += [self.known.may_go(proof) for proof in tight]
        return found

    def _tight(self, parts: list[Ints]) -> list[Ints]:
        some = np.concatenate(parts)
        return tight_rows(self.zones[some], self.people[some], self.part[some], self.threshold)

    def _key(self, pieces: Ints) -> bytes:
        return self.zones[pieces].tobytes() + self.people[pieces].tobytes()


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
