"""A greedy look at a block: columns to begin with, and homes that an assignment left empty."""

import numpy as np
import numpy.typing as npt

from carreau.allocation.market import Ints
from carreau.allocation.mechanisms.block import Block
from carreau.allocation.mechanisms.serial import Flags

FIRST_COLUMNS = 3
Reals = npt.NDArray[np.float64]


def first_columns(block: Block) -> Flags:
    """The best few of each cell by the objectives in their order, what a greedy look takes, what counts seats.

    The look: cells from the one that the fewest want, each in turn to the best who are left; members are looked at
    alone too, so that reserves find some.
    """
    order = np.lexsort((*block.worth[::-1] * -1, block.cell))
    starts = np.searchsorted(block.cell[order], np.arange(block.starts.size))
    homes, left = np.diff(block.starts), block.crowd.copy()
    pairs = np.zeros(order.size, dtype=np.bool_)
    pairs[order[places(block.cell[order]) < FIRST_COLUMNS]] = True
    for cell in np.argsort(np.diff(starts), kind="stable").tolist():
        columns = order[starts[cell] : starts[cell + 1]]
        members = columns[block.members[:, columns].any(axis=0)]
        pairs[members[_taken(left[block.application[members]], homes[cell]) > 0]] = True
        taken = _taken(left[block.application[columns]], homes[cell])
        pairs[columns[taken > 0]] = True
        left[block.application[columns]] -= taken
    return np.concatenate([pairs, np.ones(block.seats.size, dtype=np.bool_)])


def filled(block: Block, chosen: Reals) -> Reals:
    """An assignment with its empty homes given to who is left, best first; seats counted anew.

    `chosen` [columns and soft reserves] is allowed, in whole households. No home stays empty that fits somebody without
    one, unless what is left of a hard reserve is less than the cell has empty homes.
    """
    pairs = block.pair.size
    chosen = chosen.copy()
    held = chosen[:pairs].astype(np.int64)
    order = np.lexsort((*block.worth[::-1] * -1, block.cell))
    starts = np.searchsorted(block.cell[order], np.arange(block.starts.size))
    empty = np.diff(block.starts) - np.bincount(block.cell, held, minlength=block.starts.size - 1).astype(np.int64)
    left = block.crowd - np.bincount(block.application, held, minlength=block.crowd.size).astype(np.int64)
    room = block.room - block.others @ held
    for cell in np.flatnonzero(empty).tolist():
        columns = order[starts[cell] : starts[cell + 1]]
        columns = columns[~block.others[room < empty[cell]][:, columns].any(axis=0)]
        taken = _taken(left[block.application[columns]], empty[cell])
        held[columns] += taken
        left[block.application[columns]] -= taken
        room -= block.others[:, columns] @ taken
    chosen[:pairs] = held
    chosen[pairs:] = np.minimum(block.seats, block.members @ held)
    return chosen


def _taken(left: Ints, homes: int) -> Ints:
    """How many households of each take so many homes, in their order."""
    before = np.cumsum(left) - left
    return np.minimum(left, np.maximum(homes - before, 0))


def places(of: Ints) -> Ints:
    """The place of each among those that are of the same, from 0."""
    order = np.argsort(of, kind="stable")
    found = np.empty(of.size, dtype=np.int64)
    found[order] = np.arange(of.size) - np.searchsorted(of[order], of[order])
    return found
