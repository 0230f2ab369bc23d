"""The page of waiting times: for everybody, in words and bars, with what it is worth."""

from collections.abc import Callable

import pytest
from django.test import Client
from tests.site.waiting.conftest import NANTES, REZE

from carreau.register.territory import Territory
from carreau.site.accounts.models import Kind, Membership, Organisation, User
from carreau.site.accounts.rights import Role
from carreau.site.bridge.importing import import_register
from carreau.site.jobs.models import Job
from carreau.site.jobs.work import run_waiting
from carreau.site.waiting.drawing import marks, places, scale
from carreau.site.waiting.making import protected
from carreau.site.waiting.models import WaitingTable
from carreau.site.waiting.publishing import publish

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
LATELY = list(range(0, 330, 30))


@pytest.fixture
def published(county: Callable[..., Territory]) -> WaitingTable:
    """T2 of Nantes and Rezé let; a T3 of Nantes that thirty ask for was not."""
    let = {(NANTES, 2, False): LATELY, (REZE, 2, False): LATELY}
    return publish(protected(county(let, {(NANTES, 2): 5, (NANTES, 3): 30})))


def test_nothing_published_is_said(client: Client) -> None:
    assert "Aucun temps d’attente n’est publié pour le moment" in client.get("/attente/").content.decode()


def test_waits_in_both_languages_and_nothing_let(client: Client, published: WaitingTable) -> None:
    page = client.get("/attente/").content.decode()
    assert "Aucun logement de ce type n’a été attribué ici depuis douze mois" in page
    assert "Nantes" in page
    assert "Rezé" in page
    assert "11 ménages au moins" in page
    assert "No home of this kind has been let here" in client.get("/en/attente/").content.decode()


def test_one_commune_and_one_size(client: Client, published: WaitingTable) -> None:
    def shown(**asked: str) -> list[tuple[str, list[str]]]:
        tables = client.get("/attente/", asked).context["tables"]
        return [(place.name, [line.size for line in place.lines]) for one in tables for place in one["places"]]

    assert shown() == [("Nantes", ["T2", "T3"]), ("Rezé", ["T2"])]
    assert shown(commune="nantes") == shown(commune=NANTES) == [("Nantes", ["T2", "T3"])]
    assert shown(commune=NANTES, rooms="3") == [("Nantes", ["T3"])]
    assert shown(commune="Lille") == []
    assert "Aucun temps d’attente n’est publié ici" in client.get("/attente/?commune=Lille").content.decode()
    assert "Aucune commune ne s’appelle" in client.get("/attente/?commune=xyzxyz").content.decode()


def test_the_page_is_in_the_site_map_and_linked_from_the_front_and_the_homes(client: Client) -> None:
    assert "/attente/</loc>" in client.get("/sitemap.xml").content.decode()
    for page in ("/", "/logements/"):
        assert 'href="/attente/' in client.get(page).content.decode(), page


ROW = {"communes": ["44109"], "rooms_from": 2, "rooms_to": 2, "priority": None, "no_letting": False,
       "first": 365, "median": 720, "last": None, "housed_first": 100, "housed_last": 200}  # fmt: skip


def test_a_bar_is_drawn_to_where_the_wait_is_known_and_dashed_after() -> None:
    assert scale([ROW]) == 2
    (place,) = places([ROW], 4)
    bar = place.lines[0].bar
    assert bar
    assert (bar.start, bar.start + bar.width, bar.median) == (25.0, pytest.approx(49.3), 49.3)
    assert min(bar.dashes) > 49.3
    assert max(bar.dashes) <= 97
    (whole,) = places([ROW | {"last": 1095}], 4)
    assert whole.lines[0].bar
    assert whole.lines[0].bar.dashes == []
    (quiet,) = places([ROW | {"no_letting": True}], 4)
    assert (quiet.lines[0].bar, quiet.lines[0].first) == (None, "")


@pytest.mark.parametrize(
    ("years", "told"), [(2, [0, 1, 2]), (6, [0, 1, 2, 3, 4, 5, 6]), (11, [0, 2, 4, 6, 8, 10]), (75, None)]
)
def test_few_years_are_written_above(years: int, told: list[int] | None) -> None:
    assert len(marks(years)) <= 8
    assert told is None or marks(years) == told


def test_a_territory_publishes_from_a_register_and_a_landlord_does_not(
    client: Client, county: Callable[..., Territory]
) -> None:
    territory = Organisation.objects.create(name="Territory", kind=Kind.TERRITORY)
    landlord = Organisation.objects.create(name="Landlord", kind=Kind.LANDLORD)
    register = import_register(county({(NANTES, 2, False): LATELY}, {}), territory)
    for organisation, status in ((landlord, 404), (territory, 302)):
        user = User.objects.create_user(f"{organisation.kind}@a.example")
        Membership.objects.create(user=user, organisation=organisation, role=Role.MANAGER)
        client.force_login(user)
        assert ("Publier ceux de" in client.get("/attente/").content.decode()) is (status == 302)
        assert client.post(f"/attente/publier/{register.pk}/").status_code == status
    run_waiting()
    assert Job.objects.get().state == "done"
    assert WaitingTable.objects.get().rows
