"""The optimum beside brute force, SciPy's assignment and OR-tools' flow; quotas that can be reached are."""

from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markets import envious, home_of, market, markets, right_of
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
from scipy.optimize import linear_sum_assignment
from tests.examples import examples

from carreau.allocation.market import NOBODY, Market, Reserve
from carreau.allocation.mechanisms import branching
from carreau.allocation.mechanisms.optimal import Objective, optimal
from carreau.errors import BadInput

MEMBER = 1


def vector(one: Market, objectives: list[Objective], holders: tuple[int, ...]) -> tuple[int, ...] | None:
    """What an assignment is worth, objective after objective; None when it is not allowed."""
    housed = [holder for holder in holders if holder != NOBODY]
    if len(set(housed)) < len(housed):
        return None
    right, pairs = right_of(one), []
    for home, holder in enumerate(holders):
        if holder != NOBODY:
            lot = int(one.lot[home])
            if holder not in right[lot]:
                return None
            pairs.append(int(one.starts[lot]) + right[lot].index(holder))
    filled, soft = 0, False
    for number, reserve in enumerate(one.reserves):
        held = [holders[home] for home in reserve.homes if holders[home] != NOBODY]
        members = sum(bool(one.member(number)[holder]) for holder in held)
        if reserve.hard and len(held) - members > reserve.homes.size - reserve.seats:
            return None
        if not reserve.hard:
            filled, soft = filled + min(members, reserve.seats), True
    worths = [int(each.worth[pairs].sum()) for each in objectives]
    return (*([filled] if soft else []), *worths, len(housed))


def brute(one: Market, objectives: list[Objective]) -> tuple[int, ...]:
    every = product(range(-1, one.applications), repeat=one.homes)
    found = [vector(one, objectives, holders) for holders in every]
    return max(each for each in found if each is not None)


def some_worth(data: st.DataObject, one: Market, name: str, most: int) -> Objective:
    size = one.application.size
    return Objective(name, np.array(data.draw(st.lists(st.integers(0, most), min_size=size, max_size=size)), dtype=int))


@settings(max_examples=examples(32), deadline=None)
@given(markets(homes=4, applicants=4), st.data())
def test_the_same_as_brute_force_and_its_bound_is_reached(one: Market, data: st.DataObject) -> None:
    objectives = [some_worth(data, one, "priority", 1), some_worth(data, one, "points", 5)]
    found = optimal(one, objectives)
    home_of(one, found)
    expected = brute(one, objectives)
    assert vector(one, objectives, tuple(found.application.tolist())) == expected
    assert tuple(found.reached.values()) == expected
    assert found.bound == found.reached
    assert found.finished


@settings(max_examples=examples(60), deadline=None)
@given(markets(homes=3, applicants=7), st.data())
def test_the_same_as_brute_force_where_many_are_alike_and_few_can_be_housed(one: Market, data: st.DataObject) -> None:
    """Who is alike is put together, and who cannot be needed is left out, before anything is solved."""
    of_people = st.lists(st.integers(0, 2), min_size=one.applications, max_size=one.applications)
    points = Objective.of_applications("points", one, np.array(data.draw(of_people), dtype=int))
    objectives = [points, some_worth(data, one, "fit", 1)]
    found = optimal(one, objectives)
    assert vector(one, objectives, tuple(found.application.tolist())) == tuple(found.reached.values())
    assert found.bound == found.reached
    assert tuple(found.reached.values()) == brute(one, objectives)


@settings(max_examples=examples(20), deadline=None)
@given(markets(homes=4, applicants=4), st.data())
def test_in_blocks_it_is_allowed_and_no_better_than_its_bound(one: Market, data: st.DataObject) -> None:
    one = market(one.lot.tolist(), [sorted(each) for each in wishes(one)], right_of_all(one))
    blocks = np.array(data.draw(st.lists(st.integers(0, 1), min_size=one.lots, max_size=one.lots)))
    objectives = [some_worth(data, one, "points", 5)]
    found = optimal(one, objectives, blocks=blocks)
    assert vector(one, objectives, tuple(found.application.tolist())) == tuple(found.reached.values())
    assert tuple(found.reached.values()) <= brute(one, objectives) <= tuple(found.bound.values())


def wishes(one: Market) -> list[list[int]]:
    return [[lot for lot, order in enumerate(right_of(one)) if each in order] for each in range(one.applications)]


def right_of_all(one: Market) -> list[list[int]]:
    return [order + [e for e in range(one.applications) if e not in order] for order in right_of(one)]


@settings(max_examples=examples(16), deadline=None)
@given(markets(homes=6, applicants=7))
def test_a_quota_that_can_be_reached_is_reached(one: Market) -> None:
    every = Reserve("q", np.arange(one.homes), MEMBER, seats=one.homes)
    lots = wishes(one)
    quota = market(one.lot.tolist(), lots, classes=one.classes.tolist(), reserves=[every])
    members = [own if one.classes[each] & MEMBER else [] for each, own in enumerate(lots)]
    alone = optimal(market(one.lot.tolist(), members), [])
    assert optimal(quota, []).reached["reserves"] == alone.reached["homes"], "as many members as can be housed at once"


@settings(max_examples=examples(16), deadline=None)
@given(markets())
def test_no_home_stays_empty_that_fits_somebody_without_one(one: Market) -> None:
    soft = market(one.lot.tolist(), wishes(one), right_of_all(one))
    found = optimal(soft, [Objective("nothing", np.zeros(soft.application.size, dtype=int))])
    homes = home_of(soft, found)
    empty = set(np.flatnonzero(found.application == NOBODY).tolist())
    assert [pair for pair in envious(soft, found) if homes[pair[0]] == -1 and pair[1] in empty] == []


def large(seed: int) -> tuple[Market, Objective]:
    random = np.random.default_rng(seed)
    lots = [[int(lot) for lot in random.choice(40, 5, replace=False)] for _ in range(300)]
    one = market(list(range(40)), lots)
    return one, Objective("points", random.integers(1, 1_000, one.application.size))


@pytest.mark.parametrize("seed", range(3))
def test_the_same_optimum_as_scipy_and_ortools(seed: int) -> None:
    one, points = large(seed)
    dense = np.zeros((one.lots, one.applications), dtype=np.int64)
    lots = np.repeat(np.arange(one.lots), np.diff(one.starts))
    dense[lots, one.application] = points.worth
    found = optimal(one, [points]).reached["points"]
    assert found == dense[linear_sum_assignment(dense, maximize=True)].sum()
    assert found == flow(one, lots, points.worth)


def flow(one: Market, lots: np.ndarray, worth: np.ndarray) -> int:
    """OR-tools: homes to lots to applications, the rest of the flow straight to the end."""
    source, sink = one.lots + one.applications, one.lots + one.applications + 1
    network = SimpleMinCostFlow()
    every, people = np.arange(one.lots), one.lots + np.arange(one.applications)
    network.add_arcs_with_capacity_and_unit_cost(np.full(one.lots, source), every, one.places, 0 * every)
    network.add_arcs_with_capacity_and_unit_cost(lots, one.lots + one.application, np.ones_like(lots), -worth)
    network.add_arcs_with_capacity_and_unit_cost(people, np.full_like(people, sink), np.ones_like(people), 0 * people)
    network.add_arc_with_capacity_and_unit_cost(source, sink, one.homes, 0)
    network.set_node_supply(source, one.homes)
    network.set_node_supply(sink, -one.homes)
    assert network.solve() == network.OPTIMAL
    return -network.optimal_cost()


def test_an_earlier_objective_is_never_given_up_for_a_later_one() -> None:
    one = market([0], [[0], [0]])
    priority, points = np.array([0, 1]), np.array([900, 1])
    objectives = [Objective.of_applications(n, one, v) for n, v in (("priority", priority), ("points", points))]
    found = optimal(one, objectives)
    assert found.application.tolist() == [1]
    assert found.reached == {"priority": 1, "points": 1, "homes": 1}


def test_a_quota_over_two_lots_that_deferred_acceptance_misses_is_reached() -> None:
    quota = Reserve("q", np.array([0, 1]), MEMBER, seats=1)
    one = market([0, 1], [[0], [0], [1]], classes=[0, MEMBER, 0], reserves=[quota])
    assert optimal(one, []).application.tolist() == [1, 2]


def test_the_total_may_pass_over_whom_the_order_puts_first() -> None:
    one = market([0, 1], [[0], [0, 1]], right=[[1, 0], [1, 0]])
    found = optimal(one, [])
    assert found.application.tolist() == [0, 1]
    assert envious(one, found) == [(1, 0)]


def test_to_hide_a_place_one_accepts_may_pay() -> None:
    honest, hiding = market([0, 1], [[0], [0, 1]]), market([0, 1], [[0], [0]])
    for one, home in ((honest, 1), (hiding, 0)):
        points = Objective.of_applications("points", one, np.array([1, 2]))
        assert home_of(one, optimal(one, [points]))[1] == home


def test_reserves_that_cross_are_whole_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """The relaxation is content with halves here, so that branch and bound is asked."""
    asked: list[object] = []
    branch = branching._branch
    monkeypatch.setattr(branching, "_branch", lambda *given: asked.append(given) or branch(*given))
    quotas = [
        Reserve("a", np.array([0, 1]), classes=1, seats=2),
        Reserve("b", np.array([1, 2]), classes=1, seats=1, hard=True),
        Reserve("c", np.array([1, 2]), classes=2, seats=1),
    ]
    lots = [[0, 1], [2, 1, 0], [0, 2, 1], [1, 0], [2, 1, 0]]
    one = market([0, 1, 2], lots, classes=[1, 4, 6, 2, 2], reserves=quotas)
    objectives = [Objective("points", np.array([1, 1, 4, 1, 1, 0, 0, 3, 1, 4, 2, 4, 2]))]
    found = optimal(one, objectives)
    assert asked
    assert vector(one, objectives, tuple(found.application.tolist())) == brute(one, objectives)
    assert found.bound == found.reached


def test_stopped_it_is_allowed_and_says_what_is_left() -> None:
    one, points = large(3)
    random = np.random.default_rng(3)
    classes = random.integers(0, 8, one.applications).tolist()
    quotas = [Reserve(f"q{n}", np.sort(random.choice(40, 20, replace=False)), 1 << n, 12) for n in range(3)]
    crossing = Market(one.lot, one.starts, one.application, one.wish, np.array(classes, dtype=np.int32), tuple(quotas))
    found, best = optimal(crossing, [points], stop=0), optimal(crossing, [points])
    assert vector(crossing, [points], tuple(found.application.tolist())) == tuple(found.reached.values())
    assert tuple(found.reached.values()) <= tuple(best.reached.values()) <= tuple(found.bound.values())
    assert not found.finished
    assert best.finished
    assert found.reached["homes"] == 40, "no home stays empty where the solver stopped"


@settings(max_examples=examples(24), deadline=None)
@given(markets(homes=4, applicants=4), st.data(), st.integers(0, 12))
def test_wherever_it_stops_nothing_exceeds_its_bound(one: Market, data: st.DataObject, stop: int) -> None:
    objectives = [some_worth(data, one, "priority", 1), some_worth(data, one, "points", 5)]
    found = optimal(one, objectives, stop=stop)
    reached, expected = tuple(found.reached.values()), brute(one, objectives)
    assert vector(one, objectives, tuple(found.application.tolist())) == reached
    assert reached <= expected <= tuple(found.bound.values())
    assert not found.finished or reached == expected


def apart() -> tuple[Market, Objective, np.ndarray]:
    one, points = large(7)
    return one, points, np.arange(one.lots) % 5


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_the_same_with_any_executor(pool: type[Executor]) -> None:
    one, points, blocks = apart()
    alone = optimal(one, [points], blocks=blocks)
    with pool(2) as executor:  # type: ignore[call-arg]
        together = optimal(one, [points], blocks=blocks, executor=executor)
    assert alone.application.tolist() == together.application.tolist()
    assert alone.gaps == together.gaps
    assert 0.95 * alone.bound["points"] <= alone.reached["points"] <= alone.bound["points"]


def test_each_block_says_its_own_gap() -> None:
    one, points, blocks = apart()
    found = optimal(one, [points], blocks=blocks)
    assert [gap.block for gap in found.gaps] == [0, 1, 2, 3, 4]
    for place, name in enumerate(found.reached):
        assert sum(gap.reached[place] for gap in found.gaps) == found.reached[name]
        assert sum(gap.bound[place] for gap in found.gaps) == found.bound[name]
    for gap in found.gaps:
        lots = np.flatnonzero(blocks == gap.block).tolist()
        mine = np.isin(np.repeat(np.arange(one.lots), np.diff(one.starts)), lots)
        wanted = [[lots.index(lot) for lot in own if lot in lots] for own in wishes(one)]
        alone = optimal(market(list(range(len(lots))), wanted), [Objective("points", points.worth[mine])])
        assert gap.bound == tuple(alone.reached.values()), "alone, nobody else wants anybody"
        assert gap.reached <= gap.bound


@settings(max_examples=examples(24), deadline=None)
@given(markets(homes=5, applicants=6, reserved=False), st.data())
def test_in_blocks_no_home_stays_empty_that_fits_somebody_without_one(one: Market, data: st.DataObject) -> None:
    blocks = np.array(data.draw(st.lists(st.integers(0, 2), min_size=one.lots, max_size=one.lots)))
    found = optimal(one, [some_worth(data, one, "points", 3)], blocks=blocks)
    homes, right = home_of(one, found), right_of(one)
    for home, holder in enumerate(found.application.tolist()):
        if holder == NOBODY:
            assert all(homes[each] >= 0 for each in right[one.lot[home]])


def test_progress_is_told_by_block() -> None:
    told: list[tuple[str, int, int | None]] = []
    optimal(market([0], [[0]]), [], progress=lambda label, done, total=None: told.append((label, done, total)))
    assert told == [("optimise", 0, 1), ("optimise", 1, 1)]


@pytest.mark.parametrize(
    ("objective", "said"),
    [
        (Objective("points", np.array([1, 2])), "must have one worth a pair, 1"),
        (Objective("points", np.array([-1])), "whole numbers from 0"),
        (Objective("points", np.array([0.5])), "whole numbers from 0"),
    ],
)
def test_an_objective_that_is_none_is_refused(objective: Objective, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        optimal(market([0], [[0]]), [objective])


@pytest.mark.parametrize(("members", "apart"), [([0, 1], 1), ([1, 2], 2)])
def test_a_reserve_over_two_blocks_has_its_seats_divided_by_homes(members: list[int], apart: int) -> None:
    """Two seats, one in each block of two homes: two members of the one block fill one of them."""
    quota = Reserve("q", np.arange(4), MEMBER, seats=2)
    classes = [MEMBER if lot in members else 0 for lot in range(4)]
    one = market([0, 1, 2, 3], [[0], [1], [2], [3]], classes=classes, reserves=[quota])
    found = optimal(one, [], blocks=np.array([3, 3, 7, 7]))
    assert found.reached["reserves"] == found.bound["reserves"] == apart
    assert optimal(one, []).reached["reserves"] == 2


def test_a_reserve_without_homes_asks_for_nothing() -> None:
    one = market([0], [[0]], reserves=[Reserve("q", np.arange(0), MEMBER, seats=0)])
    found = optimal(one, [])
    assert found.reached == found.bound == {"reserves": 0, "homes": 1}


def test_blocks_are_given_for_each_lot() -> None:
    with pytest.raises(BadInput, match="for each of 2 lots"):
        optimal(market([0, 1], [[0, 1]]), [], blocks=np.array([3]))
