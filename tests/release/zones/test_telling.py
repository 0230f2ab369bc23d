"""Whatever zones the gate tells beside the units, someone who looks at every region finds none of 1 to 10."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from tests.examples import examples

from carreau.release.zones.derivable import derivable
from carreau.release.zones.pieces import NONE, Pieces, cut
from carreau.release.zones.telling import BELOW, DIFFERENCE, Told, tell

Row = tuple[int, ...]


def pieces_of(rows: Sequence[tuple[int, Row]]) -> Pieces:
    """Pieces of rows of (households, (unit, zones …)); -1 is none, units with fewer than 11 are not published."""
    names = ["unit_id", *"abc"[: len(rows[0][1]) - 1]]
    totals: dict[int, int] = {}
    for number, (unit, *_) in rows:
        totals[unit] = totals.get(unit, 0) + number
    frame = pl.DataFrame(
        [
            {name: f"{name}{zone}" if zone >= 0 and (place or totals[zone] >= 11) else None
             for place, (name, zone) in enumerate(zip(names, zones, strict=True))} | {"n": number}
            for number, zones in rows
        ],
        schema={**dict.fromkeys(names, pl.String), "n": pl.Int64},
    )  # fmt: skip
    return cut(frame.with_columns(homes=1), names[1:])


def published(pieces: Pieces, told: Sequence[Told]) -> tuple[np.ndarray, np.ndarray]:
    """What everybody reads: which pieces (columns) are in each zone told exactly, and their sums."""
    exact = [np.ones(len(pieces.labels[0]), bool), *(one.exact for one in told)]
    rows = [
        pieces.zones[:, table] == zone for table, own in enumerate(exact) for zone in np.flatnonzero(own).tolist()
    ]  # fmt: skip
    matrix = np.array(rows, float).reshape(len(rows), len(pieces.people))
    return matrix, matrix @ pieces.people


def small_sums(matrix: np.ndarray, told: np.ndarray) -> list[tuple[int, ...]]:
    """Every set of pieces whose number is a sum of what is told, times anything, and is 1 to 10."""
    size = matrix.shape[1]
    regions = (np.arange(1, 2**size)[:, None] >> np.arange(size)) & 1
    back = np.linalg.pinv(matrix)
    fits = np.abs(regions @ back @ matrix - regions).max(axis=1) < 1e-9
    number = np.rint(regions @ back @ told)
    return [tuple(np.flatnonzero(r).tolist()) for r in regions[fits & (number >= 1) & (number <= 10)]]


def small_bounds(matrix: np.ndarray, told: np.ndarray) -> list[tuple[int, ...]]:
    """Every set of pieces whose least and greatest number are within 1 to 10."""
    found = []
    for size in range(1, matrix.shape[1] + 1):
        for chosen in combinations(range(matrix.shape[1]), size):
            aim = np.isin(np.arange(matrix.shape[1]), chosen).astype(float)
            least, most = (linprog(sign * aim, A_eq=matrix, b_eq=told) for sign in (1, -1))
            if most.status == 0 and np.ceil(least.fun - 1e-6) >= 1 and np.floor(-most.fun + 1e-6) <= 10:
                found.append(chosen)
    return found


@st.composite
def territories(draw: st.DrawFn, *, kinds: int, zonings: int, zones: int) -> list[tuple[int, Row]]:
    """Up to 60 cells: how many live there, their unit and their zones. Some cells are of one kind."""
    label = st.integers(-1, draw(st.integers(1, zones)) - 1)
    row = st.tuples(*[label] * (1 + draw(st.integers(1, zonings))))
    some = draw(st.lists(row, min_size=2, max_size=kinds))
    cells = some + draw(st.lists(st.sampled_from(some), max_size=60 - kinds))
    people = st.sampled_from([0, 0, 1, 4, 7, 10, 11, 12, 13, 20, 30])
    return [(draw(people), zones) for zones in cells]


@settings(max_examples=examples(40), deadline=None)
@given(territories(kinds=12, zonings=3, zones=6))
def test_no_sum_of_what_is_told_is_small(rows: list[tuple[int, Row]]) -> None:
    pieces = pieces_of(rows)
    told = tell(pieces, 11)
    assert small_sums(*published(pieces, told)) == []


@settings(max_examples=examples(10), deadline=None)
@given(territories(kinds=6, zonings=3, zones=3))
def test_nor_is_what_follows_within_bounds(rows: list[tuple[int, Row]]) -> None:
    pieces = pieces_of(rows)
    told = tell(pieces, 11)
    assert small_bounds(*published(pieces, told)) == []


def everything_told(pieces: Pieces) -> list[Told]:
    zones = [np.ones(len(labels), bool) for labels in pieces.labels[1:]]
    return [Told(own, np.zeros(0, np.int64), np.zeros(len(own), np.int64), {}) for own in zones]


@settings(max_examples=examples(40), deadline=None)
@given(territories(kinds=12, zonings=1, zones=5))
@example([(11, (0, 0)), (4, (0, 1)), (12, (1, 0)), (11, (1, 1)), (20, (2, 1))])
def test_beside_one_zoning_nothing_is_taken_away_without_need(rows: list[tuple[int, Row]]) -> None:
    """With two tables a region is found if, and only if, one follows."""
    pieces = pieces_of(rows)
    firsts = np.cumsum([0, *(len(labels) for labels in pieces.labels)])
    zones = np.where(pieces.zones == NONE, NONE, pieces.zones + firsts[:-1])
    small = small_sums(*published(pieces, everything_told(pieces)))
    assert bool(derivable(zones, pieces.people, firsts, 11)) == bool(small)


@settings(max_examples=examples(20), deadline=None)
@given(territories(kinds=8, zonings=2, zones=4))
def test_no_zone_taken_away_could_be_told_after_all(rows: list[tuple[int, Row]]) -> None:
    pieces = pieces_of(rows)
    told = tell(pieces, 11)
    firsts = np.cumsum([0, *(len(labels) for labels in pieces.labels)])
    for table, one in enumerate(told, start=1):
        for zone in np.flatnonzero(~one.exact):
            why, _ = one.why[pieces.labels[table][int(zone)]]
            below = pieces.sums(table, pieces.people)[zone] < 11
            assert why == (BELOW if below else DIFFERENCE)
            if not below:
                exact = [np.ones(len(pieces.labels[0]), bool), *(other.exact.copy() for other in told)]
                exact[table][zone] = True
                kept = [np.where(np.append(own, False)[column], column + first, NONE)
                        for column, own, first in zip(pieces.zones.T, exact, firsts, strict=False)]  # fmt: skip
                assert derivable(np.stack(kept, axis=1), pieces.people, firsts, 11)


def test_a_zone_that_cuts_a_unit_near_its_edge_is_told_over_the_units_mostly_in_it() -> None:
    """Units of 30 and 20; the zone has the first and 5 households of the second."""
    pieces = pieces_of([(30, (0, 0)), (5, (1, 0)), (15, (1, -1)), (15, (1, -1))])
    (told,) = tell(pieces, 11)
    assert told.status == ["units"]
    assert told.most.tolist() == [0, -1]
    assert told.homes_moved.tolist() == [1]
    assert told.why == {"a0": (DIFFERENCE, ("a0",))}


@pytest.mark.parametrize(("inside", "status"), [(11, "exact"), (10, "units")])
def test_a_zone_of_what_is_left_of_a_unit_is_exact_from_11_on(inside: int, status: str) -> None:
    pieces = pieces_of([(20, (0, 0)), (inside, (1, 0)), (15, (1, -1)), (15, (1, -1))])
    assert tell(pieces, 11)[0].status == [status]


def test_a_zone_below_the_threshold_without_a_unit_of_its_own_is_withheld() -> None:
    pieces = pieces_of([(9, (0, 0)), (15, (0, -1)), (15, (0, -1))])
    (told,) = tell(pieces, 11)
    assert told.status == ["withheld"]
    assert told.why == {"a0": (BELOW, ())}


def test_two_neighbours_that_part_a_unit_badly_both_go() -> None:
    """They share a unit, 25 and 5, and are all there is: either one, with the units, tells the other."""
    rows = [(40, (0, 0)), (25, (1, 0)), (5, (1, 1)), (30, (2, 1))]
    (told,) = tell(pieces_of(rows), 11)
    assert told.status == ["units", "units"]


def test_towns_that_share_no_zone_do_not_change_what_is_told_of_each_other() -> None:
    """The first two share a unit badly, so that both zones go; in the third one of two, in the last none."""
    towns: list[list[tuple[int, Row]]] = [
        [(40, (0, 0)), (25, (1, 0)), (5, (1, 1)), (30, (2, 1))],
        [(40, (0, 0)), (5, (1, 0)), (25, (1, 1)), (30, (2, 1))],
        [(30, (0, 0)), (5, (1, 0)), (15, (1, -1)), (20, (2, 2)), (20, (3, 2))],
        [(20, (0, 0)), (11, (1, 0)), (15, (1, -1))],
    ]
    apart = [status for town in towns for status in tell(pieces_of(town), 11)[0].status]
    rows = [
        (people, (unit + 10 * town, zone + 10 * town if zone >= 0 else zone))
        for town, own in enumerate(towns)
        for people, (unit, zone) in own
    ]
    assert tell(pieces_of(rows), 11)[0].status == apart
