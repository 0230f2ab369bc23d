"""Anybody finds the homes to let, and only those."""

import functools
import operator
from collections.abc import Callable

import pytest
from django.test import Client
from tests.allocation.territories import home, vacancy

from carreau.register.territory import Territory
from carreau.site.bridge.importing import import_register
from carreau.site.bridge.loading import load_vacancies
from carreau.site.bridge.models import Register
from carreau.site.homes.models import Home, Vacancy

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.fixture
def street(town: Callable[..., Territory]) -> None:
    """Five homes to let that differ, in Nantes and Rezé."""
    given = [
        {"rooms": 1, "surface": 22, "rent": 25_000},
        {"rooms": 2, "surface": 45, "rent": 38_050, "address": "12 RUE DES LILAS", "locality": "LES LILAS"},
        {"rooms": 3, "surface": 64, "rent": 48_000},
        {"rooms": 3, "surface": 70, "rent": 52_000, "commune": "44143"},
        {"rooms": 7, "surface": 130, "rent": None, "kind": "house"},
    ]
    homes = [home(f"h{place}", **one) for place, one in enumerate(given)]
    folder = town("street", homes=homes, vacancies=[vacancy(f"v{place}", f"h{place}") for place in range(5)])
    import_register(folder)
    load_vacancies(folder.table("vacancies").collect())


def found(client: Client, **asked: object) -> list[str]:
    """The homes that a search gives, in order."""
    return [one["vacancy"].home_id for one in client.get("/logements/", asked).context["adverts"]]


def test_without_a_question_all_are_given(client: Client, street: None) -> None:
    assert found(client) == ["h0", "h1", "h2", "h3", "h4"]


@pytest.mark.parametrize(
    ("asked", "homes"),
    [
        ({"commune": "Nantes"}, ["h0", "h1", "h2", "h4"]),
        ({"commune": "reze"}, ["h3"]),
        ({"commune": "44143"}, ["h3"]),
        ({"rooms": 3}, ["h2", "h3"]),
        ({"rooms": 6}, ["h4"]),
        ({"rent": 480}, ["h0", "h1", "h2"]),
        ({"rent": 479}, ["h0", "h1"]),
        ({"commune": "Nantes", "rooms": 3, "rent": 500}, ["h2"]),
        ({"order": "surface"}, ["h4", "h3", "h2", "h1", "h0"]),
        ({"commune": "Brest"}, []),
    ],
)
def test_each_question_narrows(client: Client, street: None, asked: dict[str, object], homes: list[str]) -> None:
    assert found(client, **asked) == homes


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"commune": "Xyzzy"}, "Aucune commune ne s’appelle «\u00a0Xyzzy\u00a0»"),
        ({"commune": "<script>alert(1)</script>"}, "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ({"commune": "n" * 81}, "trop long"),
        ({"rent": "cher"}, "Le loyer est un nombre entier"),
        ({"rent": -5}, "Le loyer est un nombre entier"),
        ({"rooms": "douze"}, "Choisissez un nombre de pièces"),
        ({"order": "'; DROP TABLE"}, "Choisissez un ordre"),
    ],
)
def test_a_question_that_cannot_be_is_said_beside_the_field(
    client: Client, street: None, asked: dict[str, object], says: str
) -> None:
    page = client.get("/logements/", asked)
    assert page.status_code == 200
    assert says in page.content.decode()
    assert "aria-invalid" in page.content.decode()
    assert page.context["adverts"] == []


def test_what_was_typed_is_kept_after_an_error(client: Client, street: None) -> None:
    text = client.get("/logements/", {"commune": "Nantes", "rent": "cher"}).content.decode()
    assert 'value="Nantes"' in text
    assert 'value="cher"' in text


def test_pages_are_in_order_and_keep_the_question(client: Client, town: Callable[..., Territory]) -> None:
    homes = [home(f"h{place:02}") for place in range(45)]
    folder = town("many", homes=homes, vacancies=[vacancy(f"v{place:02}", f"h{place:02}") for place in range(45)])
    import_register(folder)
    load_vacancies(folder.table("vacancies").collect())
    pages = [found(client, commune="Nantes", page=page) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [20, 20, 5]
    assert sorted(functools.reduce(operator.iadd, pages, [])) == sorted(one["home_id"] for one in homes)
    text = client.get("/logements/", {"commune": "Nantes", "page": 2}).content.decode()
    assert "?commune=Nantes&amp;page=3" in text
    assert found(client, page="last") == found(client, page=1)


def test_what_is_let_or_withdrawn_or_gone_is_shown_to_nobody(client: Client, street: None) -> None:
    for pk, state in (("v0", Vacancy.State.LET), ("v1", Vacancy.State.WITHDRAWN)):
        one = Vacancy.objects.get(pk=pk)
        one.state = state
        one.save()
        assert client.get(f"/logements/{pk}/").status_code == 404
    gone = Home.objects.get(pk="h2")
    gone.left = True
    gone.save()
    assert found(client) == ["h3", "h4"]


def test_a_home_tells_its_rent_its_place_and_its_ceilings(client: Client, street: None) -> None:
    text = client.get("/logements/v1/").content.decode()
    assert "T2 de 45" in text
    assert "rue des Lilas" in text
    assert "12 RUE" not in text
    assert "23\u202f403" in text  # PLUS, other regions, one person, 2026


def test_in_english_the_same(client: Client, street: None) -> None:
    assert "Homes to let" in client.get("/en/logements/").content.decode()
    assert "a month" in client.get("/en/logements/v1/").content.decode()


def test_a_list_asks_the_database_a_fixed_number_of_times(
    client: Client, register: Register, django_assert_max_num_queries: Callable[..., object]
) -> None:
    with django_assert_max_num_queries(4):
        client.get("/logements/")
