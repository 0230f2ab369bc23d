"""What a market is made of, which home a reserve claims, and what is refused."""

from typing import Any

import numpy as np
import pytest

from carreau.allocation.market import Market, Reserve
from carreau.errors import BadInput

LOTS = np.array([0, 1, 0], dtype=np.int32)


def market(**given: Any) -> Market:
    """Three homes in two lots; application 2 comes first in lot 0, application 1 is alone in lot 1."""
    usual = {
        "lot": LOTS,
        "starts": np.array([0, 2, 3]),
        "application": np.array([2, 0, 1], dtype=np.int32),
        "wish": np.zeros(3, dtype=np.int32),
        "classes": np.array([1, 0, 3], dtype=np.int32),
    }
    return Market(**{**usual, **given})


def test_counts() -> None:
    one = market()
    assert (one.homes, one.lots, one.applications) == (3, 2, 3)
    assert one.places.tolist() == [2, 1]
    assert one.pairs_of_homes == 2 * 2 + 1, "two homes of two pairs, one of one"


def test_pairs_in_any_order_are_put_in_that_of_their_lot() -> None:
    pairs = np.array([1, 0, 0]), np.array([1, 0, 2])
    one = Market.of_pairs(LOTS, pairs, np.array([5, 8, 7]), np.array([30, 20, 10]), np.array([1, 0, 3]))
    assert one.starts.tolist() == [0, 2, 3]
    assert one.application.tolist() == [2, 0, 1]
    assert one.wish.tolist() == [10, 20, 30]


def test_a_reserve_spreads_its_seats_over_its_homes() -> None:
    lots, nobody = np.zeros(8, dtype=np.int32), np.array([], dtype=np.int32)
    quarter = Reserve("first quartile", np.arange(8), classes=1, seats=2)
    third = Reserve("priority", np.array([7, 1, 3, 5]), classes=2, seats=3)
    one = Market(lots, np.array([0, 0]), nobody, nobody, nobody, (quarter, third))
    assert one.claims.tolist() == [-1, 1, -1, 0, -1, 1, -1, 0]


def test_a_member_is_in_one_of_the_classes() -> None:
    one = market(reserves=(Reserve("both", np.array([0]), classes=2 | 4, seats=1),))
    assert one.member(0).tolist() == [False, False, True]


def test_arrays_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        market().application[0] = 1


def reserve(**given: Any) -> tuple[Reserve, ...]:
    return (Reserve(**{"name": "q", "homes": np.array([0, 1]), "classes": 1, "seats": 1, **given}),)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"lot": LOTS.astype(np.int64)}, "lot must be a plain array of int32"),
        ({"lot": np.array([0, 2, 0], dtype=np.int32)}, "lot must be from 0 to 1"),
        ({"lot": np.array([0, 0, 0], dtype=np.int32)}, "lot 1 has no home"),
        ({"starts": np.array([0, 2, 1])}, "starts must rise from 0"),
        ({"starts": np.array([], dtype=np.int64)}, "starts must rise from 0"),
        ({"starts": np.array([0, 2, 2])}, "application has 3 pairs, starts 2"),
        ({"wish": np.zeros(2, dtype=np.int32)}, "wish has 2 pairs, starts 3"),
        ({"application": np.array([2, 3, 1], dtype=np.int32)}, "application must be from 0 to 2"),
        ({"application": np.array([2, 2, 1], dtype=np.int32)}, "application 2 is twice in lot 0"),
        ({"classes": np.array([0, -1, 0], dtype=np.int32)}, "none negative"),
        ({"reserves": reserve(homes=np.array([0, 3]))}, "reserve q names a home that is not from 0 to 2"),
        ({"reserves": reserve(homes=np.array([1, 1]))}, "reserve q names a home twice"),
        ({"reserves": reserve(seats=3)}, "reserve q wants 3 of 2 homes"),
        ({"reserves": reserve(classes=0)}, "reserve q must be for one class at least"),
        ({"reserves": reserve() * 32_768}, "32768 reserves, of 32767 at most"),
    ],
)
def test_what_does_not_hold_together_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        market(**given)


def test_a_pair_of_an_unknown_lot_is_refused() -> None:
    none = np.array([0])
    with pytest.raises(BadInput, match="lots go from 0 to 1"):
        Market.of_pairs(LOTS, (np.array([2]), none), none, none, none)
