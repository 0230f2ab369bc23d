"""Tables of zones beside units, as files: the attack fails on what the gate lets through, and not on what it stops."""

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from carreau.attack.findings import BROKEN, SAFE, Attack
from carreau.attack.published import read
from carreau.attack.register import open_register
from carreau.attack.searching import attack
from carreau.places.grid import cell_ids
from carreau.release.partition.drawn import CELL_KEY
from carreau.release.zones.files import write_zones
from carreau.release.zones.tables import zone_tables

Home = tuple[int, tuple[int, int], int]
"""A home: its cell, its zones (-1: none), and the households that live there: 0 or 1."""
CELLS_A_UNIT = 2


def homes_of(homes: Sequence[Home]) -> pl.DataFrame:
    """Cells lie in a row, two and two in a unit; units of fewer than 11 are not published."""
    frame = pl.DataFrame(
        {
            "home_id": [str(number) for number in range(len(homes))],
            "cell_crs": 3035,
            "cell_north": 2_000_000,
            "cell_east": [3_200_000 + 200 * cell for cell, _, _ in homes],
            "unit": [cell // CELLS_A_UNIT for cell, _, _ in homes],
            "n": [number for *_, number in homes],
            **{name: [f"{name}{zones[place]}" if zones[place] >= 0 else None for _, zones, _ in homes]
               for place, name in enumerate("ab")},
        },
        schema_overrides={"a": pl.String, "b": pl.String},
    )  # fmt: skip
    enough = pl.col("n").sum().over("unit") >= 11
    return frame.with_columns(homes=1, unit_id=pl.when(enough).then(pl.format("U{}", "unit")))


def published(homes: pl.DataFrame, folder: Path) -> None:
    counted = homes.drop_nulls("unit_id").group_by("unit_id").agg(households=pl.col("n").sum()).sort("unit_id")
    cells = homes.drop_nulls("unit_id").select(cell_ids(*map(pl.col, CELL_KEY)).alias("cell_id"), "unit_id").unique()
    page = {"count": "households", "reference_date": "2026-01-01", "method": "by hand"}
    (folder / "release.json").write_text(json.dumps(page), encoding="utf-8")
    counted.write_csv(folder / "units.csv")
    cells.sort("cell_id").write_csv(folder / "cells.csv")
    tables = zone_tables(homes, counted, zonings=["a", "b"], count="households", indicators=(), threshold=11)
    write_zones(tables, folder)


def register(homes: pl.DataFrame, folder: Path) -> Path:
    """A territory folder as the open register has it: homes, and the two zonings."""
    (folder / "zonings").mkdir(parents=True)
    homes.select("home_id", *CELL_KEY).write_parquet(folder / "homes.parquet")
    (folder / "territory.json").write_text(json.dumps({"reference_date": "2026-01-01"}), encoding="utf-8")
    for name in "ab":
        members = homes.drop_nulls(name).select(unit="home_id", zone=name)
        dated = members.with_columns(valid_from=pl.date(2020, 1, 1), valid_to=pl.lit(None, dtype=pl.Date))
        dated.write_parquet(folder / "zonings" / f"{name}.parquet")
    return folder


def results(homes: Sequence[Home]) -> tuple[Attack, Attack]:
    """What the attack says of the files, without the open register and with it."""
    frame = homes_of(homes)
    with TemporaryDirectory() as folder:
        out = Path(folder) / "map"
        out.mkdir()
        published(frame, out)
        known = open_register(register(frame, Path(folder) / "register"))
        return attack(read(out)), attack(read(out), known)


@st.composite
def territories(draw: st.DrawFn) -> list[Home]:
    """Up to 30 cells, some cut by two zonings; 1 to 14 homes a part, most of them let."""
    label = st.integers(-1, draw(st.integers(0, 3)))
    parts = draw(
        st.lists(st.tuples(st.integers(0, 29), st.tuples(label, label), st.integers(1, 14)), min_size=1, max_size=40)
    )
    return [(cell, zones, int(draw(st.integers(0, 9)) > 0)) for cell, zones, number in parts for _ in range(number)]


@settings(max_examples=examples(20), deadline=None)
@given(territories())
def test_the_attack_fails_on_what_the_gate_lets_through(homes: list[Home]) -> None:
    for result in results(homes):
        assert result.verdict == SAFE, (result.findings, result.not_searched)


def test_a_zone_that_the_gate_would_not_have_told_is_found_in_the_files(tmp_path: Path) -> None:
    homes = homes_of([*[(0, (0, -1), 1)] * 30, *[(2, (0, -1), 1)] * 5, *[(2, (-1, -1), 1)] * 15])
    published(homes, tmp_path)
    assert (tmp_path / "zones" / "a.csv").read_text(encoding="utf-8") == "zone,households\n"
    (tmp_path / "zones" / "a.csv").write_text("zone,households\na0,35\n", encoding="utf-8")
    (tmp_path / "zones" / "a_cells.csv").write_text(
        "cell_id,zone,whole\n"
        "CRS3035RES200mN2000000E3200000,a0,true\nCRS3035RES200mN2000000E3200400,a0,false\n", encoding="utf-8"
    )  # fmt: skip
    result = attack(read(tmp_path))
    assert result.verdict == BROKEN
    assert {one.low for one in result.findings} == {5}
