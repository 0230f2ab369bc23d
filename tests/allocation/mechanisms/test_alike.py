"""What is put together and left out before a block is optimised, and how homes are handed out again."""

import numpy as np
from markets import market

from carreau.allocation.market import Market, Reserve
from carreau.allocation.mechanisms.alike import Alike
from carreau.allocation.mechanisms.block import block_of

MEMBER = 1


def alike(one: Market, *worths: list[int]) -> Alike:
    everybody = np.ones(one.applications, dtype=np.bool_)
    lots, homes, reserves = np.arange(one.lots), np.arange(one.homes), one.reserves
    return Alike.of(block_of(one, lots, homes, [np.array(worth) for worth in worths], reserves, everybody))


def test_applications_that_want_the_same_for_the_same_are_one_of_several_households() -> None:
    small = alike(market([0, 0, 0], [[0]] * 4), [5, 7, 5, 7]).small
    assert small.crowd.tolist() == [2, 2]
    assert small.worth.tolist() == [[5, 7]]


def test_cells_that_the_same_want_alike_are_one_of_several_homes() -> None:
    one = market([0, 1, 2], [[0, 1, 2], [0, 1, 2]])
    small = alike(one, [5, 7, 5, 7, 5, 3]).small
    assert np.diff(small.starts).tolist() == [2, 1]
    assert small.homes.tolist() == [0, 1, 2]


def test_whoever_counts_for_a_reserve_is_never_one_with_whoever_does_not() -> None:
    quota = Reserve("q", np.array([0]), MEMBER, seats=1)
    one = market([0, 1], [[0, 1], [0, 1]], classes=[0, MEMBER], reserves=[quota])
    small = alike(one, [5, 5, 5, 5]).small
    assert small.crowd.tolist() == [1, 1]
    assert np.diff(small.starts).tolist() == [1, 1]


def test_who_comes_after_as_many_as_there_are_homes_is_left_out_of_a_cell() -> None:
    small = alike(market([0, 1], [[0], [0], [0], [1]]), [1, 9, 5, 2]).small
    assert sorted(small.worth[0].tolist()) == [2, 5, 9], "two homes: two before the first of lot 0 are enough"


def test_a_member_is_left_out_for_members_alone() -> None:
    quota = Reserve("q", np.array([0]), MEMBER, seats=1)
    one = market([0], [[0], [0], [0]], classes=[0, MEMBER, MEMBER], reserves=[quota])
    small = alike(one, [9, 5, 3]).small
    assert sorted(small.worth[0].tolist()) == [5, 9]


def test_homes_are_handed_out_to_different_households() -> None:
    found = alike(market([0, 0, 1], [[0, 1], [0, 1], [0, 1], [0, 1]]), [5] * 8)
    assert found.small.crowd.tolist() == [4]
    columns = np.flatnonzero(found.spread(np.array([3])))
    assert found.whole.application[columns].tolist() == [0, 1, 2]
    assert found.whole.cell[columns].tolist() == [0, 0, 1]
