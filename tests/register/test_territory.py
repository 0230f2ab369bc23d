"""A territory folder opens only whole, says what is wrong with it, and is written in one step."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from builders import contents, home_2018, homes_of, write_2018
from dataframely.exc import SchemaError

from carreau.errors import BadInput
from carreau.outputs import MARK
from carreau.register.importing import ImportOptions, import_rpls
from carreau.register.tables import Landlords
from carreau.register.territory import FACTS, Territory, schema_of, write

LANDLORD = Landlords.cast(
    pl.DataFrame({"landlord_id": ["l"], "siren": ["123456789"], "name": ["L"], "kind": ["office"], "origin": ["real"]})
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two homes of Nantes."""
    rows = [home_2018(), home_2018(NBPIECE="4")]
    import_rpls(write_2018(tmp_path / "rpls.csv", rows), tmp_path / "out", ImportOptions(year=2018))
    return tmp_path / "out"


def test_an_open_territory(folder: Path) -> None:
    territory = Territory.open(str(folder))
    assert (territory.name, territory.reference_date) == ("Nantes", date(2018, 1, 1))
    assert territory.has("homes")
    assert not territory.has("households")
    assert isinstance(territory.table("homes"), pl.LazyFrame)
    assert territory.zonings == ()


@pytest.mark.parametrize(("table", "says"), [("homes", "import a register"), ("households", "register synthesize")])
def test_a_table_that_is_not_there_is_named_with_what_makes_it(tmp_path: Path, table: str, says: str) -> None:
    territory = write(tmp_path / "out", {"landlords": LANDLORD}, {"name": "L"})
    with pytest.raises(BadInput, match=f"has no table {table}; .*{says}"):
        territory.table(table)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "it has no territory.json; import a register first"),
        ("{", "cannot be read"),
        ("[]", "is not of format 1"),
        ('{"format": 2, "tables": {}}', "is not of format 1"),
        ('{"format": 1, "tables": []}', "is not of format 1"),
    ],
)
def test_what_is_no_territory_folder(tmp_path: Path, content: str | None, says: str) -> None:
    if content is not None:
        (tmp_path / FACTS).write_text(content)
    with pytest.raises(BadInput, match=says) as refusal:
        Territory.open(tmp_path)
    assert str(tmp_path) in str(refusal.value)


def test_a_file_is_no_territory_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadInput, match="cannot be read"):
        Territory.open(tmp_path / "file")


def test_former_is_none_where_there_is_nothing(tmp_path: Path, folder: Path) -> None:
    assert Territory.former(tmp_path / "nowhere") is None
    former = Territory.former(folder)
    assert former is not None
    assert former.name == "Nantes"


def test_a_sound_folder_has_no_problem(folder: Path) -> None:
    assert Territory.open(folder).check() == {"tables": {"homes": 2}, "problems": []}


def test_a_tampered_file_is_found(folder: Path) -> None:
    homes_of(folder).with_columns(rooms=pl.lit(9, dtype=pl.Int8)).write_parquet(folder / "homes.parquet")
    assert Territory.open(folder).check()["problems"] == [
        "homes: the file is not the one that was written (SHA-256 differs)"
    ]


def test_rows_that_break_the_contract_are_counted_by_rule(folder: Path) -> None:
    broken = homes_of(folder).with_columns(rooms=pl.lit(12, dtype=pl.Int8), longitude=pl.lit(2.0))
    broken.write_parquet(folder / "homes.parquet")
    problems = Territory.open(folder).check()["problems"]
    assert "homes: 2 rows break `point_has_both_coordinates`" in problems
    assert any(problem.startswith("homes: 2 rows break `rooms") for problem in problems)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [("homes", b"", "cannot be read"), ("homes", None, "the file is missing"), ("castles", b"", "castles: cannot be")],
)
def test_a_damaged_a_missing_and_an_unknown_table(folder: Path, name: str, content: bytes | None, says: str) -> None:
    if content is None:
        (folder / f"{name}.parquet").unlink()
    else:
        (folder / f"{name}.parquet").write_bytes(content)
    facts = json.loads((folder / FACTS).read_text())
    facts["tables"].setdefault(name, {"rows": 0, "sha256": ""})
    (folder / FACTS).write_text(json.dumps(facts))
    assert any(says in problem for problem in Territory.open(folder).check()["problems"])
    with pytest.raises(BadInput, match=rf"{name}.parquet: is missing or damaged"):
        Territory.open(folder).table(name)


def test_a_column_of_another_type_is_a_problem(folder: Path) -> None:
    homes_of(folder).with_columns(pl.col("rooms").cast(pl.String)).write_parquet(folder / "homes.parquet")
    assert any("cannot be read as its contract says" in p for p in Territory.open(folder).check()["problems"])


def test_write_keeps_the_tables_it_is_told_to_keep_and_no_other(folder: Path) -> None:
    before = (folder / "homes.parquet").read_bytes()
    facts = Territory.open(folder).facts
    territory = write(folder, {"landlords": LANDLORD}, facts, keep=["homes"])
    assert territory.check() == {"tables": {"homes": 2, "landlords": 1}, "problems": []}
    assert (folder / "homes.parquet").read_bytes() == before
    assert write(folder, {"landlords": LANDLORD}, facts).check()["tables"] == {"landlords": 1}


def test_write_takes_columns_in_any_order_and_gives_those_of_the_contract(tmp_path: Path) -> None:
    shuffled = LANDLORD.select(*reversed(LANDLORD.columns)).with_columns(extra=pl.lit(1))
    found = write(tmp_path / "out", {"landlords": shuffled}, {"name": "L"}).table("landlords").collect()
    assert found.columns == Landlords.column_names()


def test_a_failed_write_changes_nothing(folder: Path) -> None:
    before = contents(folder)
    with pytest.raises(SchemaError):
        write(folder, {"landlords": LANDLORD.drop("name")}, {"name": "L"})
    assert contents(folder) == before
    assert MARK in before


def test_zonings_and_contours_have_a_contract_whatever_their_name() -> None:
    assert schema_of("zonings/qpv") is schema_of("zonings/iris") is not schema_of("contours/qpv")
    with pytest.raises(KeyError):
        schema_of("castles")
