"""Mechanisms of allocation on a generated country: `python -m benchmarks.allocation KIND HOMES [EVERY]`.

`points` (homes one after the other), `deferred`, `optimal` (by EPCI, two processes at once), `sort`: the pairs put in
the order of each lot's right, which any method needs, as the lower limit. Prints the seconds of the work alone,
without imports and without drawing the country, and those that this process and its workers were computing. `EVERY`
keeps, of the country's EPCIs, the three with the most pairs and one in so many of the others.
"""

import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median

import numpy as np

from benchmarks.allocation_country import PRIORITY, Country, country, some_of
from benchmarks.measure import computing
from carreau.allocation.market import NOBODY, Assignment
from carreau.allocation.mechanisms.deferred import deferred
from carreau.allocation.mechanisms.optimal import Objective, optimal
from carreau.allocation.mechanisms.serial import serial

PROCESSES = 2
MOST_WISH = 63
LARGEST = 3


def optimum(given: Country) -> Assignment:
    """Priority households, then points, then wishes, in every EPCI at once."""
    market = given.market
    objectives = [
        Objective("priority", ((market.classes & PRIORITY) != 0).astype(np.int32)[market.application]),
        Objective("points", given.points),
        Objective("wish", MOST_WISH - market.wish),
    ]
    with ProcessPoolExecutor(PROCESSES) as executor:
        return optimal(market, objectives, blocks=given.epci, executor=executor, progress=_told)


def _told(label: str, done: int, total: int | None = None) -> None:
    if done == total or done % 20 == 0:
        print(f"{time.strftime('%X')} {label} {done} of {total}", file=sys.stderr, flush=True)


def gaps(found: Assignment) -> dict[str, object]:
    """How far EPCIs stay from what they could reach alone, by goal, among those that reach it in all goals before.

    Parts of the bound: the worst, the median, that of all together; how many EPCIs were compared and how many are at 0.
    """
    said: dict[str, object] = {}
    left = list(found.gaps)
    for place, name in enumerate(found.reached):
        each = [(gap.bound[place] - gap.reached[place], gap.bound[place]) for gap in left if gap.bound[place]]
        parts = [short / bound for short, bound in each]
        said[name] = {
            "epcis": len(each),
            "at_0": sum(not short for short, _ in each),
            "median": round(median(parts), 5) if parts else None,
            "worst": round(max(parts), 5) if parts else None,
            "together": round(sum(s for s, _ in each) / sum(b for _, b in each), 5) if parts else None,
        }
        left = [gap for gap in left if gap.bound[place] == gap.reached[place]]
    return said


KINDS: dict[str, Callable[[Country], Assignment]] = {
    "points": lambda given: serial(given.market),
    "deferred": lambda given: deferred(given.market),
    "optimal": optimum,
}


def sort(given: Country) -> float:
    """Seconds to put the pairs, in any order at first, in that of their lot and right."""
    lots = np.repeat(np.arange(given.market.lots), np.diff(given.market.starts))
    keys = np.random.default_rng(1).permutation(lots << 32 | np.arange(lots.size))
    start = time.perf_counter()
    keys.sort()
    return time.perf_counter() - start


def main(kind: str, homes: int, every: int = 1) -> None:
    """Draw the country, do the work, and say what it gave."""
    given = country(homes)
    if every > 1:
        given = some_of(given, LARGEST, every)
    market = given.market
    said: dict[str, object] = {
        "epcis": int(np.unique(given.epci).size),
        "homes": market.homes,
        "applications": market.applications,
        "lots": market.lots,
        "pairs": market.application.size,
        "pairs_of_homes": market.pairs_of_homes,
    }
    if kind == "sort":
        print(json.dumps({**said, "seconds": sort(given)}))
        return
    start, used = time.perf_counter(), computing()
    found = KINDS[kind](given)
    said |= {"seconds": time.perf_counter() - start, "computing": round(computing() - used, 2)}
    said |= {"worker_mb": getrusage(RUSAGE_CHILDREN).ru_maxrss // 1024} if found.gaps else {}
    let = found.application != NOBODY
    said |= {"let": int(let.sum()), "reserved": int((found.reserve >= 0).sum()), "work": found.work}
    said |= {"reached": found.reached, "bound": found.bound, "finished": found.finished}
    said["first_wish"] = _first_wish(given, found)
    said |= {"gaps": gaps(found)} if found.gaps else {}
    print(json.dumps(said))


def _first_wish(given: Country, found: Assignment) -> float:
    """Part of the housed who got a lot that they wish as much as any."""
    market = given.market
    best = np.full(market.applications, MOST_WISH, dtype=np.int32)
    np.minimum.at(best, market.application, market.wish)
    home_of = np.full(market.applications, -1, dtype=np.int32)
    held = np.flatnonzero(found.application != NOBODY)
    home_of[found.application[held]] = market.lot[held]
    lots = np.repeat(np.arange(market.lots, dtype=np.int32), np.diff(market.starts))
    taken = home_of[market.application] == lots
    return round(float((market.wish[taken] == best[market.application[taken]]).mean()), 4)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
