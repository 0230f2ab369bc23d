"""Homes one after the other, each to the first of its lot who has none yet: points, or first come.

Which of the two, the order of the market says. Stated properties, for given pairs and order:

- *Nobody is passed over*: no application without a home comes, in the lot of a home, before the one that got it, but
  for a seat that a reserve claims. Envy between those who have homes is possible: who is served first gets the home
  that falls vacant, and may have wished for a later one.
- *Weakly non-wasteful*: no home stays empty that fits an application without a home, but for hard reserves.
- *Not strategy-proof*: to leave out a place that one would accept may save one's turn for a better home.
- *Reserves*: each claimed seat goes to a member if one without a home fits it then.
"""

import numpy as np
import numpy.typing as npt

from carreau.allocation.market import NOBODY, OPEN, Assignment, Ints, Market
from carreau.progress import Progress, silent

LOOKED_AT_ONCE = 32
TOLD_EVERY = 5_000
Flags = npt.NDArray[np.bool_]


def serial(market: Market, *, stop: int | None = None, progress: Progress = silent) -> Assignment:
    """Take the homes in their order; `stop` is the most homes to take, `Assignment.work` those taken."""
    homes = np.arange(market.homes if stop is None else min(stop, market.homes))
    queue = Queue(market)
    queue.take(homes, progress=progress)
    return queue.assignment(finished=homes.size == market.homes, work=homes.size)


class Queue:
    """Who is housed so far, and how far down each lot and each claimed part of it everybody is."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.housed = np.zeros(market.applications, dtype=np.bool_)
        self.application = np.full(market.homes, NOBODY, dtype=np.int32)
        self.reserve = np.full(market.homes, OPEN, dtype=np.int16)

    def take(self, homes: Ints, *, answered: Flags | None = None, progress: Progress = silent) -> None:
        """Fill these homes in this order; with `answered` [pairs], only among the pairs that it marks."""
        market, claims = self.market, self.market.claims
        passed: dict[tuple[int, int], int] = {}
        for done, home in enumerate(homes.tolist()):
            if done % TOLD_EVERY == 0:
                progress("allocate", done, homes.size)
            lot, claim = int(market.lot[home]), int(claims[home])
            first = passed[lot, OPEN] = self._first(lot, passed.get((lot, OPEN)), None, answered)
            found = first
            if claim != OPEN:
                reserve = market.reserves[claim]
                member = self._first(lot, passed.get((lot, reserve.classes)), reserve.classes, answered)
                passed[lot, reserve.classes] = member
                if member < market.starts[lot + 1] or reserve.hard:
                    found = member
            if found < market.starts[lot + 1]:
                self.application[home] = market.application[found]
                self.reserve[home] = claim if found != first else OPEN
                self.housed[market.application[found]] = True
        progress("allocate", homes.size, homes.size)

    def assignment(self, *, finished: bool, work: int) -> Assignment:
        """What was found so far."""
        return Assignment(self.application, self.reserve, finished, work)

    def _first(self, lot: int, start: int | None, classes: int | None, answered: Flags | None) -> int:
        """The first pair of the lot from `start` on that is still free; the end of the lot if there is none."""
        market, size = self.market, LOOKED_AT_ONCE
        place, end = int(market.starts[lot]) if start is None else start, int(market.starts[lot + 1])
        while place < end:
            some = market.application[place : min(place + size, end)]
            free = ~self.housed[some]
            if classes is not None:
                free &= (market.classes[some] & classes) != 0
            if answered is not None:
                free &= answered[place : place + some.size]
            if free[at := int(free.argmax())]:
                return place + at
            place, size = place + some.size, 2 * size
        return end
