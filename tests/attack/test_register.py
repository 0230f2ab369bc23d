"""The open register tells which zones homes of a cell are in: what a cell alone leaves open then follows."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from made_up import beside, publish

from carreau.attack.published import read
from carreau.attack.register import open_register
from carreau.attack.searching import attack

FIRST, SECOND, THIRD = 0, 1, 2


def published(folder: Path) -> Path:
    """A cell that a0 and a1 share, of which b0 has the homes of a1; b0 has 7 households elsewhere."""
    units = [{"unit_id": "U", "households": 32}, {"unit_id": "V", "households": 27}]
    publish(folder, units, {"U": [FIRST, SECOND], "V": [THIRD]})
    beside(folder, "a", [{"zone": "a0", "households": 17}, {"zone": "a1", "households": 15}],
           {"a0": [FIRST, SECOND], "a1": [SECOND]})  # fmt: skip
    beside(folder, "b", [{"zone": "b0", "households": 22}], {"b0": [SECOND, THIRD]}, partial=[SECOND, THIRD])
    return folder


def register(folder: Path, *, second: str = "b0", day: str = "2026-01-01", until: date | None = None) -> Path:
    (folder / "zonings").mkdir(parents=True)
    homes = [("f", 0, "a0", None), ("s0", 1, "a0", None), ("s1", 1, "a1", second), ("t", 2, None, "b0"),
             ("t2", 2, None, None)]  # fmt: skip
    frame = pl.DataFrame(homes, schema=["home_id", "cell", "a", "b"], orient="row").with_columns(
        cell_crs=3035, cell_north=2_000_000, cell_east=3_200_000 + 200 * pl.col("cell")
    )
    frame.drop("cell", "a", "b").write_parquet(folder / "homes.parquet")
    (folder / "territory.json").write_text(json.dumps({"reference_date": day}), encoding="utf-8")
    for name in "ab":
        dated = (
            frame.select(unit="home_id", zone=name)
            .drop_nulls()
            .with_columns(valid_from=pl.date(2025, 1, 1), valid_to=pl.lit(until, dtype=pl.Date))
        )
        dated.write_parquet(folder / "zonings" / f"{name}.parquet")
    return folder


def test_what_a_cell_leaves_open_follows_with_the_register(tmp_path: Path) -> None:
    tables = read(published(tmp_path / "map"))
    assert attack(tables).findings == ()
    (finding,) = attack(tables, open_register(register(tmp_path / "register"))).findings
    assert (finding.low, finding.high) == (7, 7)
    assert [(term.sign, term.zone) for term in finding.terms] == [(1, "b0"), (-1, "a1")]


def test_a_zoning_of_the_register_that_is_not_the_published_one_is_not_used(tmp_path: Path) -> None:
    tables = read(published(tmp_path / "map"))
    assert attack(tables, open_register(register(tmp_path / "register", second="b1"))).findings == ()
    assert attack(tables, open_register(register(tmp_path / "earlier", day="2024-01-01"))).findings == ()


def test_the_register_says_how_many_homes_and_which_zones_a_cell_has(tmp_path: Path) -> None:
    cells = open_register(register(tmp_path))
    assert cells["homes"].to_list() == [1, 2, 2]
    assert cells["parts"][1].to_list() == [{"a": "a0", "b": None}, {"a": "a1", "b": "b0"}]


@pytest.mark.parametrize(
    ("day", "until", "known"),
    [
        ("2024-12-31", None, False),
        ("2025-01-01", None, True),
        ("2026-01-01", date(2026, 1, 2), True),
        ("2026-01-01", date(2026, 1, 1), False),  # the zone ends before that day
    ],
)
def test_a_zoning_counts_from_its_first_day_until_the_day_it_ends(
    day: str, until: date | None, known: bool, tmp_path: Path
) -> None:
    cells = open_register(register(tmp_path, day=day, until=until))
    assert (cells["parts"][1].to_list() == [{"a": "a0", "b": None}, {"a": "a1", "b": "b0"}]) == known
