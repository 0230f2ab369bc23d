"""Registers shout and abbreviate; pages do not."""

import pytest

from carreau.site.homes.models import Home
from carreau.site.homes.wording import floor, neighbourhood, street, title


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("12 RUE DES LILAS", "rue des Lilas"),
        ("3 B AV DE LA LIBERTE", "avenue de la Liberte"),
        ("QU FERDINAND FAVRE", "quai Ferdinand Favre"),
        ("5BIS BLD AUGUSTE PENEAU", "boulevard Auguste Peneau"),
        ("", "Les Lilas"),
    ],
)
def test_the_street_without_its_number(address: str, written: str) -> None:
    assert street(Home(address=address, locality="LES LILAS")) == written


@pytest.mark.parametrize(
    ("locality", "written"),
    [
        ("BOIS HARDY", "Bois Hardy · Nantes"),
        ("NANTES - LA BASTILLE", "La Bastille · Nantes"),
        ("BREIL MALVILLE (SNUC)", "Breil Malville · Nantes"),
        ("", "Nantes"),
    ],
)
def test_the_neighbourhood_names_the_commune_once(locality: str, written: str) -> None:
    assert neighbourhood(Home(locality=locality, commune="44109")) == written


def test_titles_say_what_is_known() -> None:
    assert title(Home(rooms=3, surface=64, kind="flat")) == "T3 de 64\u00a0m²"
    assert title(Home(rooms=3, kind="flat")) == "T3"
    assert title(Home(rooms=5, surface=110, kind="house")) == "Maison de 5 pièces, 110\u00a0m²"
    assert title(Home()) == "Logement, nombre de pièces inconnu"


def test_floors() -> None:
    assert [floor(Home(floor=n, kind="flat")) for n in (0, 1, 2, None)] == [
        "rez-de-chaussée",
        "1er étage",
        "2e étage",
        "",
    ]
    assert floor(Home(floor=0, kind="house")) == ""
