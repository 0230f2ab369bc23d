"""Units as vector tiles, read back with the readers of other people."""

import gzip
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pmtiles.reader import MemorySource, Reader, all_tiles
from pmtiles.tile import zxy_to_tileid
from pyproj import Transformer
from tests.examples import TIMES

from carreau.register.territory import Territory
from carreau.release.building import build
from carreau.release.exports import write
from carreau.release.exports.pmtiles import tiles
from carreau.release.exports.pmtiles.archive import LEAF, Tile, archive, tile_ids
from carreau.release.exports.pmtiles.cutting import BUFFER, EXTENT, outlines
from carreau.release.exports.pmtiles.ragged import varints, zigzag

Maker = Callable[..., Territory]
BOX = (0.0, 0.0, 1.0, 1.0)
LAYERS = {"vector_layers": [{"minzoom": 7, "maxzoom": 12}]}
DOWN = {"y_coord_down": True}
HALF = 20_037_508.342789244


def units_of(squares: list[tuple[int, int, int]]) -> tuple[pl.DataFrame, pl.Series, np.ndarray]:
    """Units of one square each: northing, easting, side."""
    units = pl.DataFrame({"unit_id": [f"N{n}E{e}" for n, e, _ in squares], "size": [size for *_, size in squares]})
    shapes = np.array([shapely.box(e, n, e + size, n + size) for n, e, size in squares])
    return units, pl.Series([3035] * len(squares)), shapes


def read(units: pl.DataFrame, crs: pl.Series, shapes: np.ndarray) -> dict[tuple[int, int, int], list[dict[str, Any]]]:
    return contents(archive(tiles(units, outlines(crs, shapes)), LAYERS, BOX))


def contents(file: bytes) -> dict[tuple[int, int, int], list[dict[str, Any]]]:
    return {
        place: mapbox_vector_tile.decode(gzip.decompress(tile), default_options=DOWN)["units"]["features"]
        for place, tile in all_tiles(MemorySource(file))
    }  # fmt: skip


def on_map(feature: dict[str, Any], place: tuple[int, int, int]) -> Any:
    """A feature's shape in steps of its zoom, from the corner of the map."""
    _, column, row = place
    return shapely.transform(
        shapely.geometry.shape(feature["geometry"]), lambda c: c + EXTENT * np.array([column, row])
    )


def truth(shape: Any, zoom: int) -> Any:
    """The same by pyproj alone, with a corner every 50 m."""
    to_map = Transformer.from_crs(3035, 3857, always_xy=True)
    steps = EXTENT << zoom

    def place(corners: np.ndarray) -> np.ndarray:
        x, y = to_map.transform(corners[:, 0], corners[:, 1])
        return np.column_stack([(HALF + x) / (2 * HALF) * steps, (HALF - y) / (2 * HALF) * steps])

    return shapely.transform(shapely.segmentize(shape, 50), place)


NEAR = [(2_746_000, 3_448_000, 200), (2_746_000, 3_448_200, 200), (2_746_200, 3_448_000, 1_000)]
WIDE = [(2_400_000, 3_520_000, 32_000)]


@pytest.mark.parametrize("squares", [NEAR, WIDE, [(1_000_000 * n, 3_400_000, 200) for n in (2, 3)]])
def test_every_corner_is_within_a_step_of_the_truth(squares: list[tuple[int, int, int]]) -> None:
    units, crs, shapes = units_of(squares)
    for place, features in read(units, crs, shapes).items():
        for feature in features:
            drawn = on_map(feature, place)
            square = shapes[units["unit_id"].to_list().index(feature["properties"]["unit_id"])]
            exact = truth(square, place[0])
            window = shapely.box(*(EXTENT * np.array([place[1], place[2], place[1] + 1, place[2] + 1])))
            assert drawn.is_valid
            if exact.within(window):
                assert shapely.hausdorff_distance(drawn.exterior, exact.exterior) < 1
            else:
                seen, wanted = drawn.intersection(window), exact.intersection(window)
                assert seen.symmetric_difference(wanted).area <= exact.length


def test_a_unit_is_in_each_tile_that_it_meets_and_in_no_other() -> None:
    places = range(0, 60, 6 if TIMES > 1 else 12)
    edge = [(2_746_000 + 200 * n, 3_448_000 + 200 * e, 200) for n in places for e in places]
    units, crs, shapes = units_of(edge)
    found = read(units, crs, shapes)
    for zoom in (7, 12):
        for name, shape in zip(units["unit_id"], shapes, strict=True):
            exact = truth(shape, zoom)
            here = {p[1:] for p, features in found.items() for f in features
                    if p[0] == zoom and f["properties"]["unit_id"] == name}  # fmt: skip
            for buffer, compare in ((BUFFER - 2, here.issuperset), (BUFFER + 2, here.issubset)):
                west, north, east, south = exact.buffer(buffer).bounds
                columns, rows = (
                    range(int(a // EXTENT), int(b // EXTENT) + 1) for a, b in ((west, east), (north, south))
                )
                assert compare({(x, y) for x in columns for y in rows})


def test_a_square_wider_than_tiles_covers_them_all_once() -> None:
    units, crs, shapes = units_of(WIDE)
    exact = truth(shapes[0], 12)
    pieces = []
    for place, features in read(units, crs, shapes).items():
        if place[0] == 12:
            window = shapely.box(*(EXTENT * np.array([place[1], place[2], place[1] + 1, place[2] + 1])))
            pieces.append(on_map(features[0], place).intersection(window))
    assert len(pieces) > 9
    assert shapely.area(pieces).sum() == pytest.approx(exact.area, rel=1e-4)
    assert all(max(np.abs(shapely.get_coordinates(piece))[0]) < 2**12 * EXTENT for piece in pieces)


def test_values_are_those_of_the_table() -> None:
    chance = random.Random(1)
    rows = 300
    units, crs, shapes = units_of([(2_746_000 + 200 * n, 3_448_000, 200) for n in range(rows)])
    units = units.with_columns(
        some=pl.Series([chance.choice([None, 0, 1, 127, 128, 300, 70_000]) for _ in range(rows)], dtype=pl.Int32),
        below=pl.Series([chance.choice([-1, -300, 5]) for _ in range(rows)]),
        share=pl.Series([chance.choice([None, 0.5, 1.0, 17.25]) for _ in range(rows)]),
        nothing=pl.Series([None] * rows, dtype=pl.Int32),
    )
    wanted = {row["unit_id"]: {k: v for k, v in row.items() if v is not None} for row in units.iter_rows(named=True)}
    seen = set()
    for features in read(units, crs, shapes).values():
        for feature in features:
            assert feature["properties"] == wanted[feature["properties"]["unit_id"]]
            seen.add(feature["properties"]["unit_id"])
    assert seen == set(wanted)


def test_a_unit_around_another_has_a_hole(territory: Maker, tmp_path: Path) -> None:
    ring = shapely.Polygon([(0, 0), (600, 0), (600, 600), (0, 600)], [[(200, 200), (200, 400), (400, 400), (400, 200)]])
    moved = shapely.transform(ring, lambda c: c + np.array([3_448_000, 2_746_000]))
    units, crs, _ = units_of([(2_746_000, 3_448_000, 600)])
    for place, (feature, *_) in read(units, crs, np.array([moved])).items():
        drawn = on_map(feature, place)
        assert len(drawn.interiors) == 1
        assert drawn.area == pytest.approx(truth(moved, place[0]).area, rel=0.3 if place[0] == 7 else 0.05)


def test_the_archive_of_a_release(territory: Maker, tmp_path: Path) -> None:
    at = [((2_746_000 + 200 * n, 3_448_000), 1, "alone", 15_000, False) for n in range(3) for _ in range(6 + 9 * n)]
    release = build(territory(at), method="finest")
    write(release, tmp_path / "out")
    file = (tmp_path / "out" / "units.pmtiles").read_bytes()
    header, about = Reader(MemorySource(file)).header(), Reader(MemorySource(file)).metadata()
    assert (header["min_zoom"], header["max_zoom"], header["clustered"]) == (7, 12, True)
    assert header["min_lon_e7"] / 1e7 == pytest.approx(-1.6, abs=0.3)
    assert header["min_lat_e7"] / 1e7 == pytest.approx(47.2, abs=0.3)
    assert about["synthetic"] is True
    assert about["attribution"] == "Licence Ouverte 2.0 (Etalab)"
    assert set(about["vector_layers"][0]["fields"]) == set(release.units.columns) - {"crs", "north", "east"}
    whole = {f["properties"]["unit_id"]: f["properties"] for features in contents(file).values() for f in features}
    for row in release.units.drop("crs", "north", "east").iter_rows(named=True):
        assert whole[row["unit_id"]] == {name: value for name, value in row.items() if value is not None}


def test_an_archive_with_leaves_is_read_whole() -> None:
    numbers = np.unique(np.random.default_rng(1).integers(5461, 22_369_621, 3 * LEAF))
    made = [Tile(number, str(number).encode()) for number in numbers.tolist()]
    read_ = {zxy_to_tileid(*place): bytes(tile) for place, tile in all_tiles(MemorySource(archive(made, LAYERS, BOX)))}
    assert read_ == {tile.number: tile.content for tile in made}


@pytest.mark.parametrize("zoom", [0, 1, 7, 12])
def test_the_order_of_tiles_is_that_of_the_reader(zoom: int) -> None:
    column, row = np.random.default_rng(zoom).integers(0, 2**zoom, (2, 200))
    wanted = [zxy_to_tileid(zoom, int(x), int(y)) for x, y in zip(column, row, strict=True)]
    assert tile_ids(zoom, column, row).tolist() == wanted


@given(st.lists(st.integers(0, 2**35 - 1)))
def test_varints_are_read_back(numbers: list[int]) -> None:
    written, read_, at = varints(np.array(numbers, np.int64)).tolist(), [], 0
    while at < len(written):
        value = shift = 0
        while True:
            value, shift, at = value | (written[at] & 127) << shift, shift + 7, at + 1
            if written[at - 1] < 128:
                break
        read_.append(value)
    assert read_ == numbers


@given(st.lists(st.integers(-(2**33), 2**33)))
def test_zigzag_keeps_small_numbers_small(numbers: list[int]) -> None:
    assert zigzag(np.array(numbers, np.int64)).tolist() == [2 * n if n >= 0 else -2 * n - 1 for n in numbers]


def test_text_that_is_missing_is_refused() -> None:
    units, crs, shapes = units_of(NEAR)
    with pytest.raises(ValueError, match="text that is there"):
        list(tiles(units.with_columns(unit_id=pl.lit(None, pl.String)), outlines(crs, shapes)))
