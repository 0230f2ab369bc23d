"""Which rows an act locks before it reads them, and in which order; SQLite writes its locks as comments here."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.site.commissions.conftest import Office, office, office_of_module
from tests.site.town import own_home, town

from carreau.site.accounts import members, representing
from carreau.site.accounts.models import Kind, Membership, Organisation, Representation, User
from carreau.site.accounts.rights import Role
from carreau.site.accounts.tokens import digest
from carreau.site.applications.answers import answer
from carreau.site.applications.models import Application
from carreau.site.applications.questions import ask
from carreau.site.bridge.demonstration import rank
from carreau.site.bridge.models import Register
from carreau.site.commissions import agenda, commitments
from carreau.site.commissions.holding import hold
from carreau.site.commissions.models import Item
from carreau.site.homes.models import Vacancy
from carreau.site.oversight import comparing, drawing
from carreau.site.oversight.models import Treatment

__all__ = ["office", "office_of_module", "own_home", "town"]

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

Locks = Callable[[], AbstractContextManager[list[str]]]
HOME = ["homes_vacancy", "applications_application", "commissions_commission", "commissions_item",
        "commissions_candidacy"]  # fmt: skip


@pytest.fixture
def locks(monkeypatch: pytest.MonkeyPatch) -> Locks:
    """The tables whose rows are locked within, in order."""
    if connection.vendor == "sqlite":
        for name in ("has_select_for_update", "has_select_for_update_of", "has_select_for_update_skip_locked"):
            monkeypatch.setattr(connection.features, name, True)
        monkeypatch.setattr(connection.ops, "for_update_sql", lambda **_told: "/* FOR UPDATE */")

    @contextmanager
    def within() -> Iterator[list[str]]:
        tables: list[str] = []
        with CaptureQueriesContext(connection) as told, transaction.atomic():
            yield tables
        asked = [one["sql"] for one in told.captured_queries if "FOR UPDATE" in one["sql"]]
        tables += [re.findall(r'FROM "(\w+)"', sql)[0] for sql in asked]

    return within


@pytest.fixture
def item(office: Office) -> Item:
    """A home on the agenda, with its candidates."""
    return office.listed()


def test_an_act_on_a_home_locks_all_that_it_reads_in_one_order(item: Item, locks: Locks) -> None:
    with locks() as tables:
        hold(item.pk)
    assert tables == HOME


def test_a_ranking_that_is_loaded_locks_homes_and_applications_in_the_same_order(item: Item, locks: Locks) -> None:
    with locks() as tables:
        rank(item.vacancy.home.register)
    assert tables == HOME[:2]


COMMISSION: dict[str, tuple[Callable[[Office], Any], list[str]]] = {
    "list a home": (lambda one: one.listed("v2"), ["homes_vacancy", "commissions_commission"]),
    "give a seat": (lambda one: agenda.seat(one.commission, "prefect", "Sacha"), ["commissions_commission"]),
    "note a presence": (
        lambda one: agenda.note_presence(one.commission.seats.all()[0], "absent"),
        ["commissions_commission"],
    ),
    "open the session": (lambda one: agenda.act(one.commission, "open", one.asked()), ["commissions_commission"]),
}


@pytest.mark.parametrize("name", COMMISSION)
def test_what_is_done_to_a_session_waits_for_it(name: str, item: Item, office: Office, locks: Locks) -> None:
    work, tables = COMMISSION[name]
    with locks() as locked:
        work(office)
    assert locked == tables


def test_a_commitment_waits_for_the_one_before(locks: Locks) -> None:
    territory, landlord = (
        Organisation.objects.create(name=kind, kind=kind) for kind in (Kind.TERRITORY, Kind.LANDLORD)
    )
    with locks() as tables:
        commitments.commit(territory, landlord, commitments.quotas()[0].name, 2026, Decimal(60))
    assert set(tables) == {"commissions_commitment"}


@pytest.fixture
def landlord() -> Organisation:
    """A landlord with an officer and its administrator."""
    made = Organisation.objects.create(name="Landlord", kind=Kind.LANDLORD)
    for role in (Role.OFFICER, Role.ADMINISTRATOR):
        user = User.objects.create_user(f"{role}@lock.example")
        Membership.objects.create(user=user, organisation=made, role=role)
    return made


def test_members_join_and_leave_one_after_the_other(
    landlord: Organisation, locks: Locks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "new_token", lambda: "a token")
    officer = landlord.memberships.get(role=Role.OFFICER)
    with locks() as invited:
        members.invite(RequestFactory().get("/"), landlord, officer.user, "new@lock.example", Role.READER)
    with locks() as accepted:
        assert members.accept("a token", None)
    with locks() as ended:
        officer.end()
    assert (invited, accepted, ended) == (["accounts_organisation"], ["accounts_invitation"], ["accounts_organisation"])


def test_consent_is_given_once(landlord: Organisation, locks: Locks) -> None:
    person = User.objects.create_user("person@lock.example")
    Representation.objects.create(
        officer=landlord.memberships.get(role=Role.OFFICER).user, organisation=landlord, represented=person,
        how="link", digest=digest("a token"), until=timezone.now() + timedelta(1),
    )  # fmt: skip
    with locks() as tables:
        assert representing.agree("a token")
    assert tables == ["accounts_representation"]


def test_a_draw_waits_for_itself_and_for_those_before(office: Office, locks: Locks) -> None:
    register = Register.objects.get()
    known = timezone.now() + timedelta(days=1)
    with locks() as announced:
        draw = drawing.announce(office.landlord, register, "lottery", ("Lots", "A source"), known)
    with locks() as frozen:
        drawing.freeze(draw)
    assert (announced, frozen) == (["oversight_draw"], ["oversight_draw"])


def test_an_account_of_treatment_waits_for_others_of_the_organisation(landlord: Organisation, locks: Locks) -> None:
    made = Treatment(organisation=landlord, year=2026, day=date(2026, 1, 1), threshold=11, accepted=0.05, digest="d")
    with locks() as tables:
        comparing.keep(made)
    assert tables == ["accounts_organisation"]


def test_questions_wait_for_those_of_the_same_application_and_answers_for_each_other(
    office: Office, locks: Locks
) -> None:
    vacancy, application = Vacancy.objects.get(pk="v1"), Application.objects.get(pk="a1")
    with locks() as asked:
        question = ask(application, vacancy, timezone.now())
    with locks() as answered:
        answer(question)
    assert (asked[:1], answered) == (["applications_application"], ["applications_question"])
