"""Homes one after the other: what holds, and what theory says must fail."""

import numpy as np
from hypothesis import given
from markets import envious, home_of, market, markets, right_of, seat_order

from carreau.allocation.market import NOBODY, Market, Reserve
from carreau.allocation.mechanisms.serial import serial


@given(markets())
def test_the_same_as_going_down_each_list(one: Market) -> None:
    housed: set[int] = set()
    expected = []
    for home in range(one.homes):
        free = [each for each in seat_order(one, home) if each not in housed]
        expected.append(free[0] if free else NOBODY)
        housed.update(free[:1])
    assert serial(one).application.tolist() == expected


@given(markets())
def test_nobody_without_a_home_was_passed_over_and_no_home_that_fits_them_is_empty(one: Market) -> None:
    found = serial(one)
    homes = home_of(one, found)
    assert [pair for pair in envious(one, found) if homes[pair[0]] == -1] == []


@given(markets())
def test_a_reserve_is_said_to_decide_when_another_order_would_have_housed_another(one: Market) -> None:
    housed: set[int] = set()
    found = serial(one)
    for home, holder in enumerate(found.application.tolist()):
        free = [each for each in right_of(one)[one.lot[home]] if each not in housed]
        assert (found.reserve[home] != -1) == (holder != NOBODY and free[0] != holder)
        housed.add(holder)


def test_whoever_has_a_home_may_envy_a_later_one() -> None:
    one = market([0, 1], [[1, 0], [0, 1]])
    found = serial(one)
    assert found.application.tolist() == [0, 1]
    assert envious(one, found) == [(0, 1)], "the first in order is served a home that it wishes less"


def test_to_hide_a_place_one_accepts_may_pay() -> None:
    honest = market([0, 1], [[1, 0], [0, 1]])
    hiding = market([0, 1], [[1], [0, 1]])
    assert home_of(honest, serial(honest))[0] == 0
    assert home_of(hiding, serial(hiding))[0] == 1


def test_a_hard_claim_leaves_a_home_empty_when_no_member_is_left() -> None:
    claims = Reserve("q", np.array([0, 1]), classes=1, seats=2, hard=True)
    one = market([0, 0], [[0], [0]], classes=[0, 1], reserves=[claims])
    found = serial(one)
    assert (found.application.tolist(), found.reserve.tolist()) == ([1, NOBODY], [0, -1])


def test_long_lists_are_gone_down_to_the_end() -> None:
    one = market([0] * 500, [[0]] * 600, classes=[0] * 599 + [1], reserves=[Reserve("q", np.arange(500), 1, seats=1)])
    found = serial(one)
    assert sorted(found.application.tolist()) == [*range(499), 599]


def test_it_stops_after_the_homes_allowed() -> None:
    found = serial(market([0, 0], [[0], [0]]), stop=1)
    assert (found.application.tolist(), found.finished, found.work) == ([0, NOBODY], False, 1)
