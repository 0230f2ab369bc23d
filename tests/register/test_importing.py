"""An import is whole or nothing, says what it did, changes nothing the second time, and gives homes lasting ids."""

import random
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from builders import (
    COLUMNS_2018,
    COLUMNS_CURRENT,
    NANTES,
    contents,
    csv_text,
    home_2018,
    home_current,
    home_of_landlord,
    homes_of,
    write_2018,
    write_current,
    write_landlord,
    write_text,
    write_town,
)

from carreau.errors import BadInput
from carreau.outputs import digest
from carreau.register import textfile
from carreau.register.filosofi import import_filosofi
from carreau.register.importing import ImportOptions, import_rpls, year_in_name
from carreau.register.territory import Territory
from carreau.register.zoning import import_zoning

YEAR = ImportOptions(year=2018)
CELLS = Path(__file__).parent / "data" / "filosofi_2019_saint_denis.csv"


def tables_digest(folder: Path) -> str:
    territory = Territory.open(folder)
    return digest({name: territory.table(name).collect() for name in territory.facts["tables"]})


def test_the_report_and_the_page_of_the_territory(tmp_path: Path) -> None:
    rows = [home_2018(**NANTES), home_2018(DEPCOM="1004"), home_2018(DEPCOM="")]
    file = write_2018(tmp_path / "rpls.csv", rows, geocoded=True)
    report = import_rpls(file, tmp_path / "out", YEAR)
    assert dict(report) == {
        "file": "rpls.csv", "layout": "2018", "year": 2018, "rows_read": 3, "homes": 2, "rejected": 1, "located": 1,
        "repairs": 1, "refused_points": 0,
        "rejects": [{"reason": "commune_not_given", "count": 1, "lines": [4]}],
        "repair_reasons": [{"reason": "commune_lost_its_zero", "count": 1, "lines": [3]}],
        "point_reasons": [], "notes": [], "dropped": [],
    }  # fmt: skip
    territory = Territory.open(tmp_path / "out")
    assert territory.check() == {"tables": {"homes": 2}, "problems": []}
    assert territory.reference_date.year == 2018
    assert territory.facts["licence"] == "Licence Ouverte 2.0"
    assert territory.facts["sources"][0]["file"] == "rpls.csv"
    assert territory.facts["imports"]["rpls"]["report"] == report


@pytest.mark.parametrize(
    ("communes", "name"),
    [
        (["44109"], "Nantes"),
        (["44109", "44143"], "Nantes Métropole"),
        (["44109", "01004"], "France"),
        (["44109", "44036"], "Département 44"),
        (["75113"], "Paris 13e Arrondissement"),
    ],
)
def test_a_territory_is_named_after_the_place_that_holds_its_homes(
    tmp_path: Path, communes: list[str], name: str
) -> None:
    rows = [home_2018(DEPCOM=commune, EPCI="") for commune in communes]
    import_rpls(write_2018(tmp_path / "rpls.csv", rows), tmp_path / "out", YEAR)
    assert Territory.open(tmp_path / "out").name == name


def test_no_point_at_all_is_said(tmp_path: Path) -> None:
    report = import_rpls(write_2018(tmp_path / "rpls.csv", [home_2018()]), tmp_path / "out", YEAR)
    assert (report["located"], report["notes"]) == (
        0,
        ["the file gives no usable coordinates: no home is located"],
    )


YEARS = {"rpls_2018.csv": 2018, "RPLS-2025-01.csv": 2025, "rpls_2018_vu_2019.csv": None, "f12018.csv": None}


@pytest.mark.parametrize("name", YEARS)
def test_the_year_in_a_name(name: str) -> None:
    assert year_in_name(Path(name)) == YEARS[name]


def test_the_year_follows_the_newest_entries_but_not_a_lone_typing_error(tmp_path: Path) -> None:
    rows = [home_2018(PATRIMOINE="2016")] * 500 + [home_2018(PATRIMOINE="2017")] * 9 + [home_2018(PATRIMOINE="2071")]
    assert import_rpls(write_2018(tmp_path / "rpls.csv", rows), tmp_path / "out")["year"] == 2018
    with pytest.raises(BadInput, match="does not say which year"):
        import_rpls(write_2018(tmp_path / "none.csv", [home_2018(PATRIMOINE="")]), tmp_path / "none")
    assert not (tmp_path / "none").exists()


REFUSED = {
    "empty.csv": (b"", "is empty"),
    "binary.csv": (b"\x89PNG\r\n\x1a\n" + bytes(999), "one column only|is binary"),
    "tabs.csv": (csv_text(COLUMNS_2018, [home_2018()], "\t").encode(), "the delimiter must be ; or ,"),
    "header.csv": (csv_text(COLUMNS_2018, []).encode(), "holds a header but no row"),
    "column.csv": (csv_text(COLUMNS_2018, []).replace("NBPIECE", "PIECES").encode(), "lacks NBPIECE"),
    "cut.csv.gz": (b"", "is empty|not packed"),
    "false.zip": (b"A;B\n", "not packed that way"),
    "useless.csv": (
        csv_text(COLUMNS_2018, [home_2018(DEPCOM="")] * 3).encode(),
        r"none of its 3 rows can be used: commune_not_given \(3\)",
    ),
    "ragged.csv": ((csv_text(COLUMNS_2018, []) + "1;2\n").encode(), r"wrong_number_of_fields \(1\)"),
    "late NUL.csv": ((csv_text(COLUMNS_2018, [home_2018()] * 9) + "\0\n").encode(), "line 11: holds a NUL byte"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_file_leaves_no_folder(tmp_path: Path, name: str) -> None:
    content, says = REFUSED[name]
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(BadInput, match=says) as refusal:
        import_rpls(file, tmp_path / "out", YEAR)
    assert str(refusal.value).startswith(str(file))
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_gzip_cut_in_its_middle_leaves_the_former_register(tmp_path: Path) -> None:
    whole = write_town(tmp_path / "town.csv", 3000)
    packed = write_text(tmp_path / "town_2018.csv.gz", whole.read_bytes()).read_bytes()
    (tmp_path / "town_2018.csv.gz").write_bytes(packed[: len(packed) // 2])
    import_rpls(write_2018(tmp_path / "rpls.csv", [home_2018()]), tmp_path / "out", YEAR)
    before = tables_digest(tmp_path / "out")
    with pytest.raises(BadInput, match="truncated or damaged"):
        import_rpls(tmp_path / "town_2018.csv.gz", tmp_path / "out")
    assert tables_digest(tmp_path / "out") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "rpls.csv", "town.csv", "town_2018.csv.gz"]


@pytest.mark.parametrize("name", ["town.csv", "town.csv.gz", "town.zip"])
def test_packing_and_blocks_do_not_matter(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = write_town(tmp_path / "whole.csv", 1000)
    import_rpls(whole, tmp_path / "expected", YEAR)
    monkeypatch.setattr(textfile, "BLOCK", 20_000)
    import_rpls(write_text(tmp_path / name, whole.read_bytes()), tmp_path / "out", YEAR)
    assert tables_digest(tmp_path / "out") == tables_digest(tmp_path / "expected")
    assert homes_of(tmp_path / "out").equals(homes_of(tmp_path / "expected"))  # in the order of the file too


def test_the_same_import_again_changes_nothing(tmp_path: Path) -> None:
    file = write_2018(tmp_path / "rpls.csv", [home_2018(), home_2018(NBPIECE="4")])
    first = import_rpls(file, tmp_path / "out", YEAR)
    before = contents(tmp_path / "out"), (tmp_path / "out").stat().st_ino
    assert import_rpls(file, tmp_path / "out", YEAR) == {**first, "unchanged": True}
    assert (contents(tmp_path / "out"), (tmp_path / "out").stat().st_ino) == before


@pytest.mark.parametrize("damage", ["removed", "replaced"])
def test_a_damaged_folder_is_imported_again(tmp_path: Path, damage: str) -> None:
    file = write_2018(tmp_path / "rpls.csv", [home_2018()])
    import_rpls(file, tmp_path / "out", YEAR)
    if damage == "removed":
        (tmp_path / "out" / "homes.parquet").unlink()
    else:
        (tmp_path / "out" / "homes.parquet").write_bytes(b"PAR1")
    assert "unchanged" not in import_rpls(file, tmp_path / "out", YEAR)
    assert Territory.open(tmp_path / "out").check()["problems"] == []


def test_another_file_replaces_the_homes_keeps_the_cells_and_names_what_goes(tmp_path: Path) -> None:
    out = tmp_path / "out"
    import_rpls(write_2018(tmp_path / "rpls.csv", [home_2018()]), out, YEAR)
    import_filosofi(CELLS, out, year=2019)
    (tmp_path / "zones.geojson").write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"code": "Z"}, "geometry": '
        '{"type": "Point", "coordinates": [0, 0]}}]}'
    )
    import_zoning(tmp_path / "zones.geojson", out, name="qpv", valid_from=date(2024, 1, 1))
    report = import_rpls(write_2018(tmp_path / "next.csv", [home_2018(NBPIECE="5")]), out, YEAR)
    assert report["dropped"] == ["contours/qpv", "zonings/qpv"]
    territory = Territory.open(out)
    assert territory.check() == {"tables": {"cells": 20, "homes": 1}, "problems": []}
    assert [source["table"] for source in territory.facts["sources"]] == ["homes", "cells"]
    assert homes_of(out)["rooms"].to_list() == [5]


def test_cells_survive_a_run_that_was_killed_between_its_two_renames(tmp_path: Path) -> None:
    out = tmp_path / "out"
    import_filosofi(CELLS, out, year=2019)
    out.rename(tmp_path / ".out.previous")
    import_rpls(write_2018(tmp_path / "rpls.csv", [home_2018()]), out, YEAR)
    assert Territory.open(out).check()["tables"] == {"cells": 20, "homes": 1}


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("years of work")
    with pytest.raises(BadInput, match="did not write"):
        import_rpls(write_2018(tmp_path / "rpls.csv", [home_2018()]), tmp_path / "out", YEAR)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.txt"]


def ids(folder: Path, file: Path) -> list[str]:
    import_rpls(file, folder, YEAR)
    return homes_of(folder)["home_id"].to_list()


def test_identical_rows_are_different_homes(tmp_path: Path) -> None:
    rows = [home_2018(), home_2018(NBPIECE="4"), home_2018(), home_2018()]
    found = ids(tmp_path / "out", write_2018(tmp_path / "rpls.csv", rows))
    assert len(set(found)) == 4
    first, other, second, third = (name.rpartition("-") for name in found)
    assert first[0] == second[0] == third[0] != other[0]
    assert [first[2], second[2], third[2]] == ["0", "1", "2"]


def test_ids_do_not_depend_on_other_rows_nor_on_a_geocoder_nor_on_how_the_file_is_written(tmp_path: Path) -> None:
    rows = [home_2018(NUMAPPT=str(n % 30), LIBCOM="Orléans") for n in range(40)]
    expected = ids(tmp_path / "a", write_2018(tmp_path / "a.csv", rows))
    shuffled = [*rows, home_2018(NUMAPPT="new"), home_2018(DEPCOM="", NUMAPPT="rejected")]
    random.Random(1).shuffle(shuffled)
    found = ids(tmp_path / "b", write_2018(tmp_path / "b.csv", shuffled))
    assert len(found) == 41
    assert set(expected) < set(found)
    geocoded = [{**row, **NANTES, "result_score": str(n)} for n, row in enumerate(rows)]
    assert ids(tmp_path / "c", write_2018(tmp_path / "c.csv", geocoded, geocoded=True)) == expected
    latin = csv_text(COLUMNS_2018, rows, ",", "\r\n").encode("latin-1")
    assert ids(tmp_path / "d", write_text(tmp_path / "d.csv.gz", latin)) == expected


def test_an_identifier_given_twice_rejects_the_second_row(tmp_path: Path) -> None:
    rows = [home_of_landlord(name) for name in ("A1", "A2", "A1", "", "", "A1")]
    file = write_landlord(tmp_path / "rpls.csv", rows)
    report = import_rpls(file, tmp_path / "out", YEAR)
    assert report["rejects"] == [{"reason": "identifier_twice", "count": 2, "lines": [4, 7]}]
    assert (report["rows_read"], report["homes"]) == (6, 4)
    found = homes_of(tmp_path / "out")["home_id"].to_list()
    assert found[:2] == ["123456789-A1", "123456789-A2"]
    assert [name.startswith("r") for name in found] == [False, False, True, True]


def test_the_same_identifier_of_two_landlords_is_two_homes(tmp_path: Path) -> None:
    rows = [home_of_landlord("A1"), home_of_landlord("A1", SIREN="987654321")]
    report = import_rpls(write_landlord(tmp_path / "rpls.csv", rows), tmp_path / "out", YEAR)
    assert report["homes"] == 2


def test_the_columns_may_come_in_any_order_and_case(tmp_path: Path) -> None:
    columns = [name.lower() for name in reversed(COLUMNS_CURRENT)]
    row = {name.lower(): value for name, value in home_current().items()}
    import_rpls(write_text(tmp_path / "a_2025.csv", csv_text(columns, [row])), tmp_path / "a")
    import_rpls(write_current(tmp_path / "b_2025.csv", [home_current()]), tmp_path / "b")
    without_id = pl.exclude("home_id")
    assert homes_of(tmp_path / "a").select(without_id).equals(homes_of(tmp_path / "b").select(without_id))


def test_progress_is_told_and_may_stop_the_import_whole(tmp_path: Path) -> None:
    class StopNowError(Exception):
        pass

    def stop(label: str, done: int, total: int | None = None) -> None:
        raise StopNowError(label, done)

    with pytest.raises(StopNowError, match="reading the register"):
        import_rpls(write_2018(tmp_path / "rpls.csv", [home_2018()]), tmp_path / "out", YEAR, progress=stop)
    assert not (tmp_path / "out").exists()
