"""The pages about Carreau: there for everybody, in both languages, and saying what they must."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from carreau.release.indicators import INDICATORS
from carreau.site.pages.protection import bases, periods
from carreau.site.pages.public import public_names
from carreau.text import say

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def test_public_pages_are_found_from_the_addresses() -> None:
    names = public_names()
    assert names[0] == "front"
    assert {"homes", "accessibility", "legal", "data_protection", "components"} <= set(names)
    assert not {"health", "robots", "sitemap", "home", "account"} & set(names)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", ["front", "accessibility", "legal", "data_protection", "components"])
def test_a_page_names_its_twin_in_the_other_language(client: Client, name: str, language: str) -> None:
    addresses = {}
    for code in ("fr", "en"):
        with translation.override(code):
            addresses[code] = f"http://testserver{reverse(name)}"
    page = client.get(addresses[language]).content.decode()
    assert f'<html lang="{language}">' in page
    assert f'<link rel="canonical" href="{addresses[language]}">' in page
    for code, address in addresses.items():
        assert f'<link rel="alternate" hreflang="{code}" href="{address}">' in page


def test_the_site_map_lists_both_languages(client: Client) -> None:
    listed = re.findall(r"<loc>http://testserver(.*?)</loc>", client.get("/sitemap.xml").content.decode())
    assert {"/", "/en/", "/accessibilite", "/en/accessibilite", "/logements/"} <= set(listed)
    assert not [path for path in listed if "compte" in path]
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode()


def test_every_indicator_has_a_legal_basis_that_is_shown(client: Client) -> None:
    assert [basis.indicator for basis in bases()] == list(INDICATORS)
    page = client.get("/protection-des-donnees").content.decode()
    for basis in bases():
        assert say(f"indicator.{basis.indicator.name}", "fr") in page
        assert basis.collected in page
    assert page.count(say("pages.to_verify", "fr")) >= sum(not basis.verified for basis in bases())


def test_a_period_is_told_without_the_address_where_it_was_read() -> None:
    told = periods(date(2026, 1, 1))
    assert told
    assert not [period for period in told if "http" in period.reference]


def test_without_data_the_front_page_says_so(client: Client) -> None:
    page = client.get("/").content.decode()
    assert say("pages.living_none", "fr") in page
    assert say("pages.no_homes", "fr") in page


def test_what_an_installation_does_not_say_is_said_to_be_missing(client: Client) -> None:
    page = client.get("/mentions-legales").content.decode()
    assert page.count(say("pages.not_said", "fr")) == 2
    assert say("pages.source_ask", "fr") in page


def test_a_visitor_sees_no_place_for_officers(client: Client) -> None:
    page = client.get("/").content.decode()
    assert say("pages.nav_homes", "fr") in page
    for key in ("nav_candidates", "nav_jobs", "nav_audit", "nav_organisation"):
        assert f">{say(f'pages.{key}', 'fr')}</a>" not in page


def test_the_place_that_one_is_in_is_marked(client: Client) -> None:
    page = client.get("/logements/").content.decode()
    assert 'href="/logements/" aria-current="page"' in page


def test_an_error_page_is_in_the_language_of_the_address(client: Client) -> None:
    for path, language in (("/nulle-part", "fr"), ("/en/nowhere", "en")):
        answer = client.get(path)
        assert answer.status_code == 404
        assert say("pages.error_404", language) in answer.content.decode()


def test_a_failure_is_told_without_asking_the_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("carreau.site.pages.front.living", fail)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert say("pages.error_500", "fr") in answer.content.decode()


def test_a_form_sent_from_elsewhere_is_refused_in_words() -> None:
    answer = Client(enforce_csrf_checks=True).post("/accessibilite")
    assert answer.status_code == 403
    assert say("pages.error_csrf", "fr") in answer.content.decode()
