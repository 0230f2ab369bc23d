"""Optimal assignment: the most of each objective in turn, by a solver, with a bound that nothing can exceed.

Stated properties:

- *Optimal*: in one block, no assignment has a lexicographically larger vector of objectives, hard reserves kept;
  `bound` proves it when it is what was reached. With several blocks, or when branch and bound was stopped, `bound`
  says how far it may be.
- *Reserves*: hard ones are kept by every assignment; the seats of soft ones that members fill are the first objective,
  so that a quota that can be reached is reached, if all of them together can.
- *Weakly non-wasteful*: no home stays empty that fits an application without a home, but for hard reserves: the number
  of homes let is the last objective.
- *Neither free of envy nor strategy-proof*: the total may want someone passed over; to leave out places that one would
  accept can get one a better home.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np

from carreau.allocation.market import NOBODY, OPEN, Assignment, Ints, Market
from carreau.allocation.mechanisms.block import Block, block_of
from carreau.allocation.mechanisms.branching import Best, best
from carreau.allocation.mechanisms.serial import Flags
from carreau.errors import BadInput
from carreau.progress import Progress, silent

RESERVES, LET = "reserves", "homes"
ROUNDS = 4
TOGETHER = 64


@dataclass(frozen=True, eq=False)
class Objective:
    """What an assignment is worth: whole numbers from 0, `worth` [pairs] of the market."""

    name: str
    worth: Ints

    @classmethod
    def of_applications(cls, name: str, market: Market, worth: Ints) -> "Objective":
        """The same worth wherever the application is housed: `worth` [applications]."""
        return cls(name, worth[market.application])


def optimal(
    market: Market,
    objectives: Sequence[Objective],
    *,
    blocks: Ints | None = None,
    executor: Executor | None = None,
    stop: int | None = None,
    progress: Progress = silent,
) -> Assignment:
    """Maximise `reserves` (seats of soft reserves filled by members), the objectives in their order, then `homes` let.

    `blocks` [lots], an EPCI for instance, cuts the market into parts that `executor` solves at once; a reserve must lie
    within one. Every block first takes whom it wants: an application that several want goes to the lot it wishes most,
    and the blocks that lost it are solved again without it, all at once a few times, at last one after the other. The
    bound is the sum of what the blocks could reach if nobody else wanted anybody. The result is the same with any
    executor. `stop` is the most nodes of branch and bound in each stage of a block (200); `work` counts blocks solved.
    """
    parts = _parts(market, np.zeros(market.lots, dtype=np.int64) if blocks is None else blocks)
    worths = [_checked(market, one) for one in objectives]
    names = [*([RESERVES] if any(not one.hard for one in market.reserves) else []), *[one.name for one in objectives]]
    if LET not in names:
        worths, names = [*worths, np.ones(market.application.size, dtype=np.int8)], [*names, LET]
    solving = _Solving(market, parts, worths, executor, stop, progress)
    solving.settle()
    reached = solving.reached()
    return Assignment(
        solving.application,
        np.full(market.homes, OPEN, dtype=np.int16),
        solving.proved,
        solving.work,
        dict(zip(names, reached, strict=True)),
        dict(zip(names, solving.bound, strict=True)),
    )


@dataclass(frozen=True, eq=False)
class _Part:
    lots: Ints
    homes: Ints
    reserves: list[int]


class _Solving:
    """Who holds which home, block after block."""

    def __init__(
        self,
        market: Market,
        parts: list[_Part],
        worths: list[Ints],
        executor: Executor | None,
        stop: int | None,
        progress: Progress,
    ) -> None:
        self.market, self.parts, self.worths, self.progress = market, parts, worths, progress
        self.best = partial(best, nodes=stop)
        self.map: Callable[[Callable[[Block], Best], Iterable[Block]], Iterable[Best]]
        self.map = map if executor is None else executor.map
        self.application = np.full(market.homes, NOBODY, dtype=np.int32)
        self.pair = np.full(market.homes, -1, dtype=np.int64)
        self.bound: list[int] = [0] * (len(worths) + any(not one.hard for one in market.reserves))
        self.proved, self.work = True, 0

    def settle(self) -> None:
        """Solve every block, then those that lost somebody, until nobody has two homes."""
        lost = self._solve(list(range(len(self.parts))), first=True)
        for _ in range(ROUNDS - 1):
            lost = self._solve(lost)
        for number in lost:
            self._solve([number])

    def reached(self) -> list[int]:
        """What the assignment is worth, reserves first when there are soft ones."""
        taken = self.pair[self.pair >= 0]
        who = self.market.application[taken]
        values = [
            int((one[taken] if one.size == self.market.application.size else one[who]).sum()) for one in self.worths
        ]
        soft = [one for one in self.market.reserves if not one.hard]
        filled = sum(min(one.seats, self._members(one.homes, one.classes)) for one in soft)
        return [filled, *values] if soft else values

    def _members(self, homes: Ints, classes: int) -> int:
        held = self.application[homes]
        return int(((self.market.classes[held[held != NOBODY]] & classes) != 0).sum())

    def _solve(self, numbers: list[int], *, first: bool = False) -> list[int]:
        """Solve these blocks among whom no other holds; which of them then lost somebody to another of them."""
        if not numbers:
            return []
        for number in numbers:
            homes = self.parts[number].homes
            self.application[homes], self.pair[homes] = NOBODY, -1
        free = np.ones(self.market.applications, dtype=np.bool_)
        free[self.application[self.application != NOBODY]] = False
        found: list[Best] = []
        for start in range(0, len(numbers), TOGETHER):
            self.progress("optimise", start, len(numbers))
            found += self.map(self.best, [self._block(number, free) for number in numbers[start : start + TOGETHER]])
        self.progress("optimise", len(numbers), len(numbers))
        self.work += len(numbers)
        if first:
            self.proved = all(one.finished for one in found)
            for one in found:
                lacking = [0] * (len(self.bound) - len(one.bound))  # a block without soft reserves
                self.bound = [sofar + more for sofar, more in zip(self.bound, lacking + one.bound, strict=True)]
        return self._share(numbers, found)

    def _block(self, number: int, free: Flags) -> Block:
        part = self.parts[number]
        return block_of(self.market, part.lots, part.homes, self.worths, part.reserves, free)

    def _share(self, numbers: list[int], found: list[Best]) -> list[int]:
        """Give each application the lot that it wishes most among those that took it."""
        pair, home = (np.concatenate(part) for part in zip(*((one.pair, one.home) for one in found), strict=True))
        number = np.repeat(numbers, [one.pair.size for one in found])
        who = self.market.application[pair]
        order = np.lexsort((pair, self.market.wish[pair], who))
        first = np.ones(order.size, dtype=np.bool_)
        first[1:] = np.diff(who[order]) > 0
        kept = order[first]
        self.application[home[kept]], self.pair[home[kept]] = who[kept], pair[kept]
        return np.unique(number[order[~first]]).tolist()


def _parts(market: Market, blocks: Ints) -> list[_Part]:
    """Blocks with the most pairs first."""
    if blocks.size != market.lots:
        raise BadInput(f"optimal: blocks must be given for each of {market.lots} lots")
    names, of_lot = np.unique(blocks, return_inverse=True)
    of_home = of_lot[market.lot]
    reserves: list[list[int]] = [[] for _ in names]
    for number, reserve in enumerate(market.reserves):
        covered = np.unique(of_home[reserve.homes])
        if covered.size > 1:
            raise BadInput(
                f"optimal: reserve {reserve.name} crosses blocks {names[covered[0]]} and {names[covered[1]]}"
            )
        for block in covered.tolist():
            reserves[block].append(number)
    lots, homes = _grouped(of_lot, names.size), _grouped(of_home, names.size)
    pairs = np.bincount(of_lot, np.diff(market.starts), minlength=names.size)
    return [_Part(lots[one], homes[one], reserves[one]) for one in np.argsort(-pairs, kind="stable").tolist()]


def _grouped(of: Ints, count: int) -> list[Ints]:
    order = np.argsort(of, kind="stable")
    return np.split(order, np.searchsorted(of[order], np.arange(1, count)))


def _checked(market: Market, objective: Objective) -> Ints:
    worth = objective.worth
    if worth.size != market.application.size:
        raise BadInput(f"optimal: objective {objective.name} must have one worth a pair, {market.application.size}")
    if worth.size and (worth.dtype.kind not in "iu" or worth.min() < 0):
        raise BadInput(f"optimal: objective {objective.name} must have whole numbers from 0")
    return worth
