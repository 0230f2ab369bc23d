"""What a release says to whoever reads tables by schema, and to open data catalogues."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import shapely

from carreau.outputs import file_sha256
from carreau.register.territory import Territory
from carreau.release.building import build
from carreau.release.exports import write

Maker = Callable[..., Territory]
AT = {(2_746_000, 3_448_000): 6, (2_746_200, 3_448_200): 6, (2_746_200, 3_448_600): 20}
READ = {"integer": pl.Int64, "number": pl.Float64, "string": pl.String, "boolean": pl.Boolean}


@pytest.fixture
def town(territory: Maker) -> Territory:
    return territory([(at, 1, "alone", 15_000, n % 2 == 0) for at, many in AT.items() for n in range(many)])


@pytest.fixture
def out(town: Territory, tmp_path: Path) -> Path:
    write(build(town, method="finest", zonings=("commune",)), tmp_path / "out")
    return tmp_path / "out"


def page(out: Path, name: str) -> dict[str, Any]:
    return json.loads((out / name).read_text(encoding="utf-8"))


def test_a_data_package_has_what_the_standard_asks_for(out: Path) -> None:
    package = page(out, "datapackage.json")
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert package["synthetic"] is True
    assert "synthetic" in package["title"]
    assert "do not exist" in package["description"]
    assert package["licenses"] == [
        {"name": "etalab-2.0", "title": "Licence Ouverte 2.0 (Etalab)",
         "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"}
    ]  # fmt: skip
    assert package["sources"] == [{"title": "made up"}]
    names = [resource["name"] for resource in package["resources"]]
    assert len(set(names)) == len(names) > 5
    for resource in package["resources"]:
        file = out / resource["path"]
        assert resource["bytes"] == file.stat().st_size
        assert resource["hash"] == f"sha256:{file_sha256(file)}"


def test_each_table_is_as_its_schema_says(out: Path) -> None:
    resources = {one["name"]: one for one in page(out, "datapackage.json")["resources"]}
    tables = {name: one for name, one in resources.items() if "schema" in one}
    assert {one["path"] for one in tables.values()} == {file.relative_to(out).as_posix() for file in out.rglob("*.csv")}
    read = {}
    for name, one in tables.items():
        types = {field["name"]: READ[field["type"]] for field in one["schema"]["fields"]}
        read[name] = pl.read_csv(out / one["path"], schema=types)
        assert read[name].columns == list(types)
        for key in one["schema"].get("foreignKeys", []):
            there = set(read["units-csv"]["unit_id"]) if "units-csv" in read else None
            assert key["reference"]["resource"] in resources
            assert there is None or set(read[name]["unit_id"]) <= there
    assert not read["units-csv"].select(tables["units-csv"]["schema"]["primaryKey"]).is_duplicated().any()


def test_every_column_of_the_units_is_described(out: Path) -> None:
    (units,) = (one for one in page(out, "datapackage.json")["resources"] if one["path"] == "units.csv")
    assert all(field["description"] for field in units["schema"]["fields"])


def test_a_code_of_figures_stays_text(out: Path) -> None:
    (zones,) = (one for one in page(out, "datapackage.json")["resources"] if one["path"] == "zones/commune.csv")
    assert {field["name"]: field["type"] for field in zones["schema"]["fields"]}["zone"] == "string"


def test_a_catalogue_entry_has_what_dcat_ap_asks_for(out: Path) -> None:
    entry = page(out, "dcat.jsonld")
    assert entry["@type"] == "dcat:Dataset"
    for name in ("dct:title", "dct:description"):
        assert {said["@language"] for said in entry[name]} == {"fr", "en"}
        assert all("synth" in said["@value"].lower() for said in entry[name])
    period = entry["dct:temporal"]
    assert date.fromisoformat(period["dcat:startDate"]["@value"]) == date(2026, 1, 1)
    used = {key.split(":")[0] for key in _keys(entry) if ":" in key}
    assert used <= set(entry["@context"])
    for one in entry["dcat:distribution"]:
        assert (out / one["dcat:accessURL"]["@id"]).is_file()
        assert one["spdx:checksum"]["spdx:checksumValue"] == file_sha256(out / one["@id"])
        assert one["dct:license"] == {"@id": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"}
        assert one["dct:format"]


def _keys(page_: object) -> set[str]:
    if isinstance(page_, dict):
        return set(page_).union(*map(_keys, page_.values())) - {"@context"} if page_ else set()
    return set().union(*map(_keys, page_)) if isinstance(page_, list) else set()


def test_the_box_is_where_the_units_are(out: Path) -> None:
    box = shapely.from_wkt(page(out, "dcat.jsonld")["dct:spatial"]["dcat:bbox"]["@value"])
    west, south, east, north = box.bounds
    assert (west, north) == pytest.approx((-1.6, 47.2), abs=0.3)
    assert 0 < east - west < 0.03
    assert 0 < north - south < 0.03


def test_without_licence_none_is_claimed(town: Territory, tmp_path: Path) -> None:
    write(build(Territory(town.path, {**town.facts, "licence": None})), tmp_path / "out")
    assert "licenses" not in page(tmp_path / "out", "datapackage.json")
    assert not any("dct:license" in one for one in page(tmp_path / "out", "dcat.jsonld")["dcat:distribution"])


def test_an_unknown_licence_is_named_without_an_address(town: Territory, tmp_path: Path) -> None:
    write(build(Territory(town.path, {**town.facts, "licence": "Ours"})), tmp_path / "out")
    assert page(tmp_path / "out", "datapackage.json")["licenses"] == [{"name": "Ours", "title": "Ours"}]
    first = page(tmp_path / "out", "dcat.jsonld")["dcat:distribution"][0]
    assert first["dct:license"] == {"@type": "dct:LicenseDocument", "dct:title": "Ours"}


def test_real_data_are_not_called_synthetic(territory: Maker, tmp_path: Path) -> None:
    release = build(territory([((0, 0), 1, "alone", 15_000, False)] * 12, origin="real"))
    write(release, tmp_path / "out")
    assert "synth" not in (tmp_path / "out" / "dcat.jsonld").read_text(encoding="utf-8").lower()
    assert page(tmp_path / "out", "datapackage.json")["synthetic"] is False
