"""The table twin: the released figures, sorted, filtered and paged by the address."""

import re
from html import unescape

import pytest
from django.test import Client

from carreau.release.gate import Release
from carreau.site.maps.models import Published

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def body(client: Client, query: str = "", status: int = 200) -> list[list[str]]:
    answer = client.get(f"/carte/tableau/{query}")
    assert answer.status_code == status
    page = unescape(answer.content.decode())
    rows = re.findall(r"<tr>(<th scope=\"row\">.*?)</tr>", page, re.DOTALL)
    return [re.findall(r"<t[hd][^>]*>(?:<a[^>]*>)?([^<]*)", row) for row in rows]


def test_the_figures_are_those_of_the_release(client: Client, published: Published, release: Release) -> None:
    found = {row[0]: row[2] for row in body(client)}
    told = {f"N{row['north']} E{row['east']}": str(row["households"]) for row in release.units.iter_rows(named=True)}
    assert found == told


def test_it_is_sorted_both_ways(client: Client, published: Published) -> None:
    assert [row[2] for row in body(client)] == ["30", "25", "12"]
    assert [row[2] for row in body(client, "?sort=households&order=up")] == ["12", "25", "30"]
    assert body(client, "?sort=living_standard&order=up")[-1][2] == "12"  # not told there: last
    assert body(client, "?sort=living_standard&order=down")[-1][2] == "12"


def test_it_is_filtered(client: Client, published: Published) -> None:
    assert [row[1] for row in body(client, "?size=larger")] == ["1\u00a0km"]
    assert [row[1] for row in body(client, "?size=cell")] == ["200\u00a0m"] * 2
    assert [row[2] for row in body(client, "?least=25")] == ["30", "25"]
    assert "Aucune unité ne répond à ces choix" in client.get("/carte/tableau/?least=1000").content.decode()


def test_it_is_paged(client: Client, published: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("carreau.site.maps.views.ROWS", 2)
    assert [row[2] for row in body(client, "?page=2")] == ["12"]
    assert [row[2] for row in body(client, "?page=99")] == ["12"]
    assert "?sort=poor&amp;page=2" in client.get("/carte/tableau/?sort=poor").content.decode()


@pytest.mark.parametrize("query", ["?size=small", "?least=zero", "?least=-3", "?sort=name", "?order=x", "?page=0"])
def test_what_cannot_be_read_is_told_with_the_whole_table(client: Client, published: Published, query: str) -> None:
    assert len(body(client, query, status=400)) == 3
    assert "Le tableau demandé n’a pas pu être fait" in client.get(f"/carte/tableau/{query}").content.decode()


def test_what_was_written_stays_in_the_field(client: Client, published: Published) -> None:
    assert 'value="zero"' in client.get("/carte/tableau/?least=zero").content.decode()


def test_the_head_sorts_and_says_how_it_is_sorted(client: Client, published: Published) -> None:
    page = client.get("/carte/tableau/?size=cell&sort=poor").content.decode()
    assert re.findall(r'aria-sort="(\w+)"><a href="([^"]+)"', page) == [
        ("descending", "?size=cell&amp;sort=poor&amp;order=up")
    ]
    assert "Ménages sous le seuil de pauvreté." in page
    assert "parmi les ménages" in page
