"""A public table of waiting times: every cell holds enough, none overlaps another, and only the gate makes one."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carreau.release.tables import PUBLISHED, Table, merged, protect_table

ENOUGH = 11
KEY = ["commune", "rooms", "priority"]
Row = tuple[str, str, int, bool, int]


def counts(*rows: Row) -> pl.DataFrame:
    schema = {
        "epci": pl.String(),
        "commune": pl.String(),
        "rooms": pl.Int16(),
        "priority": pl.Boolean(),
        "n": pl.Int64(),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def told(*rows: Row) -> list[tuple[Any, ...]]:
    found = merged(counts(*rows), ENOUGH).drop_nulls("cell").unique("cell").sort("cell")
    return found.select("communes", "rooms_from", "rooms_to", "told_priority").rows()


def test_cells_that_hold_enough_stay_as_they_are() -> None:
    rows = [("e", commune, rooms, priority, 11) for commune in "ab" for rooms in (1, 2) for priority in (True, False)]
    assert len(told(*rows)) == 8


def test_small_communes_are_one_place_with_the_smallest_other_when_they_must() -> None:
    assert told(("e", "a", 2, False, 50), ("e", "b", 2, False, 20), ("e", "c", 2, False, 3)) == [
        (["a"], 2, 2, None),
        (["b", "c"], 2, 2, None),
    ]


def test_sizes_next_to_each_other_are_merged_and_a_rest_joins_the_last() -> None:
    rows = [("e", "a", rooms, False, n) for rooms, n in ((1, 4), (2, 9), (3, 15), (4, 6), (5, 1))]
    assert told(*rows) == [(["a"], 1, 2, None), (["a"], 3, 5, None)]


def test_priority_alone_is_never_told() -> None:
    """All housed there were priorities: a cell of its own would say so of each."""
    assert told(("e", "a", 2, True, 40)) == [(["a"], 2, 2, None)]
    assert told(("e", "a", 2, True, 40), ("e", "a", 2, False, 10)) == [(["a"], 2, 2, None)]
    assert len(told(("e", "a", 2, True, 40), ("e", "a", 2, False, 11))) == 2


def test_an_epci_with_too_few_is_not_published() -> None:
    found = merged(counts(("e", "a", 2, True, 10), ("f", "b", 2, True, 11)), ENOUGH).sort("commune")
    assert found["cell"].is_null().to_list() == [True, False]


ROWS = st.lists(
    st.tuples(st.sampled_from("ef"), st.sampled_from("abcd"), st.integers(1, 5), st.booleans(), st.integers(0, 25)),
    max_size=40,
    unique_by=lambda row: row[1:4],
).map(lambda rows: [("e" if row[1] in "ab" else "f", *row[1:]) for row in rows])


@given(ROWS)
def test_whatever_the_counts_each_cell_holds_enough_and_each_household_is_in_one_cell(rows: list[Row]) -> None:
    given_counts = counts(*rows)
    found = merged(given_counts, ENOUGH)
    assert found.select(KEY).sort(KEY).equals(given_counts.select(KEY).sort(KEY))
    sums = found.join(given_counts, on=KEY).drop_nulls("cell").group_by("cell").agg(pl.col("n").sum())
    assert sums.filter(pl.col("n") < ENOUGH).is_empty()
    cells = found.drop_nulls("cell").select("cell", *list(PUBLISHED)[:4], priority="told_priority").unique("cell")
    each = given_counts.select(pl.col(KEY).repeat_by("n")).explode(KEY, empty_as_null=False)
    placed = each.join(found.select(*KEY, "cell"), on=KEY)
    values = pl.DataFrame(
        {"cell": cells["cell"], "median": [100] * cells.height}, schema_overrides={"median": pl.Int32}
    )
    table = protect_table(placed, cells, values, step=30, threshold=ENOUGH, facts={})
    assert table.rows.height == cells.height
    assert set(table.rows["median"]) <= {120}


def made(n: int = 11, **given: Any) -> Table:
    row = {"cell": 0, "epci": "e", "communes": ["a"], "rooms_from": 1, "rooms_to": 2, "priority": None}
    cells = pl.DataFrame([row], schema={"cell": pl.Int64(), **PUBLISHED})
    households = pl.DataFrame({"cell": [0] * n}, schema={"cell": pl.Int64()})
    values = pl.DataFrame({"cell": [0], "median": [91], "last": [None]}, schema_overrides={"last": pl.Int32})
    kept = {"cells": cells, "values": values, **given}
    return protect_table(households, kept["cells"], kept["values"], step=30, threshold=ENOUGH, facts={"of": "waits"})


def test_the_gate_counts_for_itself_and_rounds() -> None:
    assert made().rows.select("median", "last").rows() == [(120, None)]
    assert made(10).rows.is_empty()
    assert made().facts["threshold"] == ENOUGH


def test_cells_that_overlap_are_refused() -> None:
    both = pl.DataFrame(
        [
            {"cell": 0, "epci": "e", "communes": ["a", "b"], "rooms_from": 1, "rooms_to": 2, "priority": None},
            {"cell": 1, "epci": "e", "communes": ["b"], "rooms_from": 2, "rooms_to": 3, "priority": True},
        ],
        schema={"cell": pl.Int64(), **PUBLISHED},
    )
    with pytest.raises(ValueError, match="two cells share"):
        made(cells=both)


def test_nobody_else_makes_a_table_and_a_change_shows() -> None:
    with pytest.raises(TypeError, match="protect_table only"):
        Table(facts={}, _rows=pl.DataFrame(), gate=None)
    table = made()
    assert table.intact
    object.__setattr__(table, "_rows", table.rows.with_columns(median=pl.lit(1)))
    assert not table.intact
