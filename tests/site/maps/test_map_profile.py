"""The page to print of a unit: its released figures, the whole map beside, where it is, the sources."""

import re
from html import unescape

import pytest
from django.test import Client
from tests.site.maps.conftest import FINE, LARGE

from carreau.site.maps.models import Published
from carreau.site.maps.profile import whole
from carreau.site.maps.shown import shown

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
