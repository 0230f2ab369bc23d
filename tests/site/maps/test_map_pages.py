"""The pages of the map, as a browser without a script has them."""

import gzip
import json
import math
import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client
from tests.site.maps.conftest import FINE, LARGE, THIRTY

from carreau.site.maps.drawing import drawings
from carreau.site.maps.geometry import bounds, box_of
from carreau.site.maps.models import Published
from carreau.site.maps.shown import shown

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def words(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return unescape(answer.content.decode())


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.parametrize("address", ["/carte/", "/carte/tableau/", "/en/carte/"])
def test_nothing_is_published_yet(client: Client, address: str) -> None:
    page = text_of(words(client, address))
    assert "Aucune carte n’est encore publiée ici" in page or "No map is published here yet" in page
    assert client.get("/carte/unites.geojson").status_code == 404


@pytest.mark.parametrize("address", ["/carte/", "/carte/tableau/", "/carte/unites.geojson"])
def test_a_map_is_only_read(client: Client, published: Published, address: str) -> None:
    assert client.post(address).status_code == 405


def test_the_map_says_what_it_is(client: Client, published: Published) -> None:
    page = text_of(words(client, "/carte/"))
    for said in (
        "Testville, carreau par carreau",
        "Chaque forme colorée compte au moins 11 ménages locataires.",
        "ménages fictifs",
        "1er janvier 2026",
        "Grille naturelle de l’Insee",
        "Made up",
        "Licence Ouverte 2.0",
        published.digest,
    ):
        assert said in page


def test_the_map_speaks_english(client: Client, published: Published) -> None:
    page = words(client, f"/en/carte/?indicator=poor&unit={LARGE}")
    assert "Testville, square by square" in page
    assert "published as a whole" in page
    assert "Ménages" not in page
    assert f'href="/en/carte/?indicator=poor&unit={FINE}"' in page


def test_each_indicator_of_the_release_is_offered(client: Client, published: Published) -> None:
    page = words(client, "/carte/?indicator=lone_parents")
    offered = re.findall(r'<option value="(\w+)"( selected)?', page)
    assert [name for name, _ in offered] == [one.name for one in shown(published).indicators]
    assert [name for name, selected in offered if selected] == ["lone_parents"]
    assert re.findall(r'data-indicator="(\w+)">\s*<h2>', page) == ["lone_parents"]  # the others are hidden


def test_the_drawing_has_one_link_a_unit_and_the_colours_of_the_legend(client: Client, published: Published) -> None:
    release = shown(published)
    page = words(client, "/carte/?indicator=poor")
    drawn = dict(re.findall(r'<a id="(\w+)"[^>]*><path data-k="\d+" class="c(\d)"', page))
    poor = next(one for one in release.indicators if one.name == "poor")
    colours = release.classes["poor"].colours_of(poor.middle(release.units))
    assert drawn == {unit: colour[1] for unit, colour in zip(release.units["unit_id"], colours, strict=True)}


def test_a_unit_is_read_without_a_script(client: Client, published: Published) -> None:
    page = text_of(words(client, f"/carte/?indicator=poor&unit={LARGE}"))
    row = shown(published).unit(LARGE)
    assert row is not None
    assert "Carré de 1 km" in page
    assert "Une partie habitée de ce carré compterait moins de 11 ménages" in page
    assert f"Ménages locataires {row['households']}" in page
    assert f"Ménages pauvres {row['poor_low']} " in page


def test_an_interval_and_what_is_not_told_are_said_so(client: Client, published: Published) -> None:
    page = text_of(words(client, "/carte/?unit=CRS3035RES200mN2746000E3448200"))
    assert "Ménages pauvres 0 à 2 0 à 17 % des ménages" in page
    assert "Niveau de vie moyen non publié" in page


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("indicator=religion", 400, "Cet indicateur n’existe pas"),
        ("unit=CRS3035RES200mN0E0", 404, "Ce carreau n’est pas, ou n’est plus, dans la carte publiée"),
        ("unit=%3Cscript%3E", 404, "Ce carreau n’est pas"),
        ("indicator=", 200, "Ménages locataires"),
    ],
)
def test_a_bad_address_is_told_and_the_map_stays(
    client: Client, published: Published, query: str, status: int, said: str
) -> None:
    page = words(client, f"/carte/?{query}", status)
    assert said in page
    assert "<script>" not in page
    assert FINE in page


def test_the_card_of_a_unit_is_also_alone(client: Client, published: Published) -> None:
    key = published.digest[:16]
    page = words(client, f"/carte/{key}/fiche/{FINE}")
    assert "<html" not in page
    assert "Carreau de 200" in page
    assert client.get(f"/carte/{key}/fiche/CRS3035RES200mN0E0").status_code == 404
    assert client.get(f"/carte/0000000000000000/fiche/{FINE}").status_code == 404


def test_the_map_of_homes_counts_homes(client: Client, publish: Callable[..., Published]) -> None:
    publish({THIRTY: 30}, count="homes")
    page = text_of(words(client, f"/carte/?unit={FINE}"))
    assert "Logements sociaux 30" in page
    assert "fictifs" not in page
    assert "Données réelles, protégées avant publication." in page
    assert "Logements, au moins" in words(client, "/carte/tableau/")


def test_two_grids_have_a_drawing_each_and_one_map(client: Client, publish: Callable[..., Published]) -> None:
    island = (1_620_000, 716_000, 5490)  # Martinique
    release = shown(publish({THIRTY: 30, (2_746_000, 3_449_000): 11, island: 15}))
    drawn = drawings(release)
    assert [(one.width, one.height, len(one.patches)) for one in drawn] == [(12, 7, 2), (7, 7, 1)]
    assert drawn[1].patches[0].path == "M4 4L4 3L3 3L3 4z"
    assert words(client, "/carte/").count('<svg class="drawing"') == 2
    west, south, _, north = bounds(release)
    assert west < -60
    assert south < 15 < 47 < north


def test_too_many_units_are_not_drawn_in_the_page(
    client: Client, published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("carreau.site.maps.shown.MOST_UNITS", 2)
    page = words(client, "/carte/")
    assert "trop d’unités pour un dessin" in page
    told = json.loads(re.search(r'data-config="(.*?)">', page)[1])  # type: ignore[index]
    assert told["units"]["tiles"] == [f"/carte/{published.digest[:16]}/tuiles/{{z}}/{{x}}/{{y}}"]
    assert told["layer"] == "units"
    assert "bridges" not in told


def test_a_tile_holds_the_units_that_lie_there(client: Client, published: Published) -> None:
    release = shown(published)
    west, south, east, north = box_of(release.unit(FINE) or {})
    found = {}
    for zoom in (7, 12):
        column = int((west + east + 360) / 720 * 2**zoom)
        row = int((1 - math.asinh(math.tan(math.radians((south + north) / 2))) / math.pi) / 2 * 2**zoom)
        answer = client.get(f"/carte/{release.key}/tuiles/{zoom}/{column}/{row}")
        assert (answer.status_code, answer["Content-Encoding"]) == (200, "gzip")
        found[zoom] = gzip.decompress(answer.content)
        assert FINE.encode() in found[zoom]
    assert LARGE.encode() in found[7]
    assert client.get(f"/carte/{release.key}/tuiles/7/0/0").status_code == 204
    assert client.get(f"/carte/{release.key}/tuiles/7/999/0").status_code == 204
    assert client.get(f"/carte/{release.key}/tuiles/99/0/0").status_code == 404


def test_the_script_is_told_what_the_page_shows(client: Client, published: Published) -> None:
    page = words(client, "/carte/")
    told = json.loads(re.search(r'data-config="(.*?)">', page)[1])  # type: ignore[index]
    release = shown(published)
    assert list(told["indicators"]) == [one.name for one in release.indicators]
    assert told["indicators"]["poor"]["breaks"] == list(release.classes["poor"].breaks)
    assert told["units"] == {"type": "geojson", "data": f"/carte/{release.key}/unites.geojson"}
    assert told["tiles"] is None


@pytest.mark.parametrize("name", ["map", "map_table"])
def test_the_pages_are_in_the_site_map(client: Client, name: str) -> None:
    from carreau.site.pages.public import public_names

    assert name in public_names()
    assert not {"map_units", "map_latest_units", "map_panel"} & set(public_names())
