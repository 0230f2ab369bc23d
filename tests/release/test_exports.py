"""A release as files, read back as somebody else would."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import polars as pl
import pyogrio
import pytest
import shapely
from pyproj import CRS

from carreau.errors import BadInput
from carreau.outputs import file_sha256
from carreau.register.territory import Territory
from carreau.release import building
from carreau.release.exports import columns, write
from carreau.release.gate import Release

Maker = Callable[..., Territory]

build = partial(building.build, method="natural")


@pytest.fixture
def release(territory: Maker) -> Release:
    near = [((0, 0), 1, "alone", 15_000, False)] * 9 + [((0, 0), 3, "lone_parent", 9_000, True)] * 5
    far = [((640_000, 0), 2, "couple", 20_000, False)] * 10
    return build(territory(near + far))


def geo(file: Path) -> dict[str, object]:
    about: dict[str, object] = json.loads(pl.read_parquet_metadata(file)["geo"])
    return about


def test_the_files_of_a_release(release: Release, tmp_path: Path) -> None:
    out = tmp_path / "out"
    hashes = write(release, out)
    assert {"cells.csv", "release.json", "units.csv", "units.parquet"} <= {file.name for file in out.iterdir()}
    assert hashes == {name: file_sha256(out / name) for name in hashes}
    assert pl.read_csv(out / "units.csv", schema=release.units.schema).equals(release.units)
    page = json.loads((out / "release.json").read_text(encoding="utf-8"))
    assert page["digest"] == release.digest
    assert page["files"].items() < hashes.items()
    assert page["synthetic"] is True
    assert [column["name"] for column in page["columns"]] == release.units.drop("as_of", "changed").columns
    assert [column["name"] for column in page["row"]] == ["as_of", "changed"]
    assert {"method", "threshold", "territory", "reference_date", "licence", "sources", "rules"} <= set(page)


def test_no_file_tells_how_many_are_withheld(release: Release, tmp_path: Path) -> None:
    write(release, tmp_path / "out")
    assert release.withheld == 10
    page = json.loads((tmp_path / "out" / "release.json").read_text(encoding="utf-8"))
    assert "withheld" not in page
    assert 24 not in page.values()
    assert "N640000" not in (tmp_path / "out" / "cells.csv").read_text()


def test_geoparquet_can_be_read(release: Release, tmp_path: Path) -> None:
    write(release, tmp_path / "out")
    about = geo(tmp_path / "out" / "units.parquet")
    column = about["columns"]["geometry"]  # type: ignore[index]
    assert (about["version"], about["primary_column"], column["encoding"]) == ("1.1.0", "geometry", "WKB")
    assert CRS.from_json_dict(column["crs"]).to_epsg() == 3035
    table = pl.read_parquet(tmp_path / "out" / "units.parquet")
    square = shapely.from_wkb(table["geometry"][0])
    assert square.bounds == (0, 0, 200, 200) == tuple(column["bbox"])
    assert square.exterior.is_ccw
    assert table.drop("geometry").equals(release.units)


def test_flatgeobuf_can_be_read(release: Release, tmp_path: Path) -> None:
    write(release, tmp_path / "out")
    about, _, shapes, values = pyogrio.raw.read(tmp_path / "out" / "units.fgb")
    assert about["crs"] == "EPSG:3035"
    read = pl.DataFrame(dict(zip(about["fields"], values, strict=True)), nan_to_null=True)
    assert read.cast(dict(release.units.schema)).equals(release.units)
    assert [shapely.from_wkb(wkb).bounds for wkb in shapes] == [(0, 0, 200, 200)]


def test_the_same_release_gives_the_same_bytes(release: Release, tmp_path: Path) -> None:
    assert write(release, tmp_path / "out") == write(release, tmp_path / "again")


@pytest.fixture
def merged(territory: Maker) -> Release:
    """A unit of three cells around a corner, the one at the corner without homes, and a cell alone."""
    cells = [((0, 0), 6), ((200, 200), 6), ((200, 600), 20)]
    return build(territory([(at, 1, "alone", 15_000, False) for at, n in cells for _ in range(n)]), method="finest")


def test_a_unit_of_several_cells_is_one_polygon(merged: Release, tmp_path: Path) -> None:
    write(merged, tmp_path / "out")
    table = pl.read_parquet(tmp_path / "out" / "units.parquet").sort("cells")
    alone, corner = (shapely.from_wkb(wkb) for wkb in table["geometry"])
    assert alone.bounds == (600, 200, 800, 400)
    assert corner.bounds == (0, 0, 400, 400)
    assert corner.area == 3 * 200 * 200
    assert corner.exterior.is_ccw
    assert table["size"].to_list() == [200, 400]
    assert table["unit_id"].to_list() == ["CRS3035RES200mN200E600", "CRS3035RES200mN0E0-3"]


def test_bridges_have_a_file_of_their_own(merged: Release, tmp_path: Path) -> None:
    hashes = write(merged, tmp_path / "out")
    cells, bridges = (pl.read_csv(tmp_path / "out" / name) for name in ("cells.csv", "bridges.csv"))
    assert cells.columns == bridges.columns == ["cell_id", "unit_id"]
    assert cells.height == 3
    assert bridges["unit_id"].to_list() == ["CRS3035RES200mN0E0-3"]
    assert "bridges.csv" in hashes
    page = json.loads((tmp_path / "out" / "release.json").read_text(encoding="utf-8"))
    assert [column["name"] for column in page["shape"]] == ["cells"]
    assert "cells" not in {column["name"] for column in page["columns"]}
    assert "gap" not in str(page)


def test_units_of_several_grids_are_in_longitude_and_latitude(territory: Maker, tmp_path: Path) -> None:
    metropole = territory([((3_081_400, 3_830_600), 1, "alone", 15_000, False)] * 12)
    homes = metropole.table("homes").collect()
    reunion = homes.with_columns(
        home_id=pl.format("o{}", "home_id"),
        cell_crs=pl.lit(2975, pl.Int32),
        cell_north=pl.lit(7_634_200, pl.Int32),
        cell_east=pl.lit(359_400, pl.Int32),
    )
    pl.concat([homes, reunion]).write_parquet(metropole.path / "homes.parquet")
    write(build(metropole, count="homes"), tmp_path / "out")
    column = geo(tmp_path / "out" / "units.parquet")["columns"]["geometry"]  # type: ignore[index]
    assert CRS.from_json_dict(column["crs"]).to_authority() == ("OGC", "CRS84")
    table = pl.read_parquet(tmp_path / "out" / "units.parquet").sort("crs")
    overseas, lille = (shapely.from_wkb(wkb).centroid for wkb in table["geometry"])
    assert (lille.x, lille.y) == pytest.approx((3.0579, 50.6359), abs=0.001)
    assert 55 < overseas.x < 56
    assert -22 < overseas.y < -20


def test_an_empty_release_is_written(territory: Maker, tmp_path: Path) -> None:
    release = build(territory([((0, 0), 1, "alone", 15_000, False)] * 3))
    write(release, tmp_path / "out")
    assert release.share_at_200m == 0
    assert pl.read_parquet(tmp_path / "out" / "units.parquet").is_empty()


@pytest.mark.parametrize("forged", [pl.DataFrame({"size": [200]}), {"units": 1}, None])
def test_only_a_release_is_written(forged: object, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="only a Release"):
        write(forged, tmp_path / "out")  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_a_release_that_was_changed_is_not_written(release: Release, tmp_path: Path) -> None:
    release._units.drop_in_place("households")
    with pytest.raises(TypeError, match="only a Release"):
        write(release, tmp_path / "out")


def test_a_file_in_the_way_is_refused(release: Release, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(BadInput, match="is a file"):
        write(release, tmp_path / "out")


def test_each_column_is_defined(release: Release) -> None:
    defined = columns(release)
    assert [column["name"] for column in defined] == release.units.drop("as_of", "changed").columns
    assert all(column["definition"] for column in defined)
    assert {c["name"]: c["sensitive"] for c in defined if "sensitive" in c}["poor_low"] is True
