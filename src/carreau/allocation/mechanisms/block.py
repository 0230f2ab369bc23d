"""A part of a market that is optimised alone: its columns are pairs, its rows what may not be exceeded."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from carreau.allocation.market import Ints, Market, Reserve
from carreau.allocation.mechanisms.serial import Flags


@dataclass(frozen=True, eq=False)
class Block:
    """Pairs of applications and cells; a cell is the homes of one lot that the same reserves cover.

    `homes`: those of the cells, cell after cell, and `starts` where each cell begins. `pair`: the market's pairs, one a
    column, `cell` and `application` (numbered within the block) of each, `worth` [objectives, columns]. `crowd`: how
    many households each application stands for, at most one home each. `others`
    [hard, columns]: marks, for each hard reserve, whoever is not for it, at most `room` of them. `members`
    [soft, columns]: marks members, of whom `seats` count.
    """

    homes: Ints
    starts: Ints
    pair: Ints
    cell: Ints
    application: Ints
    crowd: Ints
    worth: Ints
    others: Flags
    room: Ints
    members: Flags
    seats: Ints

    @cached_property
    def rows(self) -> sp.csc_array:
        """Columns are the pairs then one a soft reserve (its seats that count); rows: cells, applications, reserves."""
        columns = np.arange(self.pair.size)
        people = self.crowd.size
        once = np.ones(columns.size)
        shape = columns.size
        cells = sp.csc_array((once, (self.cell, columns)), shape=(self.starts.size - 1, shape))
        each = sp.csc_array((once, (self.application, columns)), shape=(people, shape))
        hard, soft = sp.csc_array(self.others.astype(float)), sp.csc_array(-self.members.astype(float))
        counted = sp.vstack([sp.csc_array((cells.shape[0] + people + hard.shape[0], soft.shape[0])), _eye(soft)])
        return sp.csc_array(sp.hstack([sp.vstack([cells, each, hard, soft]), counted]))

    @cached_property
    def limits(self) -> Ints:
        """What each row may not exceed."""
        counted = np.zeros(self.seats.size, dtype=np.int64)
        return np.concatenate([np.diff(self.starts), self.crowd, self.room, counted])

    def goals(self) -> Ints:
        """[stages, columns and soft reserves]: what is maximised, one after the other; reserves are the first."""
        of_pairs = np.hstack([self.worth, np.zeros((len(self.worth), self.seats.size), dtype=np.int64)])
        if not self.seats.size:
            return of_pairs
        first = np.concatenate([np.zeros(self.pair.size, dtype=np.int64), np.ones(self.seats.size, dtype=np.int64)])
        return np.vstack([first, of_pairs])


def _eye(soft: sp.csc_array) -> sp.csc_array:
    return sp.csc_array(sp.eye_array(soft.shape[0]))


def block_of(
    market: Market, lots: Ints, homes: Ints, worths: Sequence[Ints], reserves: Sequence[Reserve], free: Flags
) -> Block:
    """The block of these lots and homes of theirs, for the applications marked in `free`, with `reserves` of them."""
    cells, cell_lot, order, starts = _cells(market, homes, reserves)
    pair, cell = _columns(market, lots, cell_lot)
    kept = free[market.application[pair]]
    pair, cell = pair[kept], cell[kept]
    who, application = np.unique(market.application[pair], return_inverse=True)
    hard = [place for place, reserve in enumerate(reserves) if reserve.hard]
    soft = [place for place in range(len(reserves)) if place not in hard]
    classes = market.classes[who]

    def within(places: list[int], *, member: bool) -> Flags:
        marks = np.zeros((len(places), pair.size), dtype=np.bool_)
        for row, place in enumerate(places):
            belongs = (classes & reserves[place].classes != 0)[application]
            marks[row] = cells[cell, place] & (belongs == member)
        return marks

    sizes = np.array([reserve.homes.size for reserve in reserves], dtype=np.int64)
    seats = np.array([reserve.seats for reserve in reserves], dtype=np.int64)
    worth = np.array([one[pair] for one in worths])
    crowd = np.ones(who.size, dtype=np.int64)
    return Block(
        order, starts, pair, cell, application, crowd, worth.reshape(len(worths), -1).astype(np.int64),
        within(hard, member=False), (sizes - seats)[hard], within(soft, member=True), seats[soft],
    )  # fmt: skip


def _cells(market: Market, homes: Ints, reserves: Sequence[Reserve]) -> tuple[Flags, Ints, Ints, Ints]:
    """Which reserves cover each cell, the lot of each, homes cell after cell, and where each cell begins."""
    covered = np.zeros((homes.size, len(reserves)), dtype=np.bool_)
    for place, reserve in enumerate(reserves):
        covered[:, place] = np.isin(homes, reserve.homes)
    table = np.column_stack([market.lot[homes], covered])
    kinds, cell = np.unique(table, axis=0, return_inverse=True)
    order = np.argsort(cell, kind="stable")
    starts = np.searchsorted(cell[order], np.arange(len(kinds) + 1))
    return kinds[:, 1:].astype(np.bool_), kinds[:, 0], homes[order], starts


def _columns(market: Market, lots: Ints, cell_lot: Ints) -> tuple[Ints, Ints]:
    pairs = [np.arange(market.starts[lot], market.starts[lot + 1]) for lot in lots]
    of_lot = dict(zip(lots.tolist(), pairs, strict=True))
    found = [of_lot[lot] for lot in cell_lot.tolist()]
    cell = np.repeat(np.arange(cell_lot.size), [part.size for part in found])
    return (np.concatenate(found) if found else np.empty(0, dtype=np.int64)), cell
