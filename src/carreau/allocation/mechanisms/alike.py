"""A block made small before it is optimised, without a change of its optimum.

Applications that want the same cells for the same worth and count alike for its reserves are one, with as many
households; cells that the same applications want alike are one, with as many homes. A pair is left out when, for the
same cell, as many households as the block has homes are worth as much and count no less for a reserve: one of them is
always without a home, and may take that place instead. Each such exchange goes up the order of the cell, so that they
end: some best assignment has no pair that was left out.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from carreau.allocation.market import Ints
from carreau.allocation.mechanisms.block import Block
from carreau.allocation.mechanisms.serial import Flags

MOST = 2**62


@dataclass(frozen=True, eq=False)
class Alike:
    """The `small` block of a `whole` one: its cell and application for each of the whole's."""

    whole: Block
    small: Block
    cell: Ints
    application: Ints

    @classmethod
    def of(cls, whole: Block) -> "Alike":
        """Put together what is alike, then leave out what nobody needs."""
        worth = _numbered([*whole.worth, *whole.others, *whole.members], whole.pair.size)
        application = _groups(whole.application, whole.cell, worth, whole.crowd.size)
        first = _firsts(application)[application] == np.arange(application.size)
        kept = np.flatnonzero(first[whole.application])
        cell = _groups(whole.cell[kept], application[whole.application[kept]], worth[kept], whole.starts.size - 1)
        first = _firsts(cell)[cell] == np.arange(cell.size)
        kept = kept[first[whole.cell[kept]]]
        order = np.argsort(np.repeat(cell, np.diff(whole.starts)), kind="stable")
        small = replace(
            _taken(whole, kept),
            homes=whole.homes[order],
            starts=np.concatenate([[0], np.cumsum(np.bincount(cell, np.diff(whole.starts)))]).astype(np.int64),
            cell=cell[whole.cell[kept]],
            application=application[whole.application[kept]],
            crowd=np.bincount(application, whole.crowd).astype(np.int64),
        )
        return cls(whole, _taken(small, np.flatnonzero(_needed(small))), cell, application)

    def spread(self, taken: Ints) -> Flags:
        """The columns of the whole for how many households each column of the small takes; lower numbers first."""
        columns = np.flatnonzero(taken)
        columns = columns[np.lexsort((self.small.pair[columns], self.small.cell[columns]))]
        wanted = np.repeat(columns, taken[columns])
        cells = _handed(self.small.cell[wanted], np.repeat(self.cell, np.diff(self.whole.starts)))
        home_cell = np.repeat(np.arange(self.cell.size), np.diff(self.whole.starts))
        held = np.full(self.application.size, -1, dtype=np.int64)
        held[_handed(self.small.application[wanted], self.application)] = home_cell[cells]
        return np.asarray(held[self.whole.application] == self.whole.cell, dtype=np.bool_)


def _taken(block: Block, columns: Ints) -> Block:
    return replace(
        block,
        pair=block.pair[columns],
        cell=block.cell[columns],
        application=block.application[columns],
        worth=block.worth[:, columns],
        others=block.others[:, columns],
        members=block.members[:, columns],
    )


def _numbered(parts: Iterable[Ints], size: int) -> Ints:
    """Equal numbers for columns that are equal in every part, whose numbers are from 0."""
    found, ways = np.zeros(size, dtype=np.int64), 1
    for part in parts:
        most = int(part.max(initial=0)) + 1
        if ways * most >= MOST:
            found = np.unique(found, return_inverse=True)[1].astype(np.int64)
            ways = size
        if ways * most >= MOST:
            part = np.unique(part, return_inverse=True)[1]
            most = size
        found, ways = found * most + part, ways * most
    return found


def _groups(of: Ints, other: Ints, worth: Ints, count: int) -> Ints:
    """[count]: the group of each, numbered by its first: those with the same others at the same worth."""
    order = np.argsort(of.astype(np.int64) * (int(other.max(initial=0)) + 1) + other, kind="stable")
    table = np.column_stack([other[order].astype(np.int64), worth[order]])
    ends = np.cumsum(np.bincount(of, minlength=count)).tolist()
    known: dict[bytes, int] = {}
    found = np.empty(count, dtype=np.int64)
    start = 0
    for number, end in enumerate(ends):
        found[number] = known.setdefault(hashlib.sha256(table[start:end].tobytes()).digest(), len(known))
        start = end
    return found


def _firsts(group: Ints) -> Ints:
    return np.unique(group, return_index=True)[1]


def _needed(block: Block) -> Flags:
    """The columns for which fewer households than the block has homes come before in their cell and count no less."""
    marks = _numbered([*block.others, *block.members], block.pair.size)
    names, first, kind = np.unique(marks, return_index=True, return_inverse=True)
    order = np.lexsort((np.arange(block.pair.size), *-block.worth[::-1], block.cell))
    starts = np.searchsorted(block.cell[order], np.arange(block.starts.size))
    crowd, kind = block.crowd[block.application[order]], kind[order]
    needed = np.ones(order.size, dtype=np.bool_)
    for number in range(names.size):
        no_less = np.array([_counts_no_less(block, one, int(first[number])) for one in first.tolist()], dtype=np.bool_)
        before = np.concatenate([[0], np.cumsum(np.where(no_less[kind], crowd, 0))])
        in_cell = before[:-1] - np.repeat(before[starts[:-1]], np.diff(starts))
        needed &= (kind != number) | (in_cell < block.homes.size)
    found = np.empty_like(needed)
    found[order] = needed
    return found


def _counts_no_less(block: Block, one: int, other: int) -> bool:
    return bool(
        (block.others[:, one] <= block.others[:, other]).all()
        and (block.members[:, one] >= block.members[:, other]).all()
    )


def _handed(wanted: Ints, group: Ints) -> Ints:
    """A different member of each wanted group, in their order."""
    members = np.argsort(group, kind="stable")
    begin = np.searchsorted(group[members], wanted)
    order = np.argsort(wanted, kind="stable")
    place = np.empty(wanted.size, dtype=np.int64)
    place[order] = np.arange(wanted.size) - np.searchsorted(wanted[order], wanted[order])
    return members[begin + place]
