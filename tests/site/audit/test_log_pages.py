"""The page of the log: who may read what, and that reading is entered too."""

import csv
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings
from tests.site.audit.conftest import Office

from carreau.site.accounts.models import Membership, User
from carreau.site.accounts.rights import Role
from carreau.site.audit.acting import acting
from carreau.site.audit.erasure import erase
from carreau.site.audit.events import record
from carreau.site.audit.models import Entry

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Settings) -> None:
    settings.SECOND_FACTOR_DEMANDED = False


@pytest.fixture
def reader(client: Client, office: Office) -> Callable[[Role], Client]:
    """Signs a new member of the organisation in."""

    def sign(role: Role) -> Client:
        user = User.objects.create_user(f"{role}@habitat.example", name=f"Camille {role}")
        Membership.objects.create(user=user, organisation=office.organisation, role=role)
        client.force_login(user)
        return client

    return sign


@pytest.fixture
def renamed(office: Office) -> User:
    """The manager gave somebody of the organisation another name."""
    user = User.objects.create_user("sol@habitat.example", name="Sol Avant")
    with acting(office.manager):
        found = User.objects.get(pk=user.pk)
        found.name = "Sol Après"
        found.save()
    return user


def text_of(client: Client, address: str = "/journal/", **asked: Any) -> str:
    response = client.get(address, asked)
    assert response.status_code == 200
    return response.content.decode()


def shown(client: Client, **asked: Any) -> list[int]:
    return [line.number for line in client.get("/journal/", asked).context["lines"]]


@pytest.mark.parametrize(
    ("role", "status"), [(Role.READER, 403), (Role.OFFICER, 403), (Role.MANAGER, 200), (Role.ADMINISTRATOR, 200)]
)
def test_managers_and_administrators_read_it(reader: Callable[[Role], Client], role: Role, status: int) -> None:
    client = reader(role)
    assert client.get("/journal/").status_code == client.get("/journal/export").status_code == status


def test_only_administrators_open_personal_values(reader: Callable[[Role], Client], renamed: User) -> None:
    managers = text_of(reader(Role.MANAGER), verb="changed")
    assert "champs personnels" in managers
    assert "Sol Avant" not in managers
    administrators = text_of(reader(Role.ADMINISTRATOR), verb="changed")
    assert "Sol Avant" in administrators
    assert "Sol Après" in administrators


def test_what_an_erased_person_was_called_is_said_to_be_erased(
    reader: Callable[[Role], Client], renamed: User, office: Office
) -> None:
    client = reader(Role.ADMINISTRATOR)
    erase(renamed.person_id)
    page = text_of(client, verb="changed", who=renamed.pk)
    assert "effacé" in page
    assert "Sol" not in page


def test_the_name_of_who_acted_is_that_of_a_member(reader: Callable[[Role], Client], renamed: User) -> None:
    assert "Jo Gestion" in text_of(reader(Role.MANAGER), verb="changed")


def test_nothing_of_another_organisation(reader: Callable[[Role], Client], office: Office) -> None:
    office.elsewhere.name = "Nom secret d’ailleurs"
    office.elsewhere.save()
    client = reader(Role.ADMINISTRATOR)
    assert "Nom secret" not in text_of(client)
    assert shown(client, what="accounts.organisation", id=office.elsewhere.pk) == []


def test_reading_is_entered_and_shown_the_next_time(reader: Callable[[Role], Client], office: Office) -> None:
    client = reader(Role.MANAGER)
    text_of(client, verb="created")
    entry = Entry.objects.filter(verb="seen").latest("pk")
    assert (entry.model, entry.organisation) == ("audit.entry", office.organisation.pk)
    assert entry.after["verb"] == "created"
    assert entry.pk in shown(client)


def test_filters_are_in_the_address_and_narrow(reader: Callable[[Role], Client], office: Office) -> None:
    client = reader(Role.MANAGER)
    membership = Entry.objects.of(office.organisation).about("accounts.membership", str(office.membership.pk)).get()
    assert shown(client, what="accounts.membership", id=office.membership.pk) == [membership.pk]
    assert shown(client, verb="deleted") == []
    assert shown(client, since="2001-01-01", until="2001-12-31") == []
    assert membership.pk in shown(client, since="2001-01-01")
    assert office.manager.user is not None
    assert membership.pk not in shown(client, who=office.manager.user.pk)
    assert shown(client, who=2**63 - 1) == []


def test_who_finds_what_they_did_and_what_is_about_them(reader: Callable[[Role], Client], renamed: User) -> None:
    client = reader(Role.MANAGER)
    about = [entry.pk for entry in Entry.objects.filter(person=renamed.person_id)]
    assert {*about} >= {*shown(client, who=renamed.pk)} != set()


@pytest.mark.parametrize(
    "asked", [{"who": "x"}, {"since": "hier"}, {"before": "-1"}, {"until": "9999-12-31"}, {"since": "0001-01-01"}]
)
def test_a_filter_that_cannot_be_used_shows_nothing_and_says_so(
    reader: Callable[[Role], Client], asked: dict[str, str]
) -> None:
    response = reader(Role.MANAGER).get("/journal/", asked)
    assert response.status_code == 400
    assert response.context["lines"] == []
    assert "Ce filtre n’est pas valable" in response.content.decode()


def test_pages_follow_one_another_though_entries_arrive(reader: Callable[[Role], Client], office: Office) -> None:
    with acting(office.manager):
        expected = [record("opened", None, number=number).pk for number in range(120)][::-1]
    client, seen, address = reader(Role.MANAGER), list[int](), "?verb=opened"
    while address:
        context = client.get(f"/journal/{address}").context
        seen += [line.number for line in context["lines"]]
        with acting(office.manager):
            record("opened", None, number=-1)
        address = context["older"]
    assert seen == expected


def test_a_page_asks_for_keys_once(
    reader: Callable[[Role], Client], office: Office, django_assert_max_num_queries: Any
) -> None:
    with acting(office.manager):
        for number in range(40):
            User.objects.create_user(f"{number}@habitat.example", name=f"Camille {number}")
    client = reader(Role.ADMINISTRATOR)
    with django_assert_max_num_queries(16):
        text_of(client, what="accounts.user")
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connections["keyring"]) as keyring:
        text_of(client, what="accounts.user")
    assert len(keyring) <= 2


def test_the_file_has_a_row_for_each_change_and_no_formula(
    reader: Callable[[Role], Client], office: Office, renamed: User
) -> None:
    office.organisation.name = "=HYPERLINK(1)"
    office.organisation.save()
    client = reader(Role.MANAGER)
    response = client.get("/journal/export", {"verb": "changed"})
    rows = list(csv.reader(StringIO(response.getvalue().decode("utf-8-sig"))))
    assert rows[0][0] == "N°"
    cells = [cell for row in rows for cell in row]
    assert "'=HYPERLINK(1)" in cells
    assert "=HYPERLINK(1)" not in cells
    assert not any("Sol" in cell for cell in cells)
    assert Entry.objects.filter(verb="exported").count() == 1


def test_in_english(reader: Callable[[Role], Client]) -> None:
    assert "Reading this log is entered in it too." in text_of(reader(Role.MANAGER), "/en/journal/")
