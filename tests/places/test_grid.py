"""The 200 m grid: known places, round trips, and the same answer by every road."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from carreau.errors import BadInput
from carreau.places import grid

LILLE = (3.0579, 50.6359)
TO_LAEA = Transformer.from_crs(4326, 3035, always_xy=True)
TO_LAMBERT = Transformer.from_crs(4326, 2154, always_xy=True)


def _cell(lon: float, lat: float, epsg: int, crs: int = 4326) -> str:
    north, east = grid.cells_of(np.array([lon]), np.array([lat]), crs, epsg)
    return grid.cell_id(epsg, int(north[0]), int(east[0]))


def test_a_cell_in_the_middle_of_lille() -> None:
    assert _cell(*LILLE, 3035) == "CRS3035RES200mN3081400E3830600"


def test_cells_that_insee_published_hold_their_centres() -> None:
    # Lambert-93 centres of two cells of Filosofi 2019 (Insee, Licence Ouverte 2.0)
    for x, y, name in [
        (653_369.67, 6_867_050.83, "CRS3035RES200mN2894200E3762000"),
        (662_141.95, 6_865_443.97, "CRS3035RES200mN2891800E3770600"),
    ]:
        assert _cell(x, y, 3035, crs=2154) == name


@pytest.mark.parametrize(
    ("town", "commune", "lon", "lat", "epsg"),
    [
        ("Fort-de-France", "97209", -61.0667, 14.6036, 5490),
        ("Basse-Terre", "97105", -61.7300, 15.9958, 5490),
        ("Saint-Barthélemy", "97701", -62.8498, 17.8965, 5490),
        ("Cayenne", "97302", -52.3300, 4.9333, 2972),
        ("Saint-Denis de La Réunion", "97411", 55.4481, -20.8789, 2975),
        ("Mamoudzou", "97611", 45.2275, -12.7806, 4471),
    ],
)
def test_overseas_towns_lie_in_their_own_grid(town: str, commune: str, lon: float, lat: float, epsg: int) -> None:
    assert grid.grid_of_commune(commune) == epsg
    cell = grid.parse_cell_id(_cell(lon, lat, epsg))
    middle_lon, middle_lat = grid.centre(*cell)
    assert abs(middle_lat - lat) * 111_000 <= 150
    assert abs(middle_lon - lon) * 111_000 * np.cos(np.radians(lat)) <= 150


def test_ids_of_insee_files_fall_in_the_right_island() -> None:
    reunion = grid.parse_cell_id("CRS2975RES200mN7634200E0359400")
    martinique = grid.parse_cell_id("CRS5490RES200mN1592600E728800")
    assert reunion == (2975, 7_634_200, 359_400, 200)
    lon, lat = grid.centre(*reunion)
    assert (55.2 < lon < 55.9, -21.4 < lat < -20.8) == (True, True)
    lon, lat = grid.centre(*martinique)
    assert (-61.3 < lon < -60.8, 14.3 < lat < 14.9) == (True, True)


def test_the_form_of_2010_names_the_same_cell() -> None:
    assert grid.parse_cell_id("LAEA200M_N15407E19153") == grid.parse_cell_id("CRS3035RES200mN3081400E3830600")


def test_a_parent_square_has_its_size_in_its_name() -> None:
    north, east = grid.parent(pl.col("n"), pl.col("e"), 1000)
    frame = pl.DataFrame({"n": [3_081_400], "e": [3_830_600]}).select(n=north, e=east)
    name = frame.select(grid.cell_ids(pl.lit(3035), pl.col("n"), pl.col("e"), 1000)).item()
    assert name == "CRS3035RES1000mN3081000E3830000"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "CRS3035RES200mN3081401E3830600",
        "CRS9999RES200mN3081400E3830600",
        "CRS3035RES00mN3081400E3830600",
        "CRS3035RES200mN3081400E3830600 ",
        "CRS3035RES200mN99999800E99999800000",
        "LAEA999999M_N999999E1",
    ],
)
def test_a_malformed_name_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is not the name of a cell"):
        grid.parse_cell_ids(pl.Series(["CRS3035RES200mN3081400E3830600", text]))


def test_a_null_name_stays_null() -> None:
    assert grid.parse_cell_ids(pl.Series([None], dtype=pl.String)).row(0) == (None,) * 4


@given(
    st.sampled_from(grid.GRIDS),
    st.integers(0, 8_000_000),
    st.integers(0, 8_000_000),
    st.sampled_from([200, 1000, 2000, 64_000]),
)
def test_a_name_reads_back(crs: int, north: int, east: int, size: int) -> None:
    square = grid.Cell(crs, north // size * size, east // size * size, size)
    text = grid.cell_id(*square)
    assert grid.parse_cell_id(text) == square
    frame = pl.DataFrame([square], schema=["crs", "north", "east", "size"], orient="row")
    columns = (pl.col("crs"), pl.col("north"), pl.col("east"), pl.col("size"))
    assert frame.select(grid.cell_ids(*columns)).item() == text


@given(st.floats(-4.5, 8.2), st.floats(42.4, 51.0))
def test_a_point_is_inside_its_cell_and_lambert_agrees(lon: float, lat: float) -> None:
    east, north = TO_LAEA.transform(lon, lat)
    cell_north, cell_east = grid.cells_of(np.array([lon]), np.array([lat]), 4326, 3035)
    assert 0 <= north - cell_north[0] < 200
    assert 0 <= east - cell_east[0] < 200
    x, y = TO_LAMBERT.transform(lon, lat)
    lambert_north, lambert_east = grid.cells_of(np.array([x]), np.array([y]), 2154, 3035)
    near_an_edge = min(north % 200, 200 - north % 200, east % 200, 200 - east % 200) < 0.01
    assert near_an_edge or (lambert_north[0], lambert_east[0]) == (cell_north[0], cell_east[0])


def test_a_point_already_in_the_grid_needs_no_projection() -> None:
    assert _cell(359_499.9, 7_634_399.9, 2975, crs=2975) == "CRS2975RES200mN7634200E359400"


def test_points_outside_the_grid_have_no_cell() -> None:
    lon = np.array([np.nan, 3.0634, np.inf, 55.45, LILLE[0]])
    lat = np.array([50.6, np.nan, 50.6, -20.88, LILLE[1]])
    north, east = grid.cells_of(lon, lat, 4326, 3035)
    assert (north == grid.NO_CELL).tolist() == [True, True, True, True, False]
    assert (east == grid.NO_CELL).tolist() == [True, True, True, True, False]
    assert north.dtype == east.dtype == np.int32


def test_unknown_systems_are_refused() -> None:
    with pytest.raises(BadInput, match="EPSG:2154 is not a grid"):
        _cell(0, 45, 2154)
    with pytest.raises(BadInput, match="EPSG:999999"):
        _cell(0, 45, 3035, crs=999_999)


def test_departments_name_their_grid() -> None:
    frame = pl.DataFrame({"department": ["44", "2A", "971", "974", None]})
    assert frame.select(grid.grid_of_department(pl.col("department"))).to_series().to_list() == [
        3035,
        3035,
        5490,
        2975,
        None,
    ]
