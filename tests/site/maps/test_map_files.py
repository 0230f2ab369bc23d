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
    assert told.select(kept.columns).cast(kept.schema).equals(kept)  # type: ignore[arg-type]


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


def whole_and(client: Client, published: Published, asked: str) -> tuple[bytes, Any]:
    address = f"/carte/{published.digest[:16]}/fichiers/units.csv"
    whole = b"".join(client.get(address).streaming_content)  # type: ignore[attr-defined]
    return whole, get(client, address, range=asked)


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-9", 0, 10), ("bytes=7-", 7, None), ("bytes=-5", -5, None), ("bytes=3-999999", 3, None)],
)
def test_a_part_of_a_file_is_served(
    client: Client, published: Published, asked: str, start: int, end: int | None
) -> None:
    whole, answer = whole_and(client, published, asked)
    part = b"".join(answer.streaming_content)
    assert answer.status_code == 206
    assert part == whole[start:end]
    first = start % len(whole)
    assert answer["Content-Range"] == f"bytes {first}-{first + len(part) - 1}/{len(whole)}"
    assert int(answer["Content-Length"]) == len(part)


def test_a_part_that_is_not_there_is_refused(client: Client, published: Published) -> None:
    whole, answer = whole_and(client, published, "bytes=999999-")
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(whole)}")


@pytest.mark.parametrize("asked", ["bytes=-", "bytes=0-1,4-5", "lines=1-2", "bytes=9-2x"])
def test_what_is_no_single_part_gets_the_whole(client: Client, published: Published, asked: str) -> None:
    whole, answer = whole_and(client, published, asked)
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, whole)


def test_the_page_lists_every_file_with_its_size(client: Client, published: Published, own_home: Path) -> None:
    page = client.get("/carte/").content.decode()
    for file in (own_home / published.folder).rglob("[!.]*"):
        assert f'/fichiers/{file.relative_to(own_home / published.folder).as_posix()}"' in page
    assert ".carreau" not in page
    assert client.get(f"/carte/{published.digest[:16]}/fichiers/.carreau").status_code == 404


def test_a_page_of_a_release_is_read_in_the_browser_without_any_script(
    client: Client, published: Published, own_home: Path
) -> None:
    (own_home / published.folder / "proof.html").write_text("<style>p {}</style><p>proof</p>", encoding="utf-8")
    answer = client.get(f"/carte/{published.digest[:16]}/fichiers/proof.html")
    assert b"".join(answer.streaming_content).startswith(b"<style>")  # type: ignore[attr-defined]
    assert answer["Content-Disposition"].startswith("inline")
    assert "script-src 'none'" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
