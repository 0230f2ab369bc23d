"""A market let month after month: each month its own run, among who has no home yet, with the seats then missing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from carreau.allocation.market import NOBODY, OPEN, Assignment, Gap, Ints, Market, Reserve
from carreau.allocation.mechanisms.serial import Flags
from carreau.allocation.populations import CLASS
from carreau.allocation.quotas import least
from carreau.allocation.reserves import Asked


@dataclass(frozen=True, eq=False)
class Batch:
    """A part of a market: its `homes` and `pairs` are those of the whole, in the numbers of the whole."""

    market: Market
    homes: Ints
    lots: Ints
    pairs: Ints


def in_batches(
    market: Market, claims: Sequence[Asked], periods: Ints, solve: Callable[[Batch], Assignment]
) -> Assignment:
    """Run `solve` on the homes of each period [homes] in turn, and put the results together.

    A quota's seats in a period are what its share of all the leases up to its end still lacks. `reached`, `bound` and
    `gaps` are summed: the bound is that of each period after what the periods before did, not one of the whole.
    """
    found = Assignment(np.full(market.homes, NOBODY, dtype=np.int32), np.full(market.homes, OPEN, dtype=np.int16))
    reached: dict[str, int] = {}
    bound: dict[str, int] = {}
    finished, work = True, 0
    gaps: dict[int, Gap] = {}
    for period in np.unique(periods):
        one = batch(market, claims, found, periods, int(period))
        part = solve(one)
        found.application[one.homes] = part.application
        found.reserve[one.homes] = part.reserve
        finished, work = finished and part.finished, work + part.work
        for name, value in part.reached.items():
            reached[name] = reached.get(name, 0) + value
        for name, value in part.bound.items():
            bound[name] = bound.get(name, 0) + value
        gaps |= {gap.block: _sum(gaps[gap.block], gap) if gap.block in gaps else gap for gap in part.gaps}
    return Assignment(found.application, found.reserve, finished, work, reached, bound, tuple(gaps.values()))


def _sum(one: Gap, other: Gap) -> Gap:
    reached, bound = (
        tuple(map(sum, zip(getattr(one, name), getattr(other, name), strict=True))) for name in ("reached", "bound")
    )
    return Gap(one.block, one.homes + other.homes, reached, bound)


def batch(market: Market, claims: Sequence[Asked], found: Assignment, periods: Ints, period: int) -> Batch:
    """The homes of one period, the applications that `found` has not housed, and the seats that quotas still lack."""
    homes = np.flatnonzero(periods == period)
    lots, lot = np.unique(market.lot[homes], return_inverse=True)
    free = ~found.housed(market.applications)
    ranges = [np.arange(market.starts[one], market.starts[one + 1]) for one in lots.tolist()]
    kept = [some[free[market.application[some]]] for some in ranges]
    pairs = np.concatenate([np.empty(0, dtype=np.int64), *kept])
    number = {int(home): place for place, home in enumerate(homes.tolist())}
    return Batch(
        Market(
            lot=lot.astype(np.int32),
            starts=np.cumsum([0, *(some.size for some in kept)], dtype=np.int64),
            application=market.application[pairs],
            wish=market.wish[pairs],
            classes=market.classes.copy(),
            reserves=tuple(
                _reserve(market, claim, number, found, homes, periods <= period, place)
                for place, claim in enumerate(claims)
            ),
        ),
        homes,
        lots,
        pairs,
    )


def _reserve(
    market: Market, claim: Asked, number: dict[int, int], found: Assignment, homes: Ints, so_far: Flags, place: int
) -> Reserve:
    whole = market.reserves[place]
    own = whole.homes[np.isin(whole.homes, homes)]
    holders = found.application[claim.homes]
    holders = holders[holders != NOBODY]
    reached = claim.reached + int(((market.classes[holders] & CLASS[claim.quota.population]) != 0).sum())
    lacking = least(claim.share, claim.counted + int(so_far[claim.scope].sum())) - reached
    places = np.array([number[home] for home in own.tolist()], dtype=np.int64)
    return Reserve(whole.name, places, whole.classes, int(np.clip(lacking, 0, own.size)))
