"""Leases count where their homes are, whoever described them since; of few leases a territory is told nothing."""

import re
from datetime import date

import polars as pl
import pytest
from django.test import Client
from tests.site.commissions.conftest import Office

from carreau.site.accounts.models import Kind, Membership, Organisation, User
from carreau.site.accounts.rights import Role
from carreau.site.bridge.importing import communes_of
from carreau.site.bridge.models import Register
from carreau.site.commissions import commitments, offers
from carreau.site.commissions.counting import reached_by_landlord
from carreau.site.commissions.leases import sign
from carreau.site.homes.models import Home
from carreau.site.oversight.events import scope

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
LAW = ("first_quartile_outside_qpv", "other_quartiles_in_qpv", "priority_share")


@pytest.fixture
def territory(office: Office) -> Organisation:
    """Who imported the register."""
    place = Organisation.objects.create(name="Métropole", kind=Kind.TERRITORY)
    register = Register.objects.get()
    register.organisation = place
    register.save()
    return place


@pytest.fixture
def signed(office: Office) -> None:
    first = office.decided()[0]
    offers.offer(first, "by_hand", office.asked())
    offers.accept(first, office.asked(date(2026, 6, 3)))
    sign(first, office.asked(date(2026, 6, 20)))


def described_again(landlord: Organisation) -> None:
    """The landlord imports a register of its own."""
    own = Register.objects.create(
        name="own", organisation=landlord, year=2026, reference_date=date(2026, 1, 1), folder="x", digest="d", homes=2
    )
    for home in Home.objects.filter(landlord=landlord):
        home.register = own
        home.save()


@pytest.mark.usefixtures("signed")
def test_a_landlords_own_register_takes_no_lease_from_a_territory(office: Office, territory: Organisation) -> None:
    before = reached_by_landlord(territory, 2026)
    assert before.filter(quota="priority_share")["counted"].to_list() == [1]
    described_again(office.landlord)
    assert reached_by_landlord(territory, 2026).equals(before)


def test_nor_a_home_from_its_account_of_equal_treatment(office: Office, territory: Organisation) -> None:
    described_again(office.landlord)
    assert sorted(scope(territory).values_list("home_id", flat=True)) == ["h1", "h2", "h3"]


@pytest.mark.usefixtures("signed")
def test_a_territory_counts_nothing_elsewhere(territory: Organisation) -> None:
    assert communes_of(territory) == {"44109"}
    elsewhere = Organisation.objects.create(name="Elsewhere", kind=Kind.TERRITORY)
    assert communes_of(elsewhere) == frozenset()
    assert reached_by_landlord(elsewhere, 2026).is_empty()
    assert not scope(elsewhere).exists()


@pytest.fixture
def browser(territory: Organisation) -> Client:
    user = User.objects.create_user("metropole@epci.example")
    Membership.objects.create(user=user, organisation=territory, role=Role.MANAGER)
    client = Client()
    client.force_login(user)
    return client


def cells(browser: Client) -> list[list[str]]:
    """The table of commitments, as it is read and printed."""
    page = browser.get("/commissions/engagements/", {"year": "2026"}).content.decode()
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", page.replace("\u00a0", " ").replace("\u202f", " "))
    return [[re.sub("<[^>]*>", "", cell) for cell in row.split("<td")] for row in rows]


def figures(landlord: Organisation, *counts: tuple[int, int]) -> pl.DataFrame:
    rows = [(landlord.pk, quota, reached, counted) for quota, (reached, counted) in zip(LAW, counts, strict=True)]
    return pl.DataFrame(rows, schema=["landlord", "quota", "reached", "counted"], orient="row")


@pytest.mark.usefixtures("signed")
def test_of_one_lease_a_territory_is_told_nothing(office: Office, browser: Client) -> None:
    rows = cells(browser)
    assert rows
    assert all(row[-2].endswith(">—") and row[-1].endswith(">moins de 11 baux") for row in rows)
    assert "100" not in "".join(cell for row in rows for cell in row[-2:])
    own = commitments.rows(office.landlord, 2026)
    assert {(row.quota, row.reached, row.counted) for row in own} >= {("Publics prioritaires", 100.0, 1)}


@pytest.mark.parametrize(("counted", "told"), [(10, False), (11, True)])
def test_from_eleven_leases_on_the_share_is_told(
    office: Office, territory: Organisation, monkeypatch: pytest.MonkeyPatch, counted: int, told: bool
) -> None:
    made = figures(office.landlord, (3, counted), (4, counted), (5, counted))
    monkeypatch.setattr(commitments, "reached_by_landlord", lambda *_: made)
    rows = commitments.rows(territory, 2026)
    assert len(rows) == 3
    assert all((row.reached is not None) == told == (row.counted == counted) for row in rows)
    assert all(row.few != told and (told or not row.short) for row in rows)


def test_what_is_withheld_is_not_found_by_subtraction(
    office: Office, territory: Organisation, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Organisation.objects.get(name="Landlord two")
    made = pl.concat([figures(office.landlord, (6, 30), (1, 1), (9, 31)), figures(other, (6, 30), (6, 20), (9, 50))])
    monkeypatch.setattr(commitments, "reached_by_landlord", lambda *_: made)
    one, two = (rows[0:3] for rows in (cells(browser), cells(browser)[3:]))
    assert [row[-1].rpartition(">")[2] for row in one] == ["11 baux ou plus", "moins de 11 baux", "11 baux ou plus"]
    assert [row[-1].rpartition(">")[2] for row in two] == ["30", "20", "50"]
    assert one[0][-2].endswith("20,0 %")
    assert one[1][-2].endswith("—")
