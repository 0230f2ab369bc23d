"""The page to print of a unit: its released figures, the whole map beside, where it is, the sources."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from tests.site.maps.conftest import ALONE, FINE, HOUSEHOLDS, LARGE, Made

from carreau.site.maps.models import Published
from carreau.site.maps.profile import whole
from carreau.site.maps.shown import shown
from carreau.site.maps.zones import zone_of, zonings

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def words(client: Client, published: Published, unit: str) -> str:
    answer = client.get(f"/carte/{published.digest[:16]}/profil/{unit}")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_it_tells_each_indicator_as_the_release_does_and_the_whole_map_beside(
    client: Client, published: Published
) -> None:
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", words(client, published, LARGE)))
    row = shown(published).unit(LARGE)
    assert row is not None
    assert (
        f"Ménages locataires Ménages locataires d’un logement social, à la date de référence. {row['households']}"
        in page
    )
    assert "Une partie habitée de ce carré compterait moins de 11 ménages" in page
    assert "Testville, toute la carte" in page
    assert "Made up" in page
    assert published.digest in page


def test_the_whole_map_is_the_sum_of_what_is_published(published: Published) -> None:
    release = shown(published)
    total = whole(release)
    assert total["households"] == 67
    assert total["poor_low"] == release.units["poor_low"].sum()
    assert "living_standard" not in total  # of means there is no sum


def test_the_plan_marks_the_unit_among_its_neighbours(client: Client, published: Published) -> None:
    page = words(client, published, FINE).partition('class="drawing"')[2]
    assert len(re.findall(r'<path class="c5"', page.partition("</svg>")[0])) == 1
    assert len(re.findall(r'<path class="c1"', page.partition("</svg>")[0])) == 2


def test_it_leads_back_to_the_map(client: Client, published: Published) -> None:
    assert f'href="/carte/?unit={FINE}"' in words(client, published, FINE)


@pytest.mark.parametrize("unit", ["CRS3035RES200mN0E0", "x"])
def test_what_is_not_published_has_no_page(client: Client, published: Published, unit: str) -> None:
    assert client.get(f"/carte/{published.digest[:16]}/profil/{unit}").status_code == 404
    assert client.get(f"/carte/0000000000000000/profil/{FINE}").status_code == 404


@pytest.fixture
def zoned(maps: Made, own_home: Path) -> Published:
    """The map with its communes beside it."""
    return maps.published(maps.release(HOUSEHOLDS, zonings=("commune",)), own_home)


def test_a_zone_that_the_release_tells_has_a_page_too(client: Client, zoned: Published) -> None:
    answer = client.get(f"/carte/{zoned.digest[:16]}/profil/commune/44109")
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", unescape(answer.content.decode())))
    release, known = shown(zoned), zonings(zoned)["commune"]
    zone = zone_of(release, known, "44109")
    assert zone is not None
    assert zone.row is not None
    assert zone.row["households"] == 67
    assert "Nantes" in page
    assert "les sommes des 3 unités de la carte qui s’y trouvent surtout, soit 67 ménages" in page
    assert f"Ménages pauvres Ménages sous le seuil de pauvreté. {zone.row['poor_low']} " in page
    assert str(ALONE[1]) not in page


def test_a_unit_is_compared_with_its_commune_where_communes_are_told(client: Client, zoned: Published) -> None:
    assert "toute la carte" not in words(client, zoned, FINE)
    assert '<th scope="col" class="number">Nantes</th>' in words(client, zoned, FINE)
    page = unescape(client.get("/carte/").content.decode())
    assert f'href="/carte/{zoned.digest[:16]}/profil/commune/44109">Nantes</a>' in page


@pytest.mark.parametrize("address", ["commune/44000", "qpv/44109", "commune/..%2F..%2Fsecret"])
def test_a_zone_that_is_not_told_has_none(client: Client, zoned: Published, address: str) -> None:
    assert client.get(f"/carte/{zoned.digest[:16]}/profil/{address}").status_code == 404
