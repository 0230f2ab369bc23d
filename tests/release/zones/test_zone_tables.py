"""The tables of a zoning as published: where zones are, and what units mostly in them sum to."""

import polars as pl
import pytest

from carreau.release.indicators import INDICATORS
from carreau.release.zones.tables import ZoneTable, zone_tables

CORNERS = {1: 200, 2: 400, 3: 600}


def table(rows: list[tuple[int, str, str | None, int]]) -> ZoneTable:
    """`rows`: cell, unit, zone, households, one home a row."""
    homes = pl.DataFrame(
        [
            {"cell_crs": 3035, "cell_north": 2_000_000, "cell_east": 3_200_000 + CORNERS[cell], "unit_id": unit,
             "n": number, "homes": 1, "qpv": zone}
            for cell, unit, zone, number in rows
        ],
        schema_overrides={"qpv": pl.String},
    )  # fmt: skip
    counts = homes.group_by("unit_id").agg(households=pl.col("n").sum().cast(pl.Int32)).sort("unit_id")
    persons = next(one for one in INDICATORS if one.name == "persons")
    units = counts.with_columns(persons_low=pl.Series([30, None, 50][: counts.height]), persons_high=60)
    (made,) = zone_tables(
        homes, units, zonings=["qpv"], count="households", indicators=(persons,), threshold=11
    ).values()  # fmt: skip
    return made


def cells(frame: pl.DataFrame) -> list[tuple[str, str, bool]]:
    return [(cell.rpartition("E")[2], zone, whole) for cell, zone, whole in frame.rows()]


def test_a_zone_is_where_its_homes_are_and_a_cell_that_has_others_is_not_whole() -> None:
    made = table([(1, "A", "Q1", 30), (2, "B", "Q1", 15), (2, "B", None, 15)])
    assert made.exact.rows() == [("Q1", 45)]
    assert cells(made.cells) == [("3200200", "Q1", True), ("3200400", "Q1", False)]
    assert made.told.rows() == [("Q1", "exact", 2, 0)]
    assert made.figures == {"exact": 1, "units": 0, "withheld": 0, "homes_moved": 0}


def test_beside_a_zone_that_is_not_exact_a_cell_is_not_whole() -> None:
    made = table([(1, "A", "Q1", 15), (1, "A", "Q1", 15), (1, "A", "Q2", 9), (2, "B", "Q1", 20)])
    assert made.figures == {"exact": 0, "units": 1, "withheld": 1, "homes_moved": 2}
    assert made.exact.is_empty()
    assert made.cells.is_empty()
    assert dict(made.why) == {"Q1": ("a small region would follow", ("Q1",)), "Q2": ("below the threshold", ())}


def test_what_is_told_over_units_is_what_the_grid_tells_together() -> None:
    made = table([(1, "A", "Q1", 30), (2, "B", "Q2", 20), (3, "C", "Q1", 12)])
    assert made.units_cells.rows() == [("A", "Q1"), ("B", "Q2"), ("C", "Q1")]
    assert made.units.rows() == [("Q1", 42, 80, 120), ("Q2", 20, None, 60)]


@pytest.mark.parametrize(
    ("homes", "zone"), [(["Q1", "Q1", None], "Q1"), (["Q2", "Q1"], "Q1"), (["Q1", None, None], None)]
)
def test_a_unit_is_of_the_zone_that_most_of_its_homes_are_in(homes: list[str | None], zone: str | None) -> None:
    made = table([(1, "A", own, 20) for own in homes])
    assert made.units_cells["zone"].to_list() == ([zone] if zone else [])
