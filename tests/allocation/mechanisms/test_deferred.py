"""Deferred acceptance: the textbook algorithm, stability, and what nobody gains by misstating."""

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markets import envious, home_of, likes_more, market, markets, right_of, seat_order, wishes_of
from tests.examples import examples

from carreau.allocation.market import NOBODY, Market, Reserve
from carreau.allocation.mechanisms.deferred import deferred

QUARTILE = 1


def textbook(one: Market) -> list[int]:
    """Gale and Shapley, one proposal after the other; a lot is tried home by home, claimed ones first."""
    wishes, holders = wishes_of(one), [NOBODY] * one.homes
    claimed_first = sorted(range(one.homes), key=lambda home: (one.claims[home] == -1, one.claims[home], home))
    left = [[home for lot in lots for home in claimed_first if one.lot[home] == lot] for lots in wishes]
    orders = [seat_order(one, home) for home in range(one.homes)]
    looking = list(range(one.applications))
    while looking:
        each = looking.pop()
        while left[each]:
            home = left[each].pop(0)
            if each not in orders[home]:
                continue
            holder = holders[home]
            if holder == NOBODY or orders[home].index(each) < orders[home].index(holder):
                holders[home] = each
                if holder != NOBODY:
                    looking.append(holder)
                break
    return holders


def lots_of(one: Market, holders: list[int]) -> list[int]:
    """The lot that each application got, -1 for none."""
    found = [-1] * one.applications
    for home, holder in enumerate(holders):
        if holder != NOBODY:
            found[holder] = int(one.lot[home])
    return found


@given(markets())
def test_the_same_as_the_textbook(one: Market) -> None:
    assert lots_of(one, deferred(one).application.tolist()) == lots_of(one, textbook(one))


@given(markets(apart=True))
def test_the_same_home_as_the_textbook_when_every_home_is_its_own_lot(one: Market) -> None:
    assert deferred(one).application.tolist() == textbook(one)


@given(markets())
def test_nobody_envies_with_right_and_no_home_is_wasted(one: Market) -> None:
    found = deferred(one)
    assert found.finished
    assert envious(one, found) == []


@settings(max_examples=examples(24), deadline=None)
@given(markets(homes=3, applicants=4))
def test_no_assignment_without_envy_is_better_for_anybody(one: Market) -> None:
    best = home_of(one, deferred(one))
    for holders in product(range(-1, one.applications), repeat=one.homes):
        if _whole(one, holders) and not _envied(one, holders):
            homes = {holder: home for home, holder in enumerate(holders) if holder != NOBODY}
            assert not any(likes_more(one, each, home, best[each]) for each, home in homes.items())


def _whole(one: Market, holders: tuple[int, ...]) -> bool:
    housed = [holder for holder in holders if holder != NOBODY]
    fits = all(h == NOBODY or h in seat_order(one, home) for home, h in enumerate(holders))
    return fits and len(set(housed)) == len(housed)


def _envied(one: Market, holders: tuple[int, ...]) -> bool:
    homes = {holder: home for home, holder in enumerate(holders) if holder != NOBODY}
    for home, holder in enumerate(holders):
        order = seat_order(one, home)
        before = order if holder == NOBODY else order[: order.index(holder)]
        if any(likes_more(one, each, home, homes.get(each, -1)) for each in before):
            return True
    return False


@settings(max_examples=examples(24), deadline=None)
@given(markets(homes=4, applicants=4), st.data())
def test_nobody_gains_by_stating_other_wishes(one: Market, data: st.DataObject) -> None:
    wishes, right, liar = wishes_of(one), right_of(one), data.draw(st.integers(0, one.applications - 1))
    honest = home_of(one, deferred(one))[liar]
    for size in range(len(wishes[liar]) + 1):
        for said in permutations(wishes[liar], size):
            told = [*wishes[:liar], list(said), *wishes[liar + 1 :]]
            every = [order + [each for each in range(one.applications) if each not in order] for order in right]
            other = market(one.lot.tolist(), told, every, classes=one.classes.tolist(), reserves=one.reserves)
            got = home_of(other, deferred(other))[liar]
            assert got == -1 or not likes_more(one, liar, got, honest)


def test_who_comes_first_keeps_the_home_that_both_wish() -> None:
    one = market([0, 1], [[0, 1], [0, 1]], right=[[1, 0], [0, 1]])
    assert deferred(one).application.tolist() == [1, 0]


def test_a_claimed_home_goes_to_a_member_and_says_so() -> None:
    quarter = Reserve("first quartile", np.array([0, 1]), QUARTILE, seats=1)
    one = market([0, 0], [[0], [0], [0]], classes=[0, 0, QUARTILE], reserves=[quarter])
    found = deferred(one)
    assert sorted(found.application.tolist()) == [0, 2]
    assert found.reserve[found.application == 2].tolist() == [0]
    assert found.reserve[found.application == 0].tolist() == [-1]


def test_a_member_who_needs_no_reserve_is_not_said_to_have_used_it() -> None:
    quarter = Reserve("first quartile", np.array([0]), QUARTILE, seats=1)
    found = deferred(market([0], [[0], [0]], classes=[QUARTILE, 0], reserves=[quarter]))
    assert (found.application.tolist(), found.reserve.tolist()) == ([0], [-1])


@settings(max_examples=examples(120))
@given(markets())
def test_a_reserve_is_said_to_decide_when_somebody_before_in_the_lot_wished_for_the_home(one: Market) -> None:
    found = deferred(one)
    homes = home_of(one, found)
    for home, holder in enumerate(found.application.tolist()):
        if holder == NOBODY:
            continue
        order = right_of(one)[one.lot[home]]
        before = order[: order.index(holder)]
        assert (found.reserve[home] != -1) == any(likes_more(one, each, home, homes[each]) for each in before)


def test_a_reserve_is_not_said_to_decide_when_both_are_housed_in_the_lot() -> None:
    quarter = Reserve("first quartile", np.array([0, 1]), QUARTILE, seats=1)
    found = deferred(market([0, 0], [[0], [0]], classes=[0, QUARTILE], reserves=[quarter]))
    assert (found.application.tolist(), found.reserve.tolist()) == ([0, 1], [-1, -1])


@pytest.mark.parametrize(("hard", "holder"), [(False, 0), (True, NOBODY)])
def test_a_claimed_home_without_member_goes_to_another_unless_hard(hard: bool, holder: int) -> None:
    claim = Reserve("q", np.array([0]), QUARTILE, seats=1, hard=hard)
    assert deferred(market([0], [[0]], reserves=[claim])).application.tolist() == [holder]


def test_a_quota_over_two_lots_may_be_missed_though_it_can_be_reached() -> None:
    """The seat is spread to the second home before anybody says that the only member wants the first."""
    quota = Reserve("q", np.array([0, 1]), QUARTILE, seats=1)
    one = market([0, 1], [[0], [0], [1]], classes=[0, QUARTILE, 0], reserves=[quota])
    assert deferred(one).application.tolist() == [0, 2]


def test_it_stops_on_the_work_allowed() -> None:
    one = market([0, 1], [[0, 1], [0, 1], [0, 1]])
    assert not deferred(one, stop=1).finished
    assert deferred(one).work == 3 + 2, "three propose to the first, two go on to the second: one is refused unasked"


def test_progress_is_told_to_the_end() -> None:
    told: list[tuple[int, int | None]] = []
    deferred(market([0], [[0], [0]]), progress=lambda _, done, total=None: told.append((done, total)))
    assert told[0] == (0, 2)
    assert told[-1] == (2, 2)
