"""From the rows of RPLS files to homes: places, points, values, and a reason for everything that is not usable."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from builders import (
    COLUMNS_2018,
    COLUMNS_CURRENT,
    COLUMNS_LANDLORD,
    GEOCODED,
    NANTES,
    Row,
    csv_text,
    home_2018,
    home_current,
    home_of_landlord,
    homes_of,
    write_2018,
    write_current,
    write_landlord,
    write_text,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from carreau.errors import BadInput
from carreau.places.grid import parse_cell_id
from carreau.register.importing import ImportOptions, import_rpls
from carreau.register.rpls_cleaning import FUNDING_CLASS
from carreau.register.territory import Territory

YEAR = ImportOptions(year=2018)


def imported(folder: Path, rows: Sequence[Row], *, geocoded: bool = True) -> tuple[dict[str, Any], pl.DataFrame]:
    """Report and homes of a file in the layout of 2018."""
    report = import_rpls(write_2018(folder / "rpls.csv", rows, geocoded=geocoded), folder / "out", YEAR)
    return dict(report), homes_of(folder / "out")


def reasons(report: dict[str, Any], kind: str) -> dict[str, list[int]]:
    """Lines by reason."""
    return {entry["reason"]: entry["lines"] for entry in report[kind]}


def test_the_layouts_have_the_columns_of_the_real_files() -> None:
    assert (len(COLUMNS_2018), len(COLUMNS_CURRENT)) == (47, 73)
    assert {"FINAN_CODE", "EPSG", "X", "Y", "PLG_QP24"} <= set(COLUMNS_CURRENT)
    assert {"IDENT_REP", "SIREN", "LOYERPRINC", "MODE", "BAIL", "CONTRESLOG"} <= set(COLUMNS_LANDLORD)


def test_a_home_of_2018(tmp_path: Path) -> None:
    report, homes = imported(tmp_path, [home_2018(**NANTES)])
    assert report["layout"] == "2018"
    expected = {
        "year": 2018, "commune": "44109", "department": "44", "region": "52", "epci": "244400404", "postcode": "44000",
        "address": "12 RUE DES INVENTES", "locality": "LES INVENTES", "in_qpv": False, "kind": "flat", "rooms": 3,
        "surface": 64, "floor": 2, "built": 1974, "first_let": 1975, "entered": 2017, "funding": 13,
        "ceiling_class": "PLUS", "agreement": True, "energy": "C", "greenhouse": "D", "energy_date": date(2010, 9, 1),
        "longitude": -1.5551, "latitude": 47.2297, "cell_crs": 3035, "description_origin": "real", "rent": None,
        "rent_origin": None, "status": None, "status_origin": None, "landlord_id": None,
    }  # fmt: skip
    assert {name: homes[name][0] for name in expected} == expected


def test_a_home_of_the_current_file(tmp_path: Path) -> None:
    row = home_current(
        PLG_QP24="QN04401M", PLG_IRIS2024_CODE="441090101", PMR_CODE="3", QPV_CODE="", TYPECONST_CODE="E"
    )
    report = import_rpls(write_current(tmp_path / "rpls-2025.csv", [row]), tmp_path / "out")
    home = homes_of(tmp_path / "out").row(0, named=True)
    assert (report["layout"], report["located"], home["year"]) == ("current", 1, 2025)
    assert (home["in_qpv"], home["qpv"], home["iris"]) == (True, "QN04401M", "441090101")
    assert (home["access"], home["kind"]) == ("adapted", "student")
    assert home["longitude"] == pytest.approx(-1.5551, abs=0.02)
    assert home["latitude"] == pytest.approx(47.2297, abs=0.02)


def test_a_home_of_a_landlord(tmp_path: Path) -> None:
    file = write_landlord(tmp_path / "rpls-2024.csv", [home_of_landlord("A000000001"), home_of_landlord("A000000002")])
    report = import_rpls(file, tmp_path / "out")
    homes = homes_of(tmp_path / "out")
    assert report["layout"] == "landlord"
    assert homes["home_id"].to_list() == ["123456789-A000000001", "123456789-A000000002"]
    expected = {
        "landlord_id": "123456789", "rent": 34567, "rent_origin": "real", "status": "let", "status_origin": "real",
        "let_since": date(2012, 3, 1), "reserver": "action_logement", "access": "accessible",
    }  # fmt: skip
    assert {name: homes[name][0] for name in expected} == expected


def test_the_landlord_may_be_told_beside_the_file(tmp_path: Path) -> None:
    file = write_landlord(tmp_path / "rpls-2024.csv", [home_of_landlord("A000000001")], without=["SIREN"])
    with pytest.raises(BadInput, match="give the landlord's SIREN"):
        import_rpls(file, tmp_path / "out")
    import_rpls(file, tmp_path / "out", ImportOptions(landlord="987654321"))
    home = homes_of(tmp_path / "out").row(0, named=True)
    assert (home["home_id"], home["landlord_id"]) == ("987654321-A000000001", "987654321")


COMMUNES = {
    "44109": ("44109", "44", None),
    "1004": ("01004", "01", "commune_lost_its_zero"),
    "2A004": ("2A004", "2A", None),
    "2b033": ("2B033", "2B", None),
    "75113": ("75113", "75", None),
    "69383": ("69383", "69", None),
    "49018": ("49018", "49", None),
    "14011": ("14581", "14", "commune_code_superseded"),  # Aurseulles took it in on 1 January 2017
    "97411": ("97411", "974", None),
}


@pytest.mark.parametrize("written", COMMUNES)
def test_commune_codes(tmp_path: Path, written: str) -> None:
    code, department, repair = COMMUNES[written]
    report, homes = imported(tmp_path, [home_2018(DEPCOM=written, DEP="", REG="", EPCI="")])
    assert homes["commune"].to_list() == [code]
    assert homes["department"].to_list() == [department]
    assert homes["region"].null_count() == 0
    assert list(reasons(report, "repair_reasons")) == ([repair] if repair else [])


def test_rows_without_a_known_commune_are_rejected_and_named(tmp_path: Path) -> None:
    rows = [home_2018(DEPCOM=code) for code in ("44109", "", "99999", "00000", "12345", "NANTES")]
    report, homes = imported(tmp_path, rows)
    assert (report["rows_read"], report["homes"], report["rejected"], homes.height) == (6, 1, 5, 1)
    assert reasons(report, "rejects") == {"commune_not_given": [3, 4, 5], "commune_not_in_reference": [6, 7]}


VALUES = [
    ("NBPIECE", "rooms", "4", 4, False),
    ("NBPIECE", "rooms", "3.0", 3, False),
    ("NBPIECE", "rooms", "0", None, False),  # not given
    ("NBPIECE", "rooms", "NC", None, False),
    ("NBPIECE", "rooms", "10", None, True),
    ("NBPIECE", "rooms", "trois", None, True),
    ("SURFHAB", "surface", "0", None, False),
    ("SURFHAB", "surface", "Non conforme", None, False),
    ("SURFHAB", "surface", "9000", None, True),
    ("SURFHAB", "surface", "-12", None, True),
    ("CONSTRUCT", "built", "974", None, True),
    ("CONSTRUCT", "built", "19740", None, True),
    ("CONSTRUCT", "built", "", None, False),
    ("LOCAT", "first_let", "9999", None, True),
    ("PATRIMOINE", "entered", "1", None, True),
    ("TYPECONST", "kind", "I", "house", False),
    ("TYPECONST", "kind", "E", "student", False),
    ("TYPECONST", "kind", "X", None, True),
    ("FINAN", "funding", "8", None, True),
    ("DPEENERGIE", "energy", "b", "B", False),
    ("DPEENERGIE", "energy", "4", "C", False),
    ("DPEENERGIE", "energy", "9", None, False),
    ("DPEENERGIE", "energy", "Z", None, True),
    ("DPEDATE", "energy_date", "01/1900", None, False),
    ("DPEDATE", "energy_date", "02/2015", date(2015, 2, 1), False),
    ("DPEDATE", "energy_date", "13/2015", None, True),
    ("ETAGE", "floor", "RDC", 0, False),
    ("ETAGE", "floor", "-1", -1, False),
    ("ETAGE", "floor", "NN", None, True),
    ("CONV", "agreement", "2", False, False),
    ("QPV", "in_qpv", "1", True, False),
    ("QPV", "in_qpv", "", None, False),
]


@pytest.fixture(scope="module")
def values_read(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], pl.DataFrame]:
    """Each case as the next row of one file."""
    return imported(tmp_path_factory.mktemp("values"), [home_2018(**{case[0]: case[2]}) for case in VALUES])


@pytest.mark.parametrize("case", VALUES, ids=lambda case: f"{case[0]}-{case[2]}")
def test_values(values_read: tuple[dict[str, Any], pl.DataFrame], case: tuple[str, str, str, Any, bool]) -> None:
    report, homes = values_read
    _, name, _, value, flagged = case
    place = VALUES.index(case)
    assert homes[name][place] == value
    flags = [reason for reason, lines in reasons(report, "repair_reasons").items() if place + 2 in lines]
    assert flags == ([f"{name}_not_usable"] if flagged else [])
    assert report["rejected"] == 0


LANDLORD_VALUES = [
    ("LOYERPRINC", "rent", "345,6", 34560, False),
    ("LOYERPRINC", "rent", "9999", None, False),
    ("LOYERPRINC", "rent", "9999.00", None, False),
    ("LOYERPRINC", "rent", "12000", None, True),
    ("LOYERPRINC", "rent", "-1", None, True),
    ("LOYERPRINC", "rent", "cher", None, True),
    ("BAIL", "let_since", "01/1900", None, False),
    ("BAIL", "let_since", "2012", None, True),
    ("CONTRESLOG", "reserver", "2", "state_priority", False),
    ("CONTRESLOG", "reserver", "7", "none", False),
    ("CONTRESLOG", "reserver", "8", None, True),
    *(
        ("MODE", "status", code, word, False)
        for code, word in {
            "1": "let", "2": "offered", "3": "empty", "4": "association", "5": "otherwise_occupied",
            "9": "not_applicable",
        }.items()
    ),
    ("MODE", "status", "7", None, True),
]  # fmt: skip


@pytest.fixture(scope="module")
def landlord_values_read(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], pl.DataFrame]:
    folder = tmp_path_factory.mktemp("landlord")
    rows = [home_of_landlord(f"A{n:09}", **{case[0]: case[2]}) for n, case in enumerate(LANDLORD_VALUES)]
    report = dict(import_rpls(write_landlord(folder / "rpls.csv", rows), folder / "out", YEAR))
    return report, homes_of(folder / "out")


@pytest.mark.parametrize("case", LANDLORD_VALUES, ids=lambda case: f"{case[0]}-{case[2]}")
def test_values_that_only_landlords_know(
    landlord_values_read: tuple[dict[str, Any], pl.DataFrame], case: tuple[str, str, str, Any, bool]
) -> None:
    report, homes = landlord_values_read
    _, name, _, value, flagged = case
    place = LANDLORD_VALUES.index(case)
    assert homes[name][place] == value
    if name in ("rent", "status"):
        assert homes[f"{name}_origin"][place] == (None if value is None else "real")
    flags = [reason for reason, lines in reasons(report, "repair_reasons").items() if place + 2 in lines]
    assert flags == ([f"{name}_not_usable"] if flagged else [])


CEILINGS = [
    *((str(code), "", "1", word) for code, word in FUNDING_CLASS.items()),
    ("13", "14", "1", "PLS"),  # the CUS prevails
    ("49", "", "1", "PLUS"),  # another funding under agreement
    ("49", "", "2", None),
    ("99", "11", "2", "PLAI"),
]


def test_ceiling_classes(tmp_path: Path) -> None:
    _, homes = imported(tmp_path, [home_2018(FINAN=f, CUS=cus, CONV=agreed) for f, cus, agreed, _ in CEILINGS])
    assert homes["ceiling_class"].to_list() == [expected for *_, expected in CEILINGS]


POINTS = {
    "in the commune": ({}, None),
    "a decimal comma": ({"latitude": "47,2297"}, None),
    "geocoded to Rezé": ({"latitude": "47.18", "longitude": "-1.55", "result_citycode": "44143"},
                         "geocoded_to_another_commune"),
    "geocoded to La Réunion": ({"latitude": "-21.2261", "longitude": "55.5542", "result_citycode": "97422"},
                               "geocoded_to_another_commune"),
    "overseas, said to be Nantes": ({"latitude": "-21.2261", "longitude": "55.5542"}, "point_not_readable"),
    "in Paris, said to be Nantes": ({"latitude": "48.85", "longitude": "2.35"}, "point_far_from_commune"),
    "zero": ({"latitude": "0", "longitude": "0"}, "point_not_readable"),
    "words": ({"latitude": "nord", "longitude": "ouest"}, "point_not_readable"),
    "half a point": ({"latitude": ""}, "point_not_readable"),
    "swapped": ({"latitude": "-1.5551", "longitude": "47.2297"}, "point_not_readable"),
}  # fmt: skip


@pytest.mark.parametrize("case", POINTS)
def test_points(tmp_path: Path, case: str) -> None:
    given_point, refusal = POINTS[case]
    report, homes = imported(tmp_path, [home_2018(**NANTES), home_2018(**{**NANTES, **given_point})])
    assert reasons(report, "point_reasons") == ({refusal: [3]} if refusal else {})
    assert (report["homes"], report["rejected"], report["located"]) == (2, 0, 1 if refusal else 2)
    assert homes["cell_north"].is_null().to_list() == [False, bool(refusal)]
    assert homes["longitude"].is_null().to_list() == [False, bool(refusal)]


def test_a_geocoder_may_answer_with_a_code_that_lost_its_zero(tmp_path: Path) -> None:
    row = home_2018(DEPCOM="1004", latitude="45.958", longitude="5.358", result_citycode="1004")
    report, _ = imported(tmp_path, [row])
    assert (report["located"], report["point_reasons"]) == (1, [])


METRES = {
    "Réunion": ("97411", "2975", "338500", "7689500", 2975),
    "Martinique": ("97209", "5490", "708000", "1616000", 5490),
    "Guyane": ("97302", "2972", "354000", "545500", 2972),
    "Paris": ("75113", "2154", "653000", "6859000", 3035),
    "Paris, the system in words": ("75113", "EPSG:2154", "653000,5", "6859000", 3035),
}


@pytest.mark.parametrize("place", METRES)
def test_metres_of_the_metropole_and_overseas(tmp_path: Path, place: str) -> None:
    commune, epsg, x, y, grid = METRES[place]
    row = home_current(DEPCOM=commune, EPSG=epsg, X=x, Y=y)
    report = import_rpls(write_current(tmp_path / "rpls-2025.csv", [row]), tmp_path / "out")
    home = homes_of(tmp_path / "out").row(0, named=True)
    assert (report["located"], home["cell_crs"]) == (1, grid)
    if grid != 3035:
        assert (home["cell_north"], home["cell_east"]) == (int(y) // 200 * 200, int(x) // 200 * 200)


def test_metres_in_a_system_that_no_register_uses_are_refused(tmp_path: Path) -> None:
    report = import_rpls(write_current(tmp_path / "rpls-2025.csv", [home_current(EPSG="27572")]), tmp_path / "out")
    assert reasons(dict(report), "point_reasons") == {"point_not_readable": [2]}


def test_a_geocoded_point_comes_before_metres(tmp_path: Path) -> None:
    columns = [*COLUMNS_CURRENT, *GEOCODED]
    file = write_text(tmp_path / "rpls-2025.csv", csv_text(columns, [{**home_current(X="0", Y="0"), **NANTES}]))
    assert import_rpls(file, tmp_path / "out")["located"] == 1


def test_the_cell_of_a_point(tmp_path: Path) -> None:
    """In the middle of Lille."""
    _, homes = imported(tmp_path, [home_2018(DEPCOM="59350", latitude="50.6366", longitude="3.0573")])
    cell = parse_cell_id("CRS3035RES200mN3081400E3830600")
    assert homes.select("cell_crs", "cell_north", "cell_east").row(0) == cell[:3]


def test_residences_are_homes_built_together_at_one_place(tmp_path: Path) -> None:
    rows = [
        home_2018(LIEUDIT="LE BOIS", NUMVOIE="1"),
        home_2018(LIEUDIT="le bois", NUMVOIE="2"),
        home_2018(LIEUDIT="LE BOIS", CONSTRUCT="1980"),
        home_2018(LIEUDIT="LE BOIS", DEPCOM="44143"),
        home_2018(LIEUDIT="", NUMVOIE="", NOMVOIE="3 RUE DU PRE"),
        home_2018(LIEUDIT="", NUMVOIE="7", NOMVOIE="RUE DU PRE"),
        home_2018(LIEUDIT="", COMPLGEO="0000-1061-A000"),  # an inventory number names no place
        home_2018(LIEUDIT=""),
    ]
    _, homes = imported(tmp_path, rows)
    first, second, later, elsewhere, pre, pre_too, numbered, street = homes["residence_id"]
    assert first == second
    assert pre == pre_too
    assert numbered == street
    assert len({first, later, elsewhere, pre, street}) == 5


def test_missing_columns_are_named(tmp_path: Path) -> None:
    file = write_text(tmp_path / "t.csv", "DEPCOM;SURFHAB;CONSTRUCT;TYPECONST\n44109;64;1974;C\n")
    with pytest.raises(BadInput, match=r"t\.csv, line 1, column NBPIECE: lacks NBPIECE, FINAN_CODE; an RPLS file"):
        import_rpls(file, tmp_path / "out", YEAR)
    assert not (tmp_path / "out").exists()


DIRTY = {
    "DEPCOM": ["44109", "1004", "", "99999", "2A004", "x", "75113", "14011"],
    "NBPIECE": ["3", "", "NC", "99", "-1", "1.0"],
    "SURFHAB": ["64", "", "1e3", "0"],
    "CONSTRUCT": ["1974", "", "0", "99999999999999999999"],
    "FINAN": ["13", "", "49", "abc"],
    "DPEDATE": ["", "01/1900", "99/9999", "2010"],
    "LIEUDIT": ["", 'LE "BOIS', "A;B", "É"],
    "latitude": ["47.2297", "", "x", "inf", "NaN", "1e999", "-21.2"],
    "longitude": ["-1.5551", "", "y", "55.5"],
    "result_citycode": ["44109", "", "97422", "2A004"],
}
DIRTY_ROWS = st.lists(st.fixed_dictionaries({name: st.sampled_from(options) for name, options in DIRTY.items()}))


@settings(max_examples=examples(16))
@given(rows=DIRTY_ROWS, ragged=st.lists(st.text(st.sampled_from('ab;"'), min_size=1, max_size=5), max_size=3))
def test_every_row_is_a_home_or_is_counted(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], ragged: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("dirty")
    text = csv_text([*COLUMNS_2018, *GEOCODED], [home_2018(**NANTES), *(home_2018(**row) for row in rows)])
    report = import_rpls(write_text(folder / "t.csv", text + "\n".join(ragged)), folder / "out", YEAR)
    assert report["rows_read"] == 1 + len(rows) + len(ragged)
    assert report["rows_read"] == report["homes"] + report["rejected"]
    assert report["homes"] == homes_of(folder / "out").height
    assert report["rejected"] == sum(entry["count"] for entry in report["rejects"])
    given_points = sum(bool(row["latitude"] or row["longitude"]) for row in rows if row["DEPCOM"] in KNOWN)
    assert report["located"] + report["refused_points"] == 1 + given_points
    assert Territory.open(folder / "out").check()["problems"] == []


KNOWN = ("44109", "1004", "2A004", "75113", "14011")
