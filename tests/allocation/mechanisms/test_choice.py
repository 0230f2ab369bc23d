"""Adverts and answers: who did not answer is not served, and what follows from that."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markets import home_of, market, markets, seat_order, wishes_of

from carreau.allocation.market import NOBODY, Market
from carreau.allocation.mechanisms.choice import choice
from carreau.allocation.mechanisms.serial import serial
from carreau.errors import BadInput


@given(markets(), st.integers(1, 3), st.data())
def test_the_same_as_answering_round_after_round(one: Market, answers: int, data: st.DataObject) -> None:
    rounds = sorted(data.draw(st.lists(st.integers(0, 2), min_size=one.homes, max_size=one.homes)))
    housed: set[int] = set()
    expected = []
    for now in sorted(set(rounds)):
        homes = [home for home in range(one.homes) if rounds[home] == now]
        open_lots = {int(one.lot[home]) for home in homes}
        answered = [
            [] if each in housed else [lot for lot in wishes if lot in open_lots][:answers]
            for each, wishes in enumerate(wishes_of(one))
        ]
        for home in homes:
            free = [e for e in seat_order(one, home) if e not in housed and one.lot[home] in answered[e]]
            expected.append(free[0] if free else NOBODY)
            housed.update(free[:1])
    assert choice(one, answers, rounds=np.array(rounds)).application.tolist() == expected


@given(markets())
def test_who_answers_everything_at_once_is_served_as_in_the_order_of_homes(one: Market) -> None:
    assert choice(one, 9).application.tolist() == serial(one).application.tolist()


def test_a_home_that_nobody_answers_stays_empty_though_it_fits() -> None:
    one = market([0, 1], [[0, 1], [0, 1]])
    assert choice(one, 1).application.tolist() == [0, NOBODY]


def test_to_answer_the_home_with_shorter_odds_may_pay() -> None:
    honest = market([0, 1], [[0, 1], [0, 1]])
    guessing = market([0, 1], [[0, 1], [1, 0]])
    assert home_of(honest, choice(honest, 1))[1] == -1
    assert home_of(guessing, choice(guessing, 1))[1] == 1


def test_real_answers_are_taken_when_there_are_some() -> None:
    one = market([0, 1], [[0, 1], [0, 1]])
    assert choice(one, 3, answered=np.array([False, True, True, False])).application.tolist() == [1, 0]


def test_it_stops_after_the_rounds_allowed() -> None:
    found = choice(market([0, 0], [[0], [0]]), 1, rounds=np.array([0, 1]), stop=1)
    assert (found.application.tolist(), found.finished, found.work) == ([0, NOBODY], False, 1)


@pytest.mark.parametrize("rounds", [[0], [1, 0]])
def test_rounds_that_fall_or_miss_a_home_are_refused(rounds: list[int]) -> None:
    with pytest.raises(BadInput, match="rounds must be given for each of 2 homes"):
        choice(market([0, 0], [[0]]), 1, rounds=np.array(rounds))


def test_no_answer_at_all_is_refused() -> None:
    with pytest.raises(BadInput, match="at least one advert, not 0"):
        choice(market([0], [[0]]), 0)
