"""Several maps: a territory and a year each, chosen by the address."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from tests.site.maps.conftest import FINE, FIVE, HOUSEHOLDS, THIRTY, TWELVE

from carreau.site.maps.editions import chosen, edition_of, editions
from carreau.site.maps.models import Published

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
Publish = Callable[..., Published]


@pytest.fixture
def both_years(publish: Publish) -> tuple[Published, Published]:
    """The same territory a year earlier, with fewer households."""
    return publish(HOUSEHOLDS), publish({THIRTY: 19, TWELVE: 12}, reference_date="2025-01-01")


def words(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return unescape(answer.content.decode())


def test_each_territory_and_year_has_an_address(both_years: tuple[Published, Published], publish: Publish) -> None:
    publish({THIRTY: 60}, name="Île-d’Yeu", reference_date="2024-06-01")
    publish({THIRTY: 40}, count="homes")
    slugs = [one.slug for one in editions()]
    assert sorted(slugs) == ["ile-dyeu-2024", "testville-2025", "testville-2026", "testville-logements-2026"]
    assert [one.first for one in editions()] == [True, False, False, False]


def test_what_is_published_again_takes_the_address(both_years: tuple[Published, Published], publish: Publish) -> None:
    again = publish({THIRTY: 42, TWELVE: 12}, reference_date="2025-06-01")
    found = chosen("testville-2025", editions())
    assert found is not None
    assert found.published == again
    assert edition_of(both_years[1]).slug == "testville-2025"  # its files stay, its address is the newer one's
    again.withdrawn = timezone.now()
    again.save()
    found = chosen("testville-2025", editions())
    assert found is not None
    assert found.published == both_years[1]


def test_the_year_asked_for_is_shown_and_its_links_stay_there(
    client: Client, both_years: tuple[Published, Published]
) -> None:
    page = words(client, "/carte/?map=testville-2025&indicator=poor")
    assert '<option value="testville-2025" selected>Testville, 2025' in page
    assert f'href="/carte/?map=testville-2025&indicator=poor&unit={FINE}"' in page
    assert 'href="/carte/tableau/?map=testville-2025&"' in page
    assert "1er janvier 2025" in page
    table = words(client, "/carte/tableau/?map=testville-2025&sort=households")
    assert re.findall(r'<td class="number">(\d+)</td>', table)[0] == "19"
    assert "?map=testville-2025&sort=poor" in table


def test_one_map_offers_no_choice_of_maps(client: Client, published: Published) -> None:
    assert "Territoire et année" not in words(client, "/carte/")


@pytest.mark.parametrize("address", ["/carte/?map=atlantis-2026", "/carte/tableau/?map=atlantis-2026"])
def test_an_unknown_map_is_told_and_another_is_shown(client: Client, published: Published, address: str) -> None:
    assert "Cette carte n’est pas, ou n’est plus, publiée" in words(client, address, 404)


def test_a_unit_of_another_year_is_not_found_here(client: Client, both_years: tuple[Published, Published]) -> None:
    large = f"CRS3035RES1000mN{FIVE[0]}E{FIVE[1]}"
    assert client.get(f"/carte/?unit={large}").status_code == 200
    assert client.get(f"/carte/?map=testville-2025&unit={large}").status_code == 404
