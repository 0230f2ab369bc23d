"""Tickets that anyone can compute again, and chances that are alike."""

import hashlib
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markets import envious, home_of, market, markets, right_of

from carreau.allocation.market import Market
from carreau.allocation.mechanisms.lottery import drawn, lottery, tickets
from carreau.errors import BadInput


def test_a_ticket_is_the_start_of_a_hash() -> None:
    expected = int(hashlib.sha256("graine\nd-é".encode()).hexdigest()[:16], 16) // 2
    assert tickets(["d-é"], "graine").tolist() == [expected]


def test_another_seed_draws_otherwise_and_the_same_one_alike() -> None:
    names = [f"a{n}" for n in range(20)]
    assert (tickets(names, "1") == tickets(names, "1")).all()
    assert (np.argsort(tickets(names, "1")) != np.argsort(tickets(names, "2"))).any()


@given(markets(), st.data())
def test_classes_come_first_then_tickets(one: Market, data: st.DataObject) -> None:
    size = {"min_size": one.applications, "max_size": one.applications}
    ticket = np.array(data.draw(st.lists(st.integers(0, 99), unique=True, **size)))
    priority = np.array(data.draw(st.lists(st.integers(0, 1), **size)))
    again = drawn(one, ticket, priority)
    assert [sorted(order) for order in right_of(again)] == [sorted(order) for order in right_of(one)]
    for order in right_of(again):
        assert order == sorted(order, key=lambda each: (priority[each], ticket[each]))
    found = lottery(one, ticket, priority)
    assert [pair for pair in envious(again, found) if home_of(again, found)[pair[0]] == -1] == []


def test_equals_have_equal_chances() -> None:
    one = market([0], [[0]] * 4)
    alike = np.zeros(4, dtype=np.int64)
    won = Counter(int(lottery(one, tickets("abcd", str(s)), alike).application[0]) for s in range(2_000))
    assert all(abs(count - 500) < 5 * (2_000 * 0.25 * 0.75) ** 0.5 for count in won.values())
    assert len(won) == 4


def test_a_ticket_short_is_refused() -> None:
    with pytest.raises(BadInput, match="1 tickets and 2 priorities for 2"):
        lottery(market([0], [[0], [0]]), np.array([1]), np.array([0, 0]))
