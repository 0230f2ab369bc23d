"""A background from elsewhere: nothing is asked of a third party unless the installation says so."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from carreau.errors import BadInput
from carreau.site.maps.models import Published
from carreau.site.maps.tiles import tiles

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def say(settings: Any, **values: str) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, values={**settings.ENVIRONMENT.values, **values})


def test_by_default_the_page_names_no_other_host(client: Client, published: Published) -> None:
    answer = client.get("/carte/")
    assert tiles() is None
    assert "https:" not in answer["Content-Security-Policy"]
    assert b"geopf" not in answer.content


def test_the_source_asked_for_is_let_in_and_told(client: Client, published: Published, settings: Any) -> None:
    say(settings, CARREAU_TILES="ign")
    answer = client.get("/carte/")
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert "https://data.geopf.fr" in policy["connect-src"].split()
    assert "https://data.geopf.fr" in policy["img-src"].split()
    assert "geopf" not in policy["script-src"]
    assert "qui voit donc votre adresse IP" in answer.content.decode()
    assert "geopf" not in client.get("/carte/tableau/")["Content-Security-Policy"]


@pytest.mark.parametrize("address", ["http://tiles.example/{z}/{x}/{y}", "https://tiles.example/{z}/{x}", "osm"])
def test_a_source_that_cannot_be_used_is_refused(settings: Any, address: str) -> None:
    say(settings, CARREAU_TILES=address)
    with pytest.raises(BadInput, match="CARREAU_TILES"):
        tiles()


def test_another_source_says_whom_to_credit(settings: Any) -> None:
    say(settings, CARREAU_TILES="https://tiles.example/{z}/{x}/{y}.png", CARREAU_TILES_CREDIT="© Example")
    found = tiles()
    assert found is not None
    assert (found.host, found.credit) == ("https://tiles.example", "© Example")
