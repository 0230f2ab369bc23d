"""What anybody can download: the release as it was written, and the same as shapes for the map."""

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import shapely
from django.test import Client
from django.utils import timezone
from tests.site.maps.conftest import ALONE, FINE, LARGE, TWELVE

from carreau.places.grid import centre
from carreau.release.gate import Release
from carreau.site.maps.models import Published

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def get(client: Client, address: str, **headers: str) -> Any:
    return client.get(address, headers=headers)


def units_of(client: Client, published: Published) -> dict[str, Any]:
    answer = get(client, f"/carte/{published.digest[:16]}/unites.geojson")
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.content)
    return found


def test_the_shapes_carry_the_released_columns(client: Client, published: Published, release: Release) -> None:
    told = pl.DataFrame([one["properties"] for one in units_of(client, published)["features"]])
    kept = release.units.drop("crs", "north", "east")
    assert told.drop("cells").cast(kept.schema).equals(kept)  # type: ignore[arg-type]


def test_the_shapes_are_the_cells_with_homes_of_each_unit(client: Client, published: Published) -> None:
    shapes = {one["properties"]["unit_id"]: one for one in units_of(client, published)["features"]}
    large = shapely.from_geojson(json.dumps(shapes[LARGE]["geometry"]))
    assert shapes[LARGE]["properties"]["cells"] == 2
    assert large.contains(shapely.Point(centre(3035, 2_747_400, 3_449_600)))
    assert not large.contains(shapely.Point(centre(3035, 2_747_200, 3_449_200)))
    assert shapely.from_geojson(json.dumps(shapes[FINE]["geometry"])).exterior.is_ccw


def test_nobody_under_the_threshold_is_in_anything_served(client: Client, published: Published) -> None:
    key = published.digest[:16]
    units = [one["properties"] for one in units_of(client, published)["features"]]
    assert min(one["households"] for one in units) >= 11
    assert sum(one["households"] for one in units) == 67
    east = str(ALONE[1])
    addresses = ["/carte/", "/carte/tableau/", f"/carte/{key}/unites.geojson"]
    addresses += [f"/carte/{key}/fichiers/{file}" for file in ("units.csv", "cells.csv", "release.json")]
    for address in addresses:
        answer = client.get(address)
        served = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        assert east.encode() not in served
        assert b"withheld" not in served


def test_data_are_compressed_dated_and_kept_for_ever(client: Client, published: Published) -> None:
    address = f"/carte/{published.digest[:16]}/unites.geojson"
    answer = get(client, address, accept_encoding="br, gzip")
    assert answer["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(answer.content)) == units_of(client, published)
    assert "immutable" in answer["Cache-Control"]
    assert "Accept-Encoding" in answer["Vary"]
    again = get(client, address, if_none_match=answer["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert get(client, address, if_modified_since=answer["Last-Modified"]).status_code == 304
    assert "Content-Encoding" not in get(client, address, accept_encoding="identity")


def test_the_file_downloaded_is_the_one_released(client: Client, published: Published, own_home: Path) -> None:
    answer = client.get(f"/carte/{published.digest[:16]}/fichiers/units.csv")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert content == (own_home / published.folder / "units.csv").read_bytes()
    assert 'rel="license"' in answer["Link"]
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert pl.read_csv(io.BytesIO(content)).height == 3


@pytest.mark.parametrize("file", ["units.sqlite", "..%2F..%2Fsecret", "secret", "unites.geojson"])
def test_no_other_file_is_served(client: Client, published: Published, own_home: Path, file: str) -> None:
    (own_home / "secret").write_text("kept")
    assert client.get(f"/carte/{published.digest[:16]}/fichiers/{file}").status_code == 404


def test_a_release_that_was_withdrawn_is_no_longer_served(client: Client, published: Published) -> None:
    key = published.digest[:16]
    published.withdrawn = timezone.now()
    published.save()
    paths = ("unites.geojson", "communes.geojson", "fichiers/units.csv", f"fiche/{FINE}")
    assert {client.get(f"/carte/{key}/{path}").status_code for path in paths} == {404}
    assert "Aucune carte" in client.get("/carte/").content.decode()


def test_the_latest_units_have_an_address_that_stays(
    client: Client, published: Published, publish: Callable[..., Published]
) -> None:
    newer = publish({TWELVE: 12}, reference_date="2027-01-01")
    answer = client.get("/en/carte/unites.geojson")
    assert (answer.status_code, answer["Location"]) == (302, f"/carte/{newer.digest[:16]}/unites.geojson")


def test_the_background_has_the_communes_around(client: Client, published: Published) -> None:
    found = json.loads(client.get(f"/carte/{published.digest[:16]}/communes.geojson").content)
    inside = shapely.Point(centre(3035, *TWELVE))
    shapes = [shapely.from_geojson(json.dumps(one["geometry"])) for one in found["features"]]
    assert sum(shape.contains(inside) for shape in shapes) == 1
