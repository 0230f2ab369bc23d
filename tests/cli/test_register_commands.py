import gzip
from pathlib import Path

import pytest
from command import CORSE, NANTES, Carreau


def test_the_register_of_nantes_is_read_whole(carreau: Carreau, tmp_path: Path) -> None:
    said = carreau("register", "import", NANTES, "--kind", "rpls", "--to", tmp_path / "nantes", "--json")
    figures = said.figures
    assert said.code == 0
    assert figures["rows_read"] == 35_319 == figures["homes"] + figures["rejected"]
    assert figures["located"] == 35_110
    assert figures["refused_points"] == 209 == sum(reason["count"] for reason in figures["point_reasons"])
    assert figures["repairs"] == sum(reason["count"] for reason in figures["repair_reasons"])
    assert figures["rejected"] == sum(reason["count"] for reason in figures["rejects"])
    assert figures["year"] == 2018
    assert figures["seconds"] > 0


def test_the_register_of_corse_has_no_coordinates_and_says_so(carreau: Carreau, tmp_path: Path) -> None:
    said = carreau("register", "import", CORSE, "--kind", "rpls", "--to", tmp_path / "corse", "--json")
    assert said.figures["rows_read"] == said.figures["homes"] == 14_451
    assert said.figures["located"] == 0
    assert said.figures["notes"] == ["the file gives no usable coordinates: no home is located"]


def test_the_same_file_again_changes_nothing(carreau: Carreau, tmp_path: Path) -> None:
    folder = tmp_path / "corse"
    carreau("register", "import", CORSE, "--kind", "rpls", "--to", folder)
    before = {file: file.stat().st_mtime_ns for file in folder.rglob("*")}
    again = carreau("register", "import", CORSE, "--kind", "rpls", "--to", folder, "--json")
    assert again.figures["unchanged"] is True
    assert {file: file.stat().st_mtime_ns for file in folder.rglob("*")} == before


HEADER = ";".join(["DEPCOM", "NBPIECE", "SURFHAB", "CONSTRUCT", "TYPECONST", "FINAN"])
BAD_FILES = {
    "missing_column.csv": (b"DEPCOM;NBPIECE;SURFHAB\n44109;3;60\n", "CONSTRUCT"),
    "tabs.csv": (HEADER.replace(";", "\t").encode() + b"\n44109\t3\t60\t1970\tC\t13\n", "delimiter"),
    "truncated.csv.gz": (gzip.compress(b"DEPCOM;NBPIECE\n" * 50_000)[:-900], "truncated"),
    "binary.csv": (b"\x00\x01\x02\x03" * 500, "binary"),
    "empty.csv": (b"", "empty"),
    "header_alone.csv": (HEADER.encode() + b"\n", "no row"),
    "false.zip": (HEADER.encode() + b"\n44109;3;60;1970;C;13\n", ".zip"),
    "nobody.csv": (HEADER.encode() + b"\n99999;3;60;1970;C;13\n", "commune_not_given"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_gets_one_clear_line_and_leaves_no_folder(carreau: Carreau, tmp_path: Path, name: str) -> None:
    content, expected = BAD_FILES[name]
    file = tmp_path / name
    file.write_bytes(content)
    said = carreau("register", "import", file, "--kind", "rpls", "--year", 2018, "--to", tmp_path / "out" / "folder")
    assert said.code == 2
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert name in said.err
    assert expected in said.err
    assert not (tmp_path / "out" / "folder").exists()
    assert not any(path.is_file() or "staging" in path.name for path in (tmp_path / "out").rglob("*"))


def test_an_unknown_option_and_a_missing_file_are_refused(carreau: Carreau, tmp_path: Path) -> None:
    assert carreau("register", "import", NANTES, "--kind", "excel", "--to", tmp_path / "x").code == 2
    missing = carreau("register", "import", tmp_path / "none.csv", "--kind", "rpls", "--to", tmp_path / "x")
    assert missing.code == 2
    assert "does not exist" in missing.err


def test_a_population_is_drawn_and_compared_with_what_is_published(carreau: Carreau, tmp_path: Path) -> None:
    folder = tmp_path / "nantes"
    carreau("register", "import", NANTES, "--kind", "rpls", "--to", folder)
    figures = carreau("register", "synthesize", folder, "--seed", 1, "--json").figures
    assert figures["synthetic"] is True
    assert [line["name"] for line in figures["margins"] if not line["within"]] == []
    assert {"poor", "poor_in_qpv_gap", "spread_poor", "over_120_percent_of_ceiling"} <= {
        line["name"] for line in figures["margins"]
    }
    assert sum(figures["bands"].values()) == pytest.approx(100, abs=0.5)
    shown = carreau("register", "synthesize", folder, "--seed", 1)
    assert "They describe nobody" in shown.out
    assert "OVER" not in shown.out


def test_check_finds_a_changed_table(carreau: Carreau, tmp_path: Path) -> None:
    folder = tmp_path / "corse"
    carreau("register", "import", CORSE, "--kind", "rpls", "--to", folder)
    assert carreau("check", folder, "--json").figures["sound"] is True
    with (folder / "homes.parquet").open("ab") as file:
        file.write(b"x")
    said = carreau("check", folder, "--json")
    assert said.code == 1
    assert "homes" in said.figures["problems"][0]
