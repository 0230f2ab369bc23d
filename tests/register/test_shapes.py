"""What comes as shapes: zonings, addresses, and what is no file of shapes."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyogrio
import pytest
import shapely
from builders import contents, home_2018, homes_of, write_2018, write_text
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from carreau.errors import BadInput
from carreau.register.addresses import import_addresses
from carreau.register.filosofi import import_filosofi
from carreau.register.importing import ImportOptions, import_rpls
from carreau.register.territory import Territory
from carreau.register.vectorfile import read_shapes, to_wgs84
from carreau.register.zoning import _zone_of, import_zoning

DAY = date(2024, 1, 1)
YEAR = ImportOptions(year=2018)
CELLS = Path(__file__).parent / "data" / "filosofi_2019_saint_denis.csv"


def square(west: float, south: float, size: float = 0.01) -> dict[str, Any]:
    corners = [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]
    return {"type": "Polygon", "coordinates": [corners]}


def geojson(file: Path, zones: list[tuple[str | None, dict[str, Any] | None]], column: str = "code_qp") -> Path:
    features = [{"type": "Feature", "properties": {column: code}, "geometry": shape} for code, shape in zones]
    return write_text(file, json.dumps({"type": "FeatureCollection", "features": features}))


def town(folder: Path, points: list[tuple[str, str]]) -> Path:
    """Homes of Nantes at points (longitude, latitude)."""
    rows = [
        home_2018(NUMAPPT=str(n), longitude=x, latitude=y, result_citycode="44109" if x else "")
        for n, (x, y) in enumerate(points)
    ]
    import_rpls(write_2018(folder / "rpls.csv", rows, geocoded=True), folder / "out", YEAR)
    return folder / "out"


POINTS = [("-1.555", "47.225"), ("-1.545", "47.225"), ("-1.55", "47.225"), ("-1.5", "47.3"), ("", "")]
ZONES = [("B", square(-1.55, 47.22)), ("A", square(-1.56, 47.22))]


def test_homes_in_zones_on_a_border_outside_and_without_a_point(tmp_path: Path) -> None:
    out = town(tmp_path, POINTS)
    report = import_zoning(geojson(tmp_path / "qpv.geojson", ZONES), out, name="qpv", valid_from=DAY)
    assert dict(report) == {
        "file": "qpv.geojson", "zoning": "qpv", "zones": 2, "shapes_without_code_or_contour": 0,
        "homes_in_a_zone": 3, "homes_in_none": 1, "homes_without_a_point": 1,
    }  # fmt: skip
    territory = Territory.open(out)
    assert territory.check()["problems"] == []
    assert territory.zonings == ("qpv",)
    zone = dict(territory.zoning("qpv").select("unit", "zone").collect().iter_rows())
    homes = homes_of(out)["home_id"].to_list()
    assert [zone.get(home) for home in homes] == ["A", "B", "A", None, None]  # on the border, the first code
    assert territory.zoning("qpv").select("valid_from", "valid_to").unique().collect().rows() == [(DAY, None)]
    contours = territory.table("contours/qpv").collect()
    assert contours["zone"].to_list() == ["B", "A"]
    assert shapely.from_wkb(contours["geometry"].to_list())[0].area == pytest.approx(1e-4)


def test_a_zoning_again_takes_the_place_of_the_former_one_and_others_stay(tmp_path: Path) -> None:
    out = town(tmp_path, POINTS)
    file = geojson(tmp_path / "qpv.geojson", ZONES)
    import_zoning(file, out, name="iris", valid_from=DAY)
    import_zoning(file, out, name="qpv", valid_from=DAY)
    import_zoning(geojson(tmp_path / "next.geojson", ZONES[:1]), out, name="qpv", valid_from=DAY)
    territory = Territory.open(out)
    assert territory.zonings == ("iris", "qpv")
    assert territory.check()["tables"]["zonings/qpv"] == 2
    assert [s["file"] for s in territory.facts["sources"] if s["table"] == "zonings/qpv"] == ["next.geojson"]


def test_shapes_without_code_or_contour_are_left_out_and_broken_ones_are_mended(tmp_path: Path) -> None:
    out = town(tmp_path, POINTS)
    corners = [[-1.56, 47.22], [-1.55, 47.23], [-1.55, 47.22], [-1.56, 47.23], [-1.56, 47.22]]
    bow = {"type": "Polygon", "coordinates": [corners]}
    zones = [("A", bow), (None, square(-1.55, 47.22)), ("C", None)]
    report = import_zoning(geojson(tmp_path / "qpv.geojson", zones), out, name="qpv", valid_from=DAY)
    assert (report["shapes_without_code_or_contour"], report["homes_in_a_zone"]) == (2, 1)
    assert Territory.open(out).check()["problems"] == []


def test_columns_of_zone_codes(tmp_path: Path) -> None:
    out = town(tmp_path, POINTS)
    file = geojson(tmp_path / "z.geojson", ZONES, column="quarter")
    with pytest.raises(BadInput, match="has no known column of zone codes; name one of QUARTER"):
        import_zoning(file, out, name="z", valid_from=DAY)
    with pytest.raises(BadInput, match="column CIRCLE: has no such column; it has QUARTER"):
        import_zoning(file, out, name="z", valid_from=DAY, zone_column="circle")
    assert import_zoning(file, out, name="z", valid_from=DAY, zone_column="quarter")["zones"] == 2


@pytest.mark.parametrize("name", ["", "../homes", "a/b", "QPV", "."])
def test_the_name_of_a_zoning_is_no_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="is no name for a zoning"):
        import_zoning(tmp_path / "z.geojson", tmp_path / "out", name=name, valid_from=DAY)


def test_a_zoning_needs_homes(tmp_path: Path) -> None:
    import_filosofi(CELLS, tmp_path / "out", year=2019)
    with pytest.raises(BadInput, match="has no table homes; import a register"):
        import_zoning(geojson(tmp_path / "z.geojson", ZONES), tmp_path / "out", name="z", valid_from=DAY)


COORDINATE = st.integers(0, 6)


@settings(max_examples=examples(24))
@given(
    squares=st.lists(st.tuples(st.sampled_from("ABCD"), COORDINATE, COORDINATE, st.integers(1, 4)), max_size=5),
    points=st.lists(st.tuples(COORDINATE, COORDINATE), min_size=1, max_size=8),
)
def test_zones_of_points_as_the_slow_twin_finds_them(
    squares: list[tuple[str, int, int, int]], points: list[tuple[int, int]]
) -> None:
    homes = pl.DataFrame(points, schema=["longitude", "latitude"], orient="row").cast(pl.Float64)
    shapes = np.array([shapely.box(x, y, x + size, y + size) for _, x, y, size in squares], dtype=object)
    codes = pl.Series([code for code, *_ in squares], dtype=pl.String)

    def within(x: int, y: int) -> list[str]:
        return [code for code, west, south, size in squares if west <= x <= west + size and south <= y <= south + size]

    expected = [min(within(x, y), default=None) for x, y in points]
    assert _zone_of(homes, codes, shapes).to_list() == expected


def geopackage(file: Path, columns: dict[str, list[Any]], points: list[shapely.Point | None]) -> Path:
    """Points in Lambert-93 with the columns given."""
    data = [np.array(c, dtype=object if isinstance(c[0], str | None) else None) for c in columns.values()]
    shapes = shapely.to_wkb(np.array(points))
    pyogrio.raw.write(
        file, shapes, data, list(columns), geometry_type="Point", crs="EPSG:2154", driver="GPKG", layer="only"
    )
    return file


BONDY = [shapely.Point(660_000, 6_867_000), shapely.Point(660_400, 6_867_000), None]
ADDRESSES = {"cle": ["1 RUE A", "2 RUE B", "3 RUE C"], "appartement": [3, 2, 1], "construct": ["1970", "avant", None]}


def test_every_home_of_an_address_becomes_a_row(tmp_path: Path) -> None:
    file = geopackage(tmp_path / "a.gpkg", ADDRESSES, BONDY)
    report = import_addresses(file, tmp_path / "out", commune="93010", year=2022)
    assert dict(report) == {
        "file": "a.gpkg", "rows_read": 3, "rejected": 0, "rejects": [], "homes": 6, "located": 5, "repairs": 1,
        "repair_reasons": [{"reason": "built_not_usable", "count": 1, "lines": [2]}], "dropped": [],
    }  # fmt: skip
    territory = Territory.open(tmp_path / "out")
    assert territory.check() == {"tables": {"homes": 6}, "problems": []}
    homes = homes_of(tmp_path / "out")
    assert homes["address"].value_counts().sort("address")["count"].to_list() == [3, 2, 1]
    assert homes["built"].to_list() == [1970] * 3 + [None] * 3
    assert homes["residence_id"].n_unique() == 3
    assert homes.select("commune", "department", "region", "year").unique().rows() == [("93010", "93", "11", 2022)]
    assert homes.filter(pl.col("address") == "1 RUE A")["longitude"][0] == pytest.approx(2.456, abs=0.01)
    assert (territory.name, homes["description_origin"].unique().to_list()) == ("Bondy", ["real"])


@pytest.mark.parametrize("count", [0, -1, 5001, None])
def test_an_address_without_a_usable_number_of_homes_is_rejected(tmp_path: Path, count: int | None) -> None:
    numbers = ["3", None if count is None else str(count), "1"]
    file = geopackage(tmp_path / "a.gpkg", {**ADDRESSES, "appartement": numbers}, BONDY)
    report = import_addresses(file, tmp_path / "out", commune="93010", year=2022)
    assert report["rejects"] == [{"reason": "number_of_homes_not_usable", "count": 1, "lines": [2]}]
    assert (report["rows_read"], report["homes"]) == (3, 4)


def test_years_given_as_numbers(tmp_path: Path) -> None:
    file = geopackage(tmp_path / "a.gpkg", {**ADDRESSES, "construct": [1970.0, 1980.0, 1990.0]}, BONDY)
    assert import_addresses(file, tmp_path / "out", commune="93010", year=2022)["repairs"] == 0
    assert homes_of(tmp_path / "out")["built"].unique().sort().to_list() == [1970, 1980, 1990]


def test_addresses_given_twice_keep_ids_apart(tmp_path: Path) -> None:
    columns = {"cle": ["1 RUE A"] * 3, "appartement": [2, 2, 2], "construct": ["1970"] * 3}
    import_addresses(geopackage(tmp_path / "a.gpkg", columns, BONDY), tmp_path / "out", commune="93010", year=2022)
    assert homes_of(tmp_path / "out")["home_id"].n_unique() == 6


def test_addresses_keep_the_cells_of_the_folder(tmp_path: Path) -> None:
    import_filosofi(CELLS, tmp_path / "out", year=2019)
    file = geopackage(tmp_path / "a.gpkg", ADDRESSES, BONDY)
    import_addresses(file, tmp_path / "out", commune="93010", year=2022)
    assert Territory.open(tmp_path / "out").check()["tables"] == {"cells": 20, "homes": 6}


@pytest.mark.parametrize("column", ADDRESSES)
def test_a_missing_column_of_addresses(tmp_path: Path, column: str) -> None:
    columns = {name: values for name, values in ADDRESSES.items() if name != column}
    with pytest.raises(BadInput, match=r"a\.gpkg, column .*: lacks"):
        import_addresses(geopackage(tmp_path / "a.gpkg", columns, BONDY), tmp_path / "out", commune="93010", year=2022)
    assert not (tmp_path / "out").exists()


def test_addresses_of_an_unknown_commune_or_without_homes(tmp_path: Path) -> None:
    file = geopackage(tmp_path / "a.gpkg", {**ADDRESSES, "appartement": [0, 0, 0]}, BONDY)
    with pytest.raises(BadInput, match="00000 is not the code of a commune"):
        import_addresses(file, tmp_path / "out", commune="00000", year=2022)
    with pytest.raises(BadInput, match="none of its rows can be used"):
        import_addresses(file, tmp_path / "out", commune="93010", year=2022)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("none.gpkg", None, "does not exist"),
        ("text.gpkg", "A;B", "cannot be read as a file of shapes"),
        ("empty.geojson", '{"type": "FeatureCollection", "features": []}', "holds no shape"),
        ("cut.geojson", '{"type": "FeatureCollection", "fea', "cannot be read as a file of shapes"),
    ],
)
def test_what_is_no_file_of_shapes(tmp_path: Path, name: str, content: str | None, says: str) -> None:
    if content is not None:
        write_text(tmp_path / name, content)
    with pytest.raises(BadInput, match=says) as refusal:
        read_shapes(tmp_path / name)
    assert str(refusal.value).startswith(str(tmp_path / name))
    assert "\n" not in str(refusal.value)


def test_a_file_of_two_layers(tmp_path: Path) -> None:
    file = geopackage(tmp_path / "a.gpkg", ADDRESSES, BONDY)
    pyogrio.raw.write(file, shapely.to_wkb(np.array(BONDY)), [], [], geometry_type="Point", crs="EPSG:2154",
                      driver="GPKG", layer="other", append=True)  # fmt: skip
    with pytest.raises(BadInput, match="holds 2 layers; exactly one is expected"):
        read_shapes(file)


def test_shapes_without_a_coordinate_system(tmp_path: Path) -> None:
    file = tmp_path / "a.fgb"
    with pytest.warns(UserWarning, match="crs"):
        pyogrio.raw.write(file, shapely.to_wkb(np.array(BONDY[:1])), [], [], geometry_type="Point", driver="FlatGeobuf")
    with pytest.raises(BadInput, match="does not say its coordinate system"):
        read_shapes(file)


def test_shapes_in_degrees(tmp_path: Path) -> None:
    shapes = read_shapes(geopackage(tmp_path / "a.gpkg", ADDRESSES, BONDY))
    assert shapes.attributes.columns == ["CLE", "APPARTEMENT", "CONSTRUCT"]
    moved = to_wgs84(shapes)
    assert (round(moved[0].x, 2), round(moved[0].y, 2), moved[2]) == (2.45, 48.9, None)


def test_a_refused_zoning_changes_nothing(tmp_path: Path) -> None:
    out = town(tmp_path, POINTS)
    before = contents(out)
    with pytest.raises(BadInput):
        import_zoning(tmp_path / "none.geojson", out, name="z", valid_from=DAY)
    assert contents(out) == before
