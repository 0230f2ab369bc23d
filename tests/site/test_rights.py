"""Every address × every role × two organisations × nobody: what the table of rights says is what happens."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, reverse
from tests.site.walked import EVERY, WALKED, Owner, Walked, walked_of

from carreau.site.accounts import representing
from carreau.site.accounts.actor import ACTIVE_REPRESENTATION
from carreau.site.accounts.models import How, Kind, Membership, Organisation, User
from carreau.site.accounts.rights import (
    ADMINISTRATORS,
    MEMBERS,
    RIGHTS,
    Action,
    Role,
    check,
    may,
    needs_second_factor,
)
from carreau.site.accounts.rights_page import page

pytestmark = [pytest.mark.django_db(databases=["default", "keyring"]), pytest.mark.spread(4)]

METHODS = ("GET", "POST")
RARE_METHODS = ("PUT", "DELETE")
BAD_METHOD, REFUSED, UNKNOWN = 405, 403, 404
PAGE = settings.SITE.parents[2] / "docs" / "reference" / "rights.md"


@dataclass(frozen=True)
class Somebody:
    """Who asks; `cookies` are of a session opened with a second factor."""

    role: Role
    user: User | None
    organisation: Organisation | None
    cookies: Any


def session_of(user: User, acting: int | None = None) -> Any:
    client = Client()
    client.force_login(user)
    session = client.session
    record = {"method": "mfa", "at": time.time() + 3_600, "reauthenticated": True}  # fresh, however long the walk takes
    session["account_authentication_methods"] = [record]
    session["account_authentication_methods_user"] = str(user.pk)
    if acting is not None:
        session[ACTIVE_REPRESENTATION] = acting
    session.save()
    return client.cookies


def somebody(role: Role, organisation: Organisation | None, name: str) -> Somebody:
    user = User.objects.create_user(f"{role.value}@{name}.example", name=f"{role.value} {name}")
    TOTP.activate(user, "A" * 32)
    RecoveryCodes.activate(user)
    acting = None
    if organisation is not None:
        member = Role.OFFICER if role is Role.REPRESENTATIVE else role
        Membership.objects.create(user=user, organisation=organisation, role=member)
    if role is Role.REPRESENTATIVE:
        assert organisation is not None
        acting = representing.record_consent(user, organisation, "Sacha", How.WRITTEN).pk
    return Somebody(role, user, organisation, session_of(user, acting))


def rolled_back() -> AbstractContextManager[None]:
    """Whatever is done within is undone, in both databases."""

    @contextmanager
    def undo() -> Iterator[None]:
        with ExitStack() as stack:
            for alias in ("default", "keyring"):
                stack.enter_context(transaction.atomic(using=alias))
            yield
            for alias in ("default", "keyring"):
                transaction.set_rollback(True, using=alias)

    return undo()


@pytest.fixture(scope="module")
def everybody(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[Somebody]]:
    """One of each role at two landlords, a person, and nobody. The second landlord has its own administrator."""
    roles = sorted(MEMBERS | {Role.REPRESENTATIVE}, key=lambda role: role != Role.ADMINISTRATOR)
    with django_db_blocker.unblock(), rolled_back(), override_settings(SECOND_FACTOR_DEMANDED=True):
        cache.clear()
        landlords = [Organisation.objects.create(name=name, kind=Kind.LANDLORD) for name in ("one", "two")]
        yield [
            Somebody(Role.VISITOR, None, None, Client().cookies),
            somebody(Role.PERSON, None, "nowhere"),
            *(somebody(role, landlord, landlord.name) for landlord, role in product(landlords, roles)),
        ]


def ask(who: Somebody, method: str, address: str) -> Any:
    client = Client(raise_request_exception=False)
    client.cookies.load(who.cookies.output(header="", sep=";"))
    return client.generic(method, address)


def answers(who: Somebody, pattern: URLPattern, walked: Walked, owner: Somebody) -> dict[str, Any]:
    """What each method answers to somebody when the record is the owner's."""
    found = {}
    rarely = who.role in (Role.VISITOR, Role.ADMINISTRATOR)  # they may least and most
    for method in (*METHODS, *(RARE_METHODS if rarely else ())):
        with rolled_back():
            arguments = walked.make(owner.organisation, owner.user) if owner.organisation and owner.user else {}
            found[method] = ask(who, method, reverse(pattern.name, kwargs=arguments))
    return found


def is_sign_in(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith("/compte/connexion?next=")


def of_one_organisation(everybody: list[Somebody]) -> list[Somebody]:
    """Where nothing belongs to anybody, the same role elsewhere gets the same."""
    first = next(one.organisation for one in everybody if one.organisation)
    return [one for one in everybody if one.organisation in (None, first)]


@pytest.mark.parametrize("pattern", EVERY, ids=lambda one: str(one.name))
def test_every_address_answers_as_the_table_says(pattern: URLPattern, everybody: list[Somebody]) -> None:
    action: Action = pattern.callback.action  # type: ignore[attr-defined]
    walked = walked_of(pattern)
    administrator = next(one for one in everybody if one.role is Role.ADMINISTRATOR)
    for who in everybody if walked.owner is not Owner.NOBODY else of_one_organisation(everybody):
        mine = who if walked.owner is Owner.USER and who.organisation else administrator
        of_others = walked.owner is Owner.ORGANISATION and who.organisation != mine.organisation
        for method, answer in answers(who, pattern, walked, mine).items():
            told = f"{who.role} of {who.organisation}: {method} {pattern.name} → {answer.status_code}"
            assert answer.status_code < 500, told
            if not may(who.role, action):
                assert is_sign_in(answer) if who.role is Role.VISITOR else answer.status_code == REFUSED, told
            elif of_others or (walked.owner is Owner.USER and mine is not who):
                assert answer.status_code in (UNKNOWN, BAD_METHOD), told
            else:
                assert not is_sign_in(answer), told
                refused = {REFUSED, UNKNOWN} if walked.owner is not Owner.NOBODY else {REFUSED}
                assert answer.status_code not in refused - walked.also, told


@pytest.mark.parametrize("name", [name for name, one in WALKED.items() if one.owner is Owner.USER])
def test_what_is_somebodys_own_is_unknown_to_their_colleagues(name: str, everybody: list[Somebody]) -> None:
    pattern = next(one for one in EVERY if one.name == name)
    owner, *others = [one for one in everybody if one.role is Role.ADMINISTRATOR or one.role is Role.OFFICER]
    for who in others:
        found = {answer.status_code for answer in answers(who, pattern, WALKED[name], owner).values()}
        assert UNKNOWN in found, who
        assert found <= {UNKNOWN, BAD_METHOD}, who


@pytest.mark.parametrize("name", [name for name, one in WALKED.items() if one.owner is not Owner.NOBODY])
def test_its_owner_finds_what_others_do_not(name: str, everybody: list[Somebody]) -> None:
    """Else the walk would pass on addresses that find nothing for anybody."""
    pattern = next(one for one in EVERY if one.name == name)
    administrator = next(one for one in everybody if one.role is Role.ADMINISTRATOR)
    found = {answer.status_code for answer in answers(administrator, pattern, WALKED[name], administrator).values()}
    assert found & ({200, 302, 400} | WALKED[name].also), found


def test_every_query_is_understood(everybody: list[Somebody]) -> None:
    """By either database: an administrator asks for each address, with a record of theirs where it names one."""
    administrator = next(one for one in everybody if one.role is Role.ADMINISTRATOR)
    for pattern in EVERY:
        for method, answer in answers(administrator, pattern, walked_of(pattern), administrator).items():
            assert answer.status_code < 500, f"{method} {pattern.name}"


def test_a_form_from_another_site_is_refused(everybody: list[Somebody]) -> None:
    administrator = next(one for one in everybody if one.role is Role.ADMINISTRATOR)
    for pattern in EVERY:
        client = Client(enforce_csrf_checks=True)
        client.cookies.load(administrator.cookies.output(header="", sep=";"))
        with rolled_back():
            assert administrator.organisation
            assert administrator.user
            arguments = walked_of(pattern).make(administrator.organisation, administrator.user)
            answer = client.post(reverse(pattern.name, kwargs=arguments))
        assert answer.status_code == REFUSED, pattern.name


def test_the_table_knows_every_action() -> None:
    assert set(RIGHTS) == set(Action)


def test_a_right_that_depends_on_the_state_is_refused_in_another() -> None:
    assert may(Role.MANAGER, Action.CANCEL_JOB, "running")
    assert not may(Role.MANAGER, Action.CANCEL_JOB, "done")
    assert frozenset({Role.ADMINISTRATOR}) == ADMINISTRATORS


STATED = [(action, right) for action, right in RIGHTS.items() if right.states is not None]


@pytest.mark.parametrize(("action", "right"), STATED)
@pytest.mark.parametrize("role", Role)
def test_in_a_state_that_the_table_does_not_name_nobody_may(action: Action, right: Any, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        check(role, action, "a state that nothing is in")
    assert [may(role, action, state) for state in right.states] == [role in right.roles] * len(right.states)


def test_a_second_factor_is_asked_for_what_only_members_do() -> None:
    assert needs_second_factor(Role.OFFICER, Action.SEE_VACANCIES)
    assert not needs_second_factor(Role.READER, Action.SEE_VACANCIES)
    assert not needs_second_factor(Role.OFFICER, Action.KEEP_OWN_ACCOUNT), "else nobody could set one up"


@pytest.mark.parametrize("pattern", EVERY, ids=lambda one: str(one.name))
def test_every_address_names_its_action(pattern: Any) -> None:
    assert isinstance(getattr(pattern.callback, "action", None), Action)


def test_no_name_of_an_address_is_given_twice() -> None:
    names = [one.name for one in EVERY]
    assert sorted(names) == sorted(set(names))


def test_the_page_of_rights_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it again: python -m carreau.site rights_page"


def test_a_visitor_reads_the_front_page(client: Client) -> None:
    assert client.get("/").status_code == 200
    assert client.get("/en/").status_code == 200
