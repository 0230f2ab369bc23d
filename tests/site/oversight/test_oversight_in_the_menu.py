"""Whoever checks finds their place in the menu on every page of the room."""

import re

import pytest
from tests.site.oversight.conftest import Signed

from carreau.site.accounts.models import Organisation
from carreau.site.bridge.models import Result

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

PLACES = re.compile(r'<ul class="places">.*?</ul>', re.DOTALL)
CURRENT = re.compile(r'<a href="([^"]+)" aria-current="([^"]+)"')


@pytest.mark.parametrize("path", ["", "tirages/", "tirages/annoncer/", "calculs/", "calculs/{run}/", "egalite/"])
@pytest.mark.parametrize("front", ["/", "/en/"])
def test_one_entry_of_the_menu_is_current(
    run: Result, landlord: Organisation, signed: Signed, front: str, path: str
) -> None:
    answer = signed(landlord).get(f"{front}controle/{path.format(run=run.pk)}")
    assert answer.status_code == 200
    menu = PLACES.search(answer.content.decode())
    assert menu
    own = "page" if path == "calculs/" else "true"
    assert CURRENT.findall(menu[0]) == [(f"{front}controle/calculs/", own)]


def test_elsewhere_it_is_not(run: Result, landlord: Organisation, signed: Signed) -> None:
    menu = PLACES.search(signed(landlord).get("/logements/").content.decode())
    assert menu
    assert CURRENT.findall(menu[0]) == [("/logements/", "page")]


def test_at_the_foot_only_the_page_itself_is_said_to_be_the_page(landlord: Organisation, signed: Signed) -> None:
    client = signed(landlord)
    for path, own in (("", "page"), ("tirages/", "true")):
        foot = client.get(f"/controle/{path}").content.decode().partition('<footer class="bottom">')[2]
        assert CURRENT.findall(foot) == [("/controle/", own)]
