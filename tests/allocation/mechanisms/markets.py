"""Small markets for Hypothesis, and what is true of an assignment, said slowly."""

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from carreau.allocation.market import NOBODY, OPEN, Assignment, Market, Reserve


def market(
    lots: Sequence[int],
    wishes: Sequence[Sequence[int]],
    right: Sequence[Sequence[int]] | None = None,
    *,
    classes: Sequence[int] | None = None,
    reserves: Sequence[Reserve] = (),
) -> Market:
    """Homes by lot; lots that each applicant accepts, the most wished first; `right` [lots]: applicants, best first.

    The order of the applicants' numbers when `right` is not given.
    """
    count = max(lots, default=-1) + 1
    order = right or [range(len(wishes))] * count
    rows = [
        (lot, one, place, wishes[one].index(lot))
        for lot in range(count)
        for place, one in enumerate(order[lot])
        if lot in wishes[one]
    ]
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    return Market.of_pairs(
        np.array(lots, dtype=np.int32),
        (table[:, 0], table[:, 1]),
        table[:, 2],
        table[:, 3],
        np.array(classes or [0] * len(wishes), dtype=np.int32),
        tuple(reserves),
    )


@st.composite
def markets(
    draw: st.DrawFn, *, homes: int = 5, applicants: int = 6, reserved: bool = True, apart: bool = False
) -> Market:
    """So many homes at most in three lots (or each its own when `apart`), strict wishes and orders, two reserves."""
    count = draw(st.integers(1, homes))
    lots = list(range(count)) if apart else sorted(draw(st.lists(st.integers(0, 2), min_size=count, max_size=count)))
    lots = [sorted(set(lots)).index(lot) for lot in lots]
    if not apart:
        lots = draw(st.permutations(lots))
    people = draw(st.integers(1, applicants))
    every = list(range(max(lots) + 1))
    wishes = [draw(st.permutations(every))[: draw(st.integers(0, len(every)))] for _ in range(people)]
    right = [draw(st.permutations(range(people))) for _ in every]
    classes = draw(st.lists(st.integers(0, 3), min_size=people, max_size=people))
    reserves = draw(st.lists(reserve(count), max_size=2)) if reserved else []
    return market(lots, wishes, right, classes=classes, reserves=reserves)


@st.composite
def reserve(draw: st.DrawFn, homes: int) -> Reserve:
    """A reserve over some of so many homes."""
    some = np.array(sorted(draw(st.sets(st.integers(0, homes - 1), min_size=1))))
    return Reserve("r", some, draw(st.integers(1, 3)), draw(st.integers(0, some.size)), draw(st.booleans()))


def wishes_of(one: Market) -> list[list[int]]:
    """Lots by application, the most wished first."""
    lots = np.repeat(np.arange(one.lots), np.diff(one.starts))
    rows: list[list[tuple[int, int]]] = [[] for _ in range(one.applications)]
    for lot, application, wish in zip(lots.tolist(), one.application.tolist(), one.wish.tolist(), strict=True):
        rows[application].append((wish, lot))
    return [[lot for _, lot in sorted(row)] for row in rows]


def right_of(one: Market) -> list[list[int]]:
    """Applications by lot, best right first."""
    return [part.tolist() for part in np.split(one.application, one.starts[1:-1])]


def home_of(one: Market, found: Assignment) -> list[int]:
    """The home of each application, -1 for none; checks that it is compatible, and that nobody has two."""
    homes = [-1] * one.applications
    right = right_of(one)
    for home, application in enumerate(found.application.tolist()):
        if application != NOBODY:
            assert homes[application] == -1, "two homes"
            assert application in right[one.lot[home]], "a home that does not fit"
            homes[application] = home
    return homes


def seat_order(one: Market, home: int) -> list[int]:
    """Who comes first at a home, its claim counted."""
    order, claim = right_of(one)[one.lot[home]], int(one.claims[home])
    if claim == OPEN:
        return order
    member = one.member(claim)
    others = [] if one.reserves[claim].hard else [each for each in order if not member[each]]
    return [each for each in order if member[each]] + others


def likes_more(one: Market, application: int, home: int, other: int) -> bool:
    """Whether an application wishes for a home more than for another (-1: none); homes of a lot are alike."""
    wishes = wishes_of(one)[application]
    lot = int(one.lot[home])
    return lot in wishes and (other == -1 or wishes.index(lot) < wishes.index(int(one.lot[other])))


def envious(one: Market, found: Assignment) -> list[tuple[int, int]]:
    """Pairs (application, home) where the application would rather have the home and comes before its holder."""
    homes = home_of(one, found)
    pairs = []
    for home, holder in enumerate(found.application.tolist()):
        order = seat_order(one, home)
        before = order if holder == NOBODY else order[: order.index(holder)]
        pairs += [(each, home) for each in before if likes_more(one, each, home, homes[each])]
    return pairs
