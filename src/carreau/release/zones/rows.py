"""What is told, as sums over pieces: one row a zone. Rows are made shorter by what others tell already.

`zones[piece, table]` is here the number of a row (all tables numbered together) or -1, `people[piece]` who lives there.
A row told by others loses nothing when it goes, and a row less another is as good as the row: what follows is the same.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from carreau.release.zones.pieces import NONE, Ints

Truths = npt.NDArray[np.bool_]


def alike(zones: Ints, people: Ints) -> tuple[Ints, Ints]:
    """Take pieces of the same zones together: nothing tells one from the other. Pieces in no zone go."""
    inside = (zones != NONE).any(axis=1)
    zones, people = zones[inside], people[inside]
    order = np.lexsort(zones.T[::-1])
    zones, people = zones[order], people[order]
    starts = np.flatnonzero(np.append([True], (zones[1:] != zones[:-1]).any(axis=1)))[: len(zones)]
    return zones[starts], np.add.reduceat(people, starts) if len(starts) else people


def without_sums(zones: Ints) -> Ints:
    """Leave out the zones that are, piece for piece, a sum of zones of another table."""
    zones = zones.copy()
    for table in reversed(range(zones.shape[1])):
        for other in range(zones.shape[1]):
            if other != table:
                inside = zones[:, table] != NONE
                summed = ~_any(zones[:, table], inside & ~_within(zones, other, table))
                zones[inside & summed[zones[:, table]], table] = NONE
    return zones


def less_whole_units(zones: Ints) -> Ints:
    """Take off every zone the units that are wholly in it: what is left speaks of the units that it cuts."""
    zones = zones.copy()
    for table in range(1, zones.shape[1]):
        zones[_within(zones, 0, table), table] = NONE
    return zones


def _within(zones: Ints, small: int, large: int) -> Truths:
    """The pieces whose zone of one table lies wholly in a zone of another."""
    own, over = zones[:, small], zones[:, large]
    size = int(own.max(initial=NONE)) + 2  # the last place is for pieces in no zone
    low, high = np.full(size, np.iinfo(np.int64).max), np.full(size, np.iinfo(np.int64).min)
    np.minimum.at(low, own, over)
    np.maximum.at(high, own, over)
    return (own != NONE) & (over != NONE) & (low == high)[own]


def _any(rows: Ints, holds: Truths) -> Truths:
    """For each row whether something holds in one of its pieces; the last place is for no row."""
    found = np.zeros(int(rows.max(initial=NONE)) + 2, np.bool_)
    found[rows[holds]] = True
    return found


@dataclass(frozen=True, eq=False)
class Peeled:
    """Which pieces follow one after the other by subtraction: the round (-1: not so) and the row that tells each."""

    round: Ints
    row: Ints


def peel(zones: Ints, people: Ints) -> Peeled:
    """A row with one unknown piece tells it; a row with nobody left tells that all its pieces are empty."""
    size = int(zones.max(initial=NONE)) + 1
    when, told = np.full(len(zones), NONE, np.int64), np.full(len(zones), NONE, np.int64)
    turn = 0
    while True:
        open_ = when == NONE
        count, rest = np.zeros(size + 1, np.int64), np.zeros(size + 1)
        for column in zones.T:
            inside = open_ & (column != NONE)
            count += np.bincount(column[inside], minlength=size + 1)
            rest += np.bincount(column[inside], people[inside], minlength=size + 1)
        tells = (count == 1) | ((count > 1) & (rest == 0))
        tells[size] = False  # the place of no row
        for column in zones.T:
            fresh = open_ & (when == NONE) & (column != NONE) & tells[column]
            when[fresh], told[fresh] = turn, column[fresh]
        if (when == NONE).sum() == open_.sum():
            return Peeled(when, told)
        turn += 1


@dataclass(frozen=True, eq=False)
class Members:
    """The pieces of each row: `pieces` by row, where each row's begin."""

    pieces: Ints
    starts: Ints

    @classmethod
    def of(cls, zones: Ints) -> "Members":
        """Those of the rows that `zones` names."""
        pieces, tables = np.nonzero(zones != NONE)
        rows = zones[pieces, tables]
        counts = np.bincount(rows, minlength=1)
        return cls(pieces[np.argsort(rows, kind="stable")], np.append(0, np.cumsum(counts)))

    def __getitem__(self, row: int) -> Ints:
        return self.pieces[self.starts[row] : self.starts[row + 1]]


def derivation(piece: int, peeled: Peeled, pieces_of: Members) -> set[int]:
    """The rows that a piece follows from: the one that tells it, and those of the pieces that it leaves out."""
    rows, waiting = set(), [piece]
    while waiting:
        one = waiting.pop()
        row = int(peeled.row[one])
        if row not in rows:
            rows.add(row)
            waiting += [int(p) for p in pieces_of[row] if NONE < peeled.round[p] < peeled.round[one]]
    return rows
