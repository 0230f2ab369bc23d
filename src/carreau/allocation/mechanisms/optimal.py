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

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np

from carreau.allocation.market import OPEN, Assignment, Ints, Market, Reserve
from carreau.allocation.mechanisms.settling import Part, Settling
from carreau.errors import BadInput
from carreau.progress import Progress, silent

RESERVES, LET = "reserves", "homes"


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

    `blocks` [lots], an EPCI for instance, cuts the market into parts that `executor` solves at once (`settling` says
    how they share applicants); a reserve over several has its seats divided among them by homes. The bound is the sum
    of what the blocks could reach if nobody else wanted anybody; `gaps` has both by block. The result is the same with
    any executor. `stop` is the most columns that the solver is given for one block, over all its calls (any number by
    default; the first call is made in any case): a block that needs more keeps the best whole assignment found, and
    `finished` is then false. `work` counts blocks solved.
    """
    parts = _parts(market, np.zeros(market.lots, dtype=np.int64) if blocks is None else blocks)
    worths = [_checked(market, one) for one in objectives]
    names = [*([RESERVES] if any(not one.hard for one in market.reserves) else []), *[one.name for one in objectives]]
    if LET not in names:
        worths, names = [*worths, np.ones(market.application.size, dtype=np.int8)], [*names, LET]
    settling = Settling(market, parts, worths, executor if len(parts) > 1 else None, stop, progress)
    settling.settle()
    gaps = settling.gaps()
    reached, bound = ([sum(one) for one in zip(*each, strict=True)] or [0] * len(names) for each in (
        [gap.reached for gap in gaps], [gap.bound for gap in gaps]
    ))  # fmt: skip
    return Assignment(
        settling.application,
        np.full(market.homes, OPEN, dtype=np.int16),
        settling.proved,
        settling.work,
        dict(zip(names, reached, strict=True)),
        dict(zip(names, bound, strict=True)),
        gaps,
    )


def _parts(market: Market, blocks: Ints) -> list[Part]:
    """Blocks with the most pairs first."""
    if blocks.size != market.lots:
        raise BadInput(f"optimal: blocks must be given for each of {market.lots} lots")
    names, of_lot = np.unique(blocks, return_inverse=True)
    of_home = of_lot[market.lot]
    reserves: list[list[Reserve]] = [[] for _ in names]
    for reserve in market.reserves:
        for block, part in _divided(reserve, of_home):
            reserves[block].append(part)
    lots, homes = _grouped(of_lot, names.size), _grouped(of_home, names.size)
    pairs = np.bincount(of_lot, np.diff(market.starts), minlength=names.size)
    return [
        Part(int(names[one]), lots[one], homes[one], tuple(reserves[one]))
        for one in np.argsort(-pairs, kind="stable").tolist()
    ]


def _divided(reserve: Reserve, of_home: Ints) -> Iterator[tuple[int, Reserve]]:
    """A reserve by block: its seats in proportion to the homes of each, so that they make as many together."""
    homes = reserve.homes[np.argsort(of_home[reserve.homes], kind="stable")]
    blocks, sizes = np.unique(of_home[homes], return_counts=True)
    ends = np.cumsum(sizes)
    parts = np.split(homes, ends[:-1]) if homes.size else []
    seats = np.diff(ends * reserve.seats // max(homes.size, 1), prepend=0)
    for block, own, some in zip(blocks.tolist(), parts, seats.tolist(), strict=True):
        yield block, replace(reserve, homes=np.sort(own), seats=some)


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
