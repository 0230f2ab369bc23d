"""Peers of the mechanisms on shared instances: `python -m benchmarks.allocation_peers KIND APPLICANTS`.

`deferred` and `matching` (the package of that name, hospital-resident games) solve the same stable matching; `optimal`,
`ortools` (min-cost flow) and `scipy` (sparse full matching, homes apart) the same assignment of most points. Prints the
seconds of the work alone and a number that says whether the answers agree; `matching` gives `failed` where it fails.
"""

import json
import sys
import time
from collections.abc import Callable

import numpy as np
import scipy.sparse as sp
from matching.games import HospitalResident
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from carreau.allocation.market import NOBODY, Ints, Market
from carreau.allocation.mechanisms.deferred import deferred
from carreau.allocation.mechanisms.optimal import Objective, optimal

WISHES, APPLICANTS_PER_LOT, MOST_PLACES, MOST_POINTS = 8, 10, 3, 1_000


def instance(applicants: int) -> tuple[Market, Ints]:
    """Applicants who wish for eight lots out of one for ten of them, lots of one to three homes, points of pairs."""
    random = np.random.default_rng(1)
    lots = max(WISHES, applicants // APPLICANTS_PER_LOT)
    wished = (
        np.argsort(random.random((applicants, lots)), axis=1)[:, :WISHES] if lots < 200 else _drawn(applicants, lots)
    )
    who, wish = np.repeat(np.arange(applicants), WISHES), np.tile(np.arange(WISHES), applicants)
    keys = np.unique(np.column_stack([who, wished.ravel()]), axis=0, return_index=True)[1]
    who, wish, lot = who[keys], wish[keys], wished.ravel()[keys]
    places = np.repeat(np.arange(lots), random.integers(1, MOST_PLACES + 1, lots)).astype(np.int32)
    points = random.integers(1, MOST_POINTS, who.size)
    order = np.lexsort((who, -points, lot))
    market = Market.of_pairs(places, (lot, who), -points, wish, np.zeros(applicants, dtype=np.int32))
    return market, points[order]


def _drawn(applicants: int, lots: int) -> Ints:
    return np.random.default_rng(2).integers(0, lots, (applicants, WISHES))


def stable(market: Market, _: Ints) -> Callable[[], int]:
    """Ours."""
    return lambda: _agreed(market, deferred(market).application)


def games(market: Market, _: Ints) -> Callable[[], int]:
    """The package `matching`; making its players counts, as they are what it works on."""
    rows = np.repeat(np.arange(market.lots), np.diff(market.starts))
    order = np.lexsort((rows, market.wish, market.application))
    wishes: dict[int, list[str]] = {}
    for who, lot in zip(market.application[order].tolist(), rows[order].tolist(), strict=True):
        wishes.setdefault(who, []).append(f"l{lot}")
    ranks = [part.tolist() for part in np.split(market.application, market.starts[1:-1])]

    def work() -> int:
        game = HospitalResident.create_from_dictionaries(
            {f"a{who}": own for who, own in wishes.items()},
            {f"l{lot}": [f"a{who}" for who in own] for lot, own in enumerate(ranks) if own},
            {f"l{lot}": int(market.places[lot]) for lot, own in enumerate(ranks) if own},
        )
        solved = game.solve(optimal="resident")
        return sum((1 + int(str(h)[1:])) * (1 + int(str(r)[1:])) for h, own in solved.items() for r in own)

    return work


def _agreed(market: Market, application: Ints) -> int:
    held = np.flatnonzero(application != NOBODY)
    return int(((1 + market.lot[held].astype(np.int64)) * (1 + application[held])).sum())


def best(market: Market, points: Ints) -> Callable[[], int]:
    """Ours."""
    return lambda: optimal(market, [Objective("points", points)]).reached["points"]


def flow(market: Market, points: Ints) -> Callable[[], int]:
    """OR-tools: from homes to lots to applications, what is left straight to the end."""
    lots, people = np.arange(market.lots), market.lots + np.arange(market.applications)
    source, sink = market.lots + market.applications, market.lots + market.applications + 1

    def work() -> int:
        network = SimpleMinCostFlow()
        rows = np.repeat(lots, np.diff(market.starts))
        network.add_arcs_with_capacity_and_unit_cost(np.full(lots.size, source), lots, market.places, 0 * lots)
        taken = market.lots + market.application.astype(np.int64)
        network.add_arcs_with_capacity_and_unit_cost(rows, taken, np.ones_like(rows), -points)
        network.add_arcs_with_capacity_and_unit_cost(
            people, np.full_like(people, sink), np.ones_like(people), 0 * people
        )
        network.add_arc_with_capacity_and_unit_cost(source, sink, market.homes, 0)
        network.set_node_supply(source, market.homes)
        network.set_node_supply(sink, -market.homes)
        network.solve()
        return -int(network.optimal_cost())

    return work


def sparse(market: Market, points: Ints) -> Callable[[], int]:
    """SciPy: a row a home, a column an application and one for each home to stay empty."""

    def work() -> int:
        sizes = np.diff(market.starts)[market.lot]
        rows = np.repeat(np.arange(market.homes), sizes)
        begin = market.starts[market.lot]
        ends = np.cumsum(sizes)
        pair = np.arange(ends[-1]) + np.repeat(begin - ends + sizes, sizes)
        empty = np.arange(market.homes)
        costs = np.concatenate([MOST_POINTS + 1 - points[pair], np.full(market.homes, MOST_POINTS + 1)])
        columns = np.concatenate([market.application[pair], market.applications + empty])
        graph = sp.csr_array((costs.astype(float), (np.concatenate([rows, empty]), columns)))
        row, column = min_weight_full_bipartite_matching(graph)
        return round(market.homes * (MOST_POINTS + 1) - float(graph[row, column].sum()))

    return work


KINDS = {"deferred": stable, "matching": games, "optimal": best, "ortools": flow, "scipy": sparse}


def main(kind: str, applicants: int) -> None:
    """Solve one instance, and say how long it took and what came out."""
    work = KINDS[kind](*instance(applicants))
    start = time.perf_counter()
    try:
        answer, failed = work(), None
    except RecursionError as error:
        answer, failed = None, type(error).__name__
    print(json.dumps({"seconds": time.perf_counter() - start, "answer": answer, "failed": failed}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
