"""A policy's mechanism on a market."""

from collections.abc import Sequence
from concurrent.futures import Executor

import numpy as np
import numpy.typing as npt
import polars as pl

from carreau.allocation.batching import Batch, in_batches
from carreau.allocation.fit.pairs import Pairs
from carreau.allocation.market import Assignment, Ints, Market
from carreau.allocation.mechanisms.choice import choice
from carreau.allocation.mechanisms.deferred import deferred
from carreau.allocation.mechanisms.lottery import tickets
from carreau.allocation.mechanisms.optimal import Objective, optimal
from carreau.allocation.mechanisms.serial import serial
from carreau.allocation.policy import Policy
from carreau.allocation.reserves import Asked
from carreau.allocation.standing import Standing
from carreau.progress import Progress, silent

ANSWERS = 3
"""Adverts that an applicant answers in a month."""
DRAWN_BITS = 12


def run(
    market: Market,
    policy: Policy,
    homes: pl.DataFrame,
    claims: Sequence[Asked],
    goals: Sequence[Objective],
    blocks: Ints,
    *,
    stop: int | None,
    progress: Progress = silent,
    executor: Executor | None = None,
) -> Assignment:
    """Let the homes of a market under a policy. `stop` is the most work allowed, in the mechanism's own unit.

    `claims` are the market's reserves. Choice: homes are advertised in the month in which they can be let; without a
    table of answers, everybody without a home answers the three adverts of the month that they wish most (see
    `answering`). `goals`, `blocks` and `executor` are of `optimal` alone. Homes taken one by one are let alike in any
    batch.
    """
    months = (homes["available"].dt.year().cast(pl.Int64) * 12 + homes["available"].dt.month()).to_numpy()
    if policy.mechanism == "choice":
        return choice(market, ANSWERS, rounds=months.astype(np.int64), stop=stop, progress=progress)
    if policy.mechanism not in ("deferred", "optimal"):
        return serial(market, stop=stop, progress=progress)

    def solve(part: Batch) -> Assignment:
        if policy.mechanism == "deferred":
            return deferred(part.market, stop=stop, progress=progress)
        own = [Objective(goal.name, goal.worth[part.pairs]) for goal in goals]
        return optimal(part.market, own, blocks=blocks[part.lots], executor=executor, stop=stop, progress=progress)

    if policy.batch == "month":
        return in_batches(market, claims, months, solve)
    return solve(Batch(market, np.arange(market.homes), np.arange(market.lots), np.arange(market.application.size)))


def answering(fitting: Pairs, homes: pl.DataFrame, ranked: Standing, seed: str) -> Ints:
    """[pairs]: the wishes that answers to adverts follow from, less is better.

    As stated (`fit.pairs`: communes in their order, then more rooms); between adverts that somebody wishes alike, the
    smaller of a draw: 12 bits of the splitmix64 of the ticket of the application, exclusive or that of the lot's first
    vacancy (`mechanisms.lottery.tickets`). So that not everybody answers the same three.
    """
    lots = fitting.starts.size - 1
    first = np.zeros(lots, dtype=np.int64)
    first[fitting.lot[::-1]] = np.arange(homes.height)[::-1]
    of_lot = tickets(homes["vacancy_id"].gather(first), seed).astype(np.uint64)
    own = tickets(ranked.frame["application_id"], seed).astype(np.uint64)
    drawn = _splitmix(own[fitting.application] ^ np.repeat(of_lot, np.diff(fitting.starts)))
    return fitting.wish << DRAWN_BITS | (drawn >> np.uint64(64 - DRAWN_BITS)).astype(np.int32)


def _splitmix(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014."""
    mixed = values + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
