"""The finest partition: what joins what, what never happens, and the slow twin that tries everything."""

from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from unittest.mock import patch

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_twin import Place, Price, best_price
from tests.examples import examples

from carreau.errors import BadInput
from carreau.outputs import digest
from carreau.release.partition import stretches
from carreau.release.partition.commune import Plan, plan
from carreau.release.partition.drawn import CELL_KEY, Drawn, refuse_overlaps
from carreau.release.partition.finest import finest
from carreau.release.partition.shapes import Effort
from carreau.release.partition.windows import Window

EVERY = 10**9


def frame(base: Mapping[Place, int], communes: Mapping[Place, str] | None = None, crs: int = 3035) -> pl.DataFrame:
    """Cells by row and column, in a commune of their own unless said."""
    named = communes or dict.fromkeys(base, "A")
    rows = [(crs, 200 * row, 200 * column, n, named[row, column]) for (row, column), n in base.items()]
    schema = {**dict.fromkeys(CELL_KEY, pl.Int32), "base": pl.Int64, "commune": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def units(drawn: Drawn) -> set[frozenset[Place]]:
    """The cells of each unit, bridges too."""
    cells = pl.concat([drawn.cells, drawn.bridges]).drop_nulls("unit_id")
    return {
        frozenset((north // 200, east // 200) for north, east in part.select(CELL_KEY[1:]).iter_rows())
        for _, part in cells.group_by("unit_id")
    }


def drawn(base: Mapping[Place, int], communes: Mapping[Place, str] | None = None) -> set[frozenset[Place]]:
    return units(finest(frame(base, communes), 11))


def test_cells_with_enough_stay_alone() -> None:
    assert drawn({(0, 0): 11, (0, 1): 40}) == {frozenset({(0, 0)}), frozenset({(0, 1)})}


def test_small_neighbours_join_and_leave_the_others_alone() -> None:
    assert drawn({(0, 0): 5, (0, 1): 6, (0, 2): 40}) == {frozenset({(0, 0), (0, 1)}), frozenset({(0, 2)})}


def test_an_empty_cell_bridges_two_small_ones() -> None:
    assert drawn({(0, 0): 5, (0, 2): 6, (1, 0): 40}) == {frozenset({(0, 0), (0, 1), (0, 2)}), frozenset({(1, 0)})}


def test_a_bridge_goes_around_a_cell_that_holds_enough_rather_than_through_it() -> None:
    found = drawn({(0, 0): 5, (0, 1): 12, (0, 2): 7})
    assert frozenset({(0, 1)}) in found
    assert {len(unit) for unit in found} == {1, 5}


def test_a_far_cell_is_reached_by_a_long_bridge() -> None:
    found = drawn({(0, 0): 50, (0, 1): 10, (0, 30): 1})
    assert found == {frozenset({(0, 0)}), frozenset((0, column) for column in range(1, 31))}


def test_a_small_cell_without_another_takes_the_least_crowded_neighbour_it_has() -> None:
    assert drawn({(0, 0): 50, (0, 1): 3, (0, 2): 12}) == {frozenset({(0, 0)}), frozenset({(0, 1), (0, 2)})}


def test_one_cell_gives_way_to_two_that_are_shut_in() -> None:
    walls = {(0, 1): 30, (1, 0): 30, (2, 1): 30, (0, 3): 30, (2, 3): 30, (1, 4): 30}
    found = drawn({**walls, (1, 1): 2, (1, 2): 35, (1, 3): 2})
    assert frozenset({(1, 1), (1, 2), (1, 3)}) in found
    assert len(found) == 7


def test_a_cell_with_homes_and_nobody_in_them_joins_a_unit() -> None:
    assert drawn({(0, 0): 0, (0, 1): 5, (1, 1): 7}) == {frozenset({(0, 0), (0, 1), (1, 1)})}


def test_a_commune_with_too_few_is_in_no_unit() -> None:
    found = finest(frame({(0, 0): 10, (0, 1): 20}, {(0, 0): "A", (0, 1): "B"}), 11)
    assert units(found) == {frozenset({(0, 1)})}
    assert found.cells["unit_id"].null_count() == 1


def test_a_unit_does_not_cross_a_commune_border() -> None:
    base = {(0, 0): 6, (0, 1): 6, (0, 2): 6, (0, 3): 6}
    communes = {(0, 0): "A", (0, 1): "B", (0, 2): "B", (0, 3): "A"}
    found = drawn(base, communes)
    assert frozenset({(0, 1), (0, 2)}) in found
    assert {(0, 0), (0, 3)} < next(unit for unit in found if (0, 0) in unit)


def test_a_small_cell_shut_in_by_another_commune_is_in_no_unit() -> None:
    others = {(0, 1): 30, (1, 0): 30, (1, 2): 30, (2, 1): 30}
    communes = {**dict.fromkeys(others, "B"), (1, 1): "A", (5, 5): "A"}
    found = finest(frame({**others, (1, 1): 3, (5, 5): 20}, communes), 11)
    assert found.cells.filter(pl.col("unit_id").is_null()).select(CELL_KEY[1:]).rows() == [(200, 200)]
    assert frozenset({(5, 5)}) in units(found)


def test_a_bridge_may_leave_the_surroundings_of_its_commune_when_it_must() -> None:
    wall = {(row, column) for row in range(-2, 3) for column in range(-3, 4) if abs(row) == 2 or abs(column) == 3}
    wall -= {(2, 2)}
    communes = {**dict.fromkeys(wall, "B"), (0, 0): "A", (9, 0): "A"}
    found = drawn({**dict.fromkeys(wall, 30), (0, 0): 5, (9, 0): 6}, communes)
    assert (2, 2) in next(unit for unit in found if (0, 0) in unit)


def test_no_bridge_is_in_two_units() -> None:
    communes = {(0, 1): "A", (2, 1): "A", (1, 0): "B", (1, 2): "B"}
    found = finest(frame({(0, 1): 6, (2, 1): 6, (1, 0): 6, (1, 2): 6}, communes), 11)
    refuse_overlaps(found)
    assert len(units(found)) == 2


def test_communes_drawn_apart_take_no_bridge_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    communes = {(0, 1): "A", (2, 1): "A", (1, 0): "B", (1, 2): "B", (40, 40): "C"}
    table = frame({(0, 1): 6, (2, 1): 6, (1, 0): 6, (1, 2): 6, (40, 40): 11}, communes)
    together = finest(table, 11)
    monkeypatch.setattr(stretches, "STRETCH", 1)
    apart = finest(table, 11)
    refuse_overlaps(apart)
    assert tables(apart) == tables(together)
    assert apart.quality == together.quality


def test_processes_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(1)
    places = {(int(row), int(column)): int(n) for row, column, n in random.integers(0, 30, (400, 3))}
    table = frame(places, {place: "ABCDE"[place[0] // 6] for place in places})
    monkeypatch.setattr(stretches, "STRETCH", 2)
    monkeypatch.setattr("carreau.release.partition.finest.SHARED", 2)
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor,
        patch.object(executor, "map", wraps=executor.map) as asked,
    ):
        assert tables(finest(table, 11, executor=executor)) == tables(finest(table, 11))
    asked.assert_called_once()


def test_units_keep_to_one_side_of_a_border_when_it_costs_nothing() -> None:
    table = frame({(row, column): 6 for row in range(2) for column in range(4)})
    side = pl.when(pl.col("cell_east") >= 400).then(pl.lit("in")).otherwise(pl.lit("out"))
    found = units(finest(table.with_columns(side=side), 11))
    assert len(found) == 4
    assert all(len({column >= 2 for _, column in unit}) == 1 for unit in found)


def test_grids_do_not_mix() -> None:
    both = pl.concat([frame({(0, 0): 6}, crs=3035), frame({(0, 1): 6}, {(0, 1): "B"}, crs=2975)])
    assert finest(both, 11).units.is_empty()


def test_the_name_and_the_place_of_a_unit() -> None:
    found = finest(frame({(0, 0): 5, (0, 2): 6, (4, 4): 11}), 11).units
    assert found.select("unit_id", "crs", "size", "north", "east", "cells").rows() == [
        ("CRS3035RES200mN0E0-3", 3035, 600, 0, 0, 3),
        ("CRS3035RES200mN800E800", 3035, 200, 800, 800, 1),
    ]


def test_no_cell_at_all() -> None:
    found = finest(frame({}), 11)
    assert found.units.is_empty()
    assert found.quality == {"gap": 0.0}


def test_a_commune_as_wide_as_the_country_is_refused() -> None:
    with pytest.raises(BadInput, match="commune A lie too far apart"):
        finest(frame({(0, 0): 1, (30_000, 30_000): 20}), 11)


@dataclass(frozen=True)
class Rectangle:
    """A rectangle of at most 12 cells, some inhabited, some barred, in two sides of a border."""

    rows: int
    columns: int
    base: dict[Place, int]
    side: dict[Place, int]
    barred: frozenset[Place]

    def window(self) -> Window:
        """The rectangle in a ring that nobody may enter."""
        barred = np.ones((self.rows + 2, self.columns + 2), dtype=bool)
        barred[1:-1, 1:-1] = [
            [(row, column) in self.barred for column in range(self.columns)] for row in range(self.rows)
        ]
        return Window(-1, -1, barred)


@st.composite
def rectangles(draw: st.DrawFn, *, walls: bool = False) -> Rectangle:
    rows, columns = draw(st.sampled_from([(3, 4), (2, 6), (1, 12), (3, 3), (2, 5)]))
    most = draw(st.sampled_from([3, 6, 10, 14, 40]))
    kinds = st.one_of(st.none(), st.integers(0, most), *([st.just(-1)] if walls else []))
    drawn = {(row, column): draw(kinds) for row in range(rows) for column in range(columns)}
    base = {place: n for place, n in drawn.items() if n is not None and n >= 0}
    side = {place: draw(st.integers(0, 1)) for place in base}
    return Rectangle(rows, columns, base, side, frozenset(place for place, n in drawn.items() if n == -1))


def planned(one: Rectangle, effort: int = EVERY) -> Plan:
    places, window = sorted(one.base), one.window()
    numbers = window.numbers(*(np.array(axis, dtype=np.int64) for axis in zip(*places, strict=True)))
    base, side = (np.array([table[place] for place in places], dtype=np.int64) for table in (one.base, one.side))
    return plan(window, numbers, base, side, 11, Effort(effort))


def price(one: Rectangle, found: Plan) -> Price:
    window = one.window()
    members = [[place for place in window.places(unit) if place in one.base] for unit in found.units]
    gave_way = sum(one.base[place] for unit in members for place in unit if one.base[place] >= 11)
    mixed = sum(len({one.side[place] for place in unit}) > 1 for unit in members)
    return gave_way, found.cost, len(found.bridges), mixed


@settings(max_examples=examples(28))
@given(rectangles())
def test_nothing_is_better(one: Rectangle) -> None:
    if sum(one.base.values()) < 11:
        return
    best, found = best_price(one.rows, one.columns, one.base, 11, one.side), planned(one)
    assert best is not None
    assert not found.lost
    assert price(one, found)[0] == best[0]
    assert best[1] <= price(one, found)[1] <= 1.01 * best[1]
    assert found.bound <= best[1]


@settings(max_examples=examples(28))
@given(rectangles(walls=True))
def test_nothing_is_lost_that_could_be_saved(one: Rectangle) -> None:
    if sum(one.base.values()) < 11:
        return
    best, found = best_price(one.rows, one.columns, one.base, 11, one.side, one.barred), planned(one)
    assert (best is None) == bool(found.lost)
    if best is not None:
        assert price(one, found)[:2] == best[:2]


@settings(max_examples=examples(20))
@given(rectangles())
def test_without_effort_it_keeps_as_many_alone_and_knows_what_it_may_lose(one: Rectangle) -> None:
    if sum(one.base.values()) < 11:
        return
    hasty, careful = planned(one, effort=0), planned(one)
    assert price(one, hasty)[0] == price(one, careful)[0]
    assert hasty.bound <= careful.cost <= hasty.cost


PLACES = st.tuples(st.integers(0, 9), st.integers(0, 9))
TERRITORIES = st.dictionaries(PLACES, st.tuples(st.integers(0, 25), st.sampled_from("AAB")), max_size=60)


@pytest.mark.parametrize("at_once", [1, 500])
@settings(max_examples=examples(28))
@given(TERRITORIES, st.randoms(use_true_random=False))
def test_what_always_holds(at_once: int, cells: dict[Place, tuple[int, str]], random: object) -> None:
    with patch.object(stretches, "STRETCH", at_once):
        _what_always_holds(cells, random)


def _what_always_holds(cells: dict[Place, tuple[int, str]], random: object) -> None:
    base, communes = {place: n for place, (n, _) in cells.items()}, {place: name for place, (_, name) in cells.items()}
    table = frame(base, communes)
    found = finest(table, 11)
    refuse_overlaps(found)
    for unit in units(found):
        own = [place for place in unit if place in base]
        assert sum(base[place] for place in own) >= 11
        assert len({communes[place] for place in own}) == 1
    assert found.cells.height == table.height
    shuffled = finest(table.sample(fraction=1, shuffle=True, seed=random.randrange(99)), 11)  # type: ignore[attr-defined]
    assert tables(shuffled) == tables(found)
    assert 0 <= found.quality["gap"] < 1


@settings(max_examples=examples(20))
@given(TERRITORIES)
def test_nobody_is_left_out_of_a_commune_with_enough(cells: dict[Place, tuple[int, str]]) -> None:
    base = {place: n for place, (n, _) in cells.items()}
    found = finest(frame(base), 11)
    assert found.cells["unit_id"].null_count() == (0 if sum(base.values()) >= 11 else len(base))


def tables(found: Drawn) -> str:
    return digest({"units": found.units, "cells": found.cells, "bridges": found.bridges})
