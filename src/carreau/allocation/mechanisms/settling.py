"""Blocks of a market solved apart, at once where there are several processes, until nobody has two homes.

Every block first takes whom it wants. An application that several took goes to the lot that it wishes most, and the
blocks that lost somebody are solved once more without whom others hold. From then on everybody keeps what they have;
only the empty homes of each block are optimised, among those without a home, round after round: each houses somebody
more, so that they end. The result depends on nothing but the market.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from carreau.allocation.market import NOBODY, Gap, Ints, Market, Reserve
from carreau.allocation.mechanisms.block import Block, block_of
from carreau.allocation.mechanisms.branching import Best, best
from carreau.allocation.mechanisms.serial import Flags
from carreau.progress import Progress

TOGETHER = 16
WHOLE_ROUNDS = 2


@dataclass(frozen=True, eq=False)
class Part:
    """A block of the market: its name, its lots, its homes and the reserves within it."""

    name: int
    lots: Ints
    homes: Ints
    reserves: tuple[Reserve, ...]


class Settling:
    """Who holds which home, by which pair, and the gap of each block to what it could reach alone."""

    def __init__(
        self,
        market: Market,
        parts: Sequence[Part],
        worths: Sequence[Ints],
        executor: Executor | None,
        stop: int | None,
        progress: Progress,
    ) -> None:
        self.market, self.parts, self.worths, self.progress = market, parts, worths, progress
        self.best, self.executor = partial(best, stop=stop), executor
        self.application = np.full(market.homes, NOBODY, dtype=np.int32)
        self.pair = np.full(market.homes, -1, dtype=np.int64)
        self.has_soft = any(not one.hard for one in market.reserves)
        self.bound: list[list[int]] = [[] for _ in parts]
        self.proved, self.work = True, 0

    def settle(self) -> None:
        """Solve every block, once more whole those that lost somebody, then empty homes until nobody has two."""
        lost = self._solve(list(range(len(self.parts))), whole=True)
        for _ in range(WHOLE_ROUNDS - 1):
            lost = self._solve(lost, whole=True)
        empty = self.application == NOBODY
        lost = [number for number, part in enumerate(self.parts) if empty[part.homes].any()]
        while lost:
            lost = self._solve(lost, whole=False)

    def gaps(self) -> tuple[Gap, ...]:
        """What each block reached and what it could if nobody else wanted anybody, reserves first if any is soft."""
        found = [
            Gap(part.name, part.homes.size, tuple(self._reached(part)), tuple(bound))
            for part, bound in zip(self.parts, self.bound, strict=True)
        ]
        return tuple(sorted(found, key=lambda one: one.block))

    def _reached(self, part: Part) -> list[int]:
        taken = self.pair[part.homes]
        taken = taken[taken >= 0]
        values = [int(one[taken].sum()) for one in self.worths]
        soft = [one for one in part.reserves if not one.hard]
        filled = sum(min(one.seats, self._members(one)) for one in soft)
        return [filled, *values] if self.has_soft else values

    def _members(self, reserve: Reserve) -> int:
        held = self.application[reserve.homes]
        return int(((self.market.classes[held[held != NOBODY]] & reserve.classes) != 0).sum())

    def _solve(self, numbers: list[int], *, whole: bool) -> list[int]:
        """Solve these blocks, their empty homes alone if not `whole`; which then lost somebody to another of them."""
        if not numbers:
            return []
        free = np.ones(self.market.applications, dtype=np.bool_)
        free[self.application[self.application != NOBODY]] = False
        blocks = (self._block(self.parts[number], free, whole) for number in numbers)
        found: list[Best | None] = [None] * len(numbers)
        self.progress("optimise", 0, len(numbers))
        for done, (place, one) in enumerate(self._each(blocks), start=1):
            found[place] = one
            self.progress("optimise", done, len(numbers))
        solved = [one for one in found if one is not None]
        if not self.work:
            self._bounds(solved)
        self.work += len(numbers)
        for number in numbers if whole else ():
            homes = self.parts[number].homes
            self.application[homes], self.pair[homes] = NOBODY, -1
        return self._share(numbers, solved)

    def _each(self, blocks: Iterator[Block]) -> Iterator[tuple[int, Best]]:
        """The best of each, with its place, as they come; few at once, so that few are in memory."""
        if self.executor is None:
            yield from enumerate(map(self.best, blocks))
            return
        waiting: dict[Future[Best], int] = {}
        for place, block in enumerate(blocks):
            waiting[self.executor.submit(self.best, block)] = place
            if len(waiting) == TOGETHER:
                yield from _ready(waiting)
        while waiting:
            yield from _ready(waiting)

    def _bounds(self, solved: Sequence[Best]) -> None:
        self.proved = all(one.finished for one in solved)
        stages = len(self.worths) + self.has_soft
        for number, one in enumerate(solved):
            self.bound[number] = [0] * (stages - len(one.bound)) + one.bound  # a block without soft reserves

    def _block(self, part: Part, free: Flags, whole: bool) -> Block:
        """A part among those that no other holds; else its empty homes alone, with the seats that it still lacks."""
        if whole:
            held = self.application[part.homes]
            free = free.copy()
            free[held[held != NOBODY]] = True
            return block_of(self.market, part.lots, part.homes, self.worths, part.reserves, free)
        homes = part.homes[self.application[part.homes] == NOBODY]
        left = [one for one in (self._left(reserve, homes) for reserve in part.reserves) if one.homes.size]
        return block_of(self.market, np.unique(self.market.lot[homes]), homes, self.worths, left, free)

    def _left(self, reserve: Reserve, homes: Ints) -> Reserve:
        own = reserve.homes[np.isin(reserve.homes, homes)]
        members = self._members(reserve)
        if not reserve.hard:
            return replace(reserve, homes=own, seats=min(max(reserve.seats - members, 0), own.size))
        others = int((self.application[reserve.homes] != NOBODY).sum()) - members
        room = reserve.homes.size - reserve.seats - others
        return replace(reserve, homes=own, seats=max(own.size - room, 0))

    def _share(self, numbers: list[int], found: Sequence[Best]) -> list[int]:
        """Give each application the lot that it wishes most among those that took it; which blocks lost one."""
        pair, home = (np.concatenate(part) for part in zip(*((one.pair, one.home) for one in found), strict=True))
        number = np.repeat(numbers, [one.pair.size for one in found])
        who = self.market.application[pair]
        order = np.lexsort((pair, self.market.wish[pair], who))
        first = np.ones(order.size, dtype=np.bool_)
        first[1:] = np.diff(who[order]) > 0
        kept = order[first]
        self.application[home[kept]], self.pair[home[kept]] = who[kept], pair[kept]
        return np.unique(number[order[~first]]).tolist()


def _ready(waiting: dict[Future[Best], int]) -> Iterator[tuple[int, Best]]:
    done, _ = wait(waiting, return_when=FIRST_COMPLETED)
    for one in done:
        yield waiting.pop(one), one.result()
