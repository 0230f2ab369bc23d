"""The commune reference: what a code is, what it has become, and where it lies."""

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carreau.errors import BadInput
from carreau.places.communes import EARTH_RADIUS_KM, Communes, _folded, distance_km, fold

COMMUNES = Communes.shipped()


def test_a_commune_has_its_epci_and_point() -> None:
    nantes = COMMUNES.find("44109")
    assert (nantes.name, nantes.kind, nantes.department, nantes.region) == ("Nantes", "COM", "44", "52")
    assert nantes.epci_name == "Nantes Métropole"
    assert nantes.longitude == pytest.approx(-1.55, abs=0.05)
    assert nantes.latitude == pytest.approx(47.23, abs=0.05)


def test_an_arrondissement_is_part_of_its_city() -> None:
    thirteenth = COMMUNES.find("75113")
    assert (thirteenth.kind, thirteenth.department, thirteenth.current_code) == ("ARM", "75", "75056")
    assert COMMUNES.current("75113").name == "Paris"
    assert thirteenth.epci == COMMUNES.find("75056").epci


def test_a_code_alone_is_no_key() -> None:
    assert COMMUNES.find("01015").name == "Arboys en Bugey"
    assert COMMUNES.find("01015", "COMD").name == "Arbignieu"
    assert COMMUNES.frame.select("code", "kind").is_unique().all()
    assert COMMUNES.lookup["code"].is_unique().all()


def test_an_old_code_leads_to_its_successor() -> None:
    old = COMMUNES.frame.filter(pl.col("kind") == "OLD")
    assert old.height > 2000
    some = COMMUNES.find(old["code"][0])
    assert COMMUNES.current(some.code).kind == "COM"
    assert some.department == COMMUNES.current(some.code).department


def test_every_current_code_is_a_commune() -> None:
    communes = COMMUNES.frame.filter(pl.col("kind") == "COM")
    assert COMMUNES.frame["current_code"].is_in(communes["code"].to_list()).all()
    assert communes.filter(pl.col("code") != pl.col("current_code")).is_empty()
    assert COMMUNES.frame.select("department", "region").null_count().row(0) == (0, 0)


def test_corsica_and_overseas_keep_their_codes_as_text() -> None:
    assert COMMUNES.find("2A004").name == "Ajaccio"
    assert COMMUNES.find("97411").department == "974"


def test_unknown_codes_are_refused() -> None:
    with pytest.raises(BadInput, match="'99999'"):
        COMMUNES.find("99999")
    with pytest.raises(BadInput, match="of kind ARM"):
        COMMUNES.find("44109", "ARM")


@pytest.mark.parametrize(
    ("text", "first"), [("saint denis", "97411"), ("HAY LES", "94038"), ("l'haÿ", "94038"), ("nant", "44109")]
)
def test_search_forgives_accents_and_articles(text: str, first: str) -> None:
    assert COMMUNES.search(text)["code"][0] == first


def test_search_for_nothing_finds_nothing() -> None:
    assert COMMUNES.search(" '-").is_empty()
    assert COMMUNES.search("zzz").is_empty()


@given(st.text(alphabet="aéÈçœŒ'-ÿ. L8", max_size=12))
def test_names_are_folded_the_same_way_in_polars(name: str) -> None:
    assert pl.DataFrame({"name": [name]}).select(_folded()).item() == fold(name)


POINT = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@given(POINT, POINT)
def test_distance_is_the_angle_between_two_directions(a: tuple[float, float], b: tuple[float, float]) -> None:
    km = pl.select(distance_km(*(pl.lit(v) for v in (*a, *b)))).item()
    x, y = (
        (math.cos(p) * math.cos(q), math.cos(p) * math.sin(q), math.sin(p))
        for q, p in ((math.radians(lon), math.radians(lat)) for lon, lat in (a, b))
    )
    assert km == pytest.approx(2 * EARTH_RADIUS_KM * math.asin(min(1, math.dist(x, y) / 2)), abs=1e-3)


def test_paris_to_marseille() -> None:
    paris, marseille = (2.3522, 48.8566), (5.3698, 43.2965)
    km = pl.select(distance_km(*(pl.lit(v) for v in (*paris, *marseille)))).item()
    assert km == pytest.approx(660.5, abs=1)
