"""Two maps side by side, and the difference of each unit: the second less the first."""

import json
import re
from collections.abc import Callable
from html import unescape

import polars as pl
import pytest
from django.test import Client
from tests.site.maps.conftest import FINE, HOUSEHOLDS, THIRTY, TWELVE

from carreau.site.maps.comparing import Side, compared, sides
from carreau.site.maps.editions import editions
from carreau.site.maps.models import Published

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
Publish = Callable[..., Published]
SMALL = f"CRS3035RES200mN{TWELVE[0]}E{TWELVE[1]}"


@pytest.fixture
def two_years(publish: Publish) -> None:
    publish(HOUSEHOLDS)
    publish({THIRTY: 19, TWELVE: 12}, reference_date="2025-01-01")


def words(client: Client, query: str = "", status: int = 200) -> str:
    answer = client.get(f"/carte/comparer/{query}")
    assert answer.status_code == status
    return unescape(answer.content.decode())


def asked(**query: str) -> tuple[Side, Side]:
    left, right, understood = sides({"with": query.pop("beside", ""), **query}, editions())
    assert understood
    return left, right


def told(left: Side, right: Side) -> dict[str, tuple[float, float]]:
    return {row["unit_id"]: (row["low"], row["high"]) for row in compared(left, right).iter_rows(named=True)}


def test_another_year_is_what_one_compares_with_first(two_years: None) -> None:
    left, right = asked()
    assert (left.edition.slug, right.edition.slug) == ("testville-2026", "testville-2025")
    assert left.indicator == right.indicator


def test_one_year_alone_is_compared_by_its_indicators(published: Published) -> None:
    left, right = asked(indicator="persons")
    assert left.edition == right.edition
    names = [one.name for one in left.whole.indicators]
    assert left.indicator.name == "persons"
    assert right.indicator.name == names[names.index("persons") + 1]


def test_numbers_differ_by_their_difference_where_the_unit_is_the_same(two_years: None) -> None:
    found = told(*asked(map="testville-2025", beside="testville-2026", indicator="households", against="households"))
    assert found == {FINE: (11, 11), SMALL: (0, 0)}  # the square of a kilometre is there in one year only


def test_intervals_differ_by_all_that_they_allow(published: Published) -> None:
    left, right = asked(indicator="five_persons", against="poor")
    units = left.whole.units.filter(pl.col("unit_id") == SMALL).row(0, named=True)
    low = 100 * (units["poor_low"] - units["five_persons_high"]) / 12
    high = 100 * (units["poor_high"] - units["five_persons_low"]) / 12
    assert told(left, right)[SMALL] == pytest.approx((low, high))
    assert low < 0 < high


def test_euros_and_shares_have_no_difference(client: Client, published: Published) -> None:
    left, right = asked(indicator="poor", against="living_standard")
    assert set(told(left, right).values()) == {(None, None)}
    assert "ne se mesurent pas dans la même unité" in words(client, "?indicator=poor&against=living_standard")


def test_the_same_indicator_has_the_same_classes_and_the_same_frame(two_years: None) -> None:
    left, right = asked(beside="testville-2025", indicator="poor", against="poor")
    assert left.release.classes == right.release.classes
    assert left.release.ground.equals(right.release.ground)


def test_the_page_has_two_maps_and_the_table(client: Client, two_years: None) -> None:
    page = words(client, "?map=testville-2025&indicator=households&with=testville-2026&against=households")
    configs = [json.loads(one) for one in re.findall(r'data-config="(.*?)" data-indicator', page)]
    assert [list(one["indicators"]) for one in configs] == [["households"]] * 2
    assert configs[0]["extent"] == configs[1]["extent"]
    assert re.findall(r'<td class="number">([^<]*)</td>', page)[:3] == ["19", "30", "+11"]
    assert "Une unité n’a pas les mêmes carreaux aux deux dates" in page
    assert page.count('<svg class="drawing"') == 2


def test_the_order_is_turned_round(client: Client, two_years: None) -> None:
    query = "?map=testville-2025&indicator=households&with=testville-2026&against=households"
    assert 'aria-sort="descending"><a href="' + query + "&order=up" in words(client, query)
    turned = words(client, query + "&order=up")
    assert re.findall(r'<td class="number">([^<]*)</td>', turned)[:3] == ["12", "12", "0"]


@pytest.mark.parametrize("query", ["?map=atlantis-2026", "?indicator=religion", "?against=religion", "?with=x"])
def test_what_cannot_be_compared_is_told_and_something_else_is_shown(
    client: Client, two_years: None, query: str
) -> None:
    page = words(client, query, 400)
    assert "Cette comparaison n’a pas pu être faite telle quelle" in page
    assert page.count('<svg class="drawing"') == 2


def test_two_territories_are_not_compared(client: Client, two_years: None, publish: Publish) -> None:
    publish({THIRTY: 60}, name="Ailleurs", reference_date="2024-01-01")
    page = words(client, "?map=testville-2026&with=ailleurs-2024")
    assert 'aria-label="Ménages locataires, Ailleurs' not in page


def test_nothing_is_published_yet(client: Client) -> None:
    assert "Aucune carte n’est encore publiée ici" in words(client)
