"""An organisation's postal address: who writes it, and what is no address."""

import re
from collections.abc import Callable

import pytest
from django.db import DataError, IntegrityError, transaction
from django.test import Client

from carreau.site.accounts.models import Kind, Organisation, User
from carreau.site.accounts.rights import Role
from carreau.site.audit.models import Entry
from carreau.site.bridge.demonstration import give_addresses

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

ADDRESS = "2 place du Test\nBP 12\n44000 Nantes Cedex 1"
PAGE, WRITE = "/compte/organisation/", "/compte/organisation/adresse"


def kept(organisation: Organisation) -> str:
    organisation.refresh_from_db()
    return organisation.postal_address


def text(answer: object) -> str:
    return re.sub(r"\s", " ", answer.content.decode())  # type: ignore[attr-defined]


def test_an_administrator_writes_it_and_everybody_there_reads_it(
    client: Client, member: Callable[..., User], landlord: Organisation
) -> None:
    client.force_login(member(Role.ADMINISTRATOR))
    typed = "  2 place du Test \r\n\r\nBP 12\r\n44000 Nantes Cedex 1\r\n"
    assert "est enregistrée" in text(client.post(WRITE, {"postal_address": typed}, follow=True))
    assert kept(landlord) == ADDRESS
    assert ADDRESS in client.get(PAGE).content.decode(), "in the form, to change it"
    client.force_login(member(Role.READER))
    read = text(client.get(PAGE))
    assert "2 place du Test<br>BP 12<br>44000 Nantes Cedex 1" in read
    assert "<textarea" not in read


def test_it_can_be_taken_away(client: Client, member: Callable[..., User], landlord: Organisation) -> None:
    landlord.postal_address = ADDRESS
    landlord.save()
    client.force_login(member(Role.ADMINISTRATOR))
    assert client.post(WRITE, {"postal_address": ""}).status_code == 302
    assert kept(landlord) == ""
    client.force_login(member(Role.READER))
    assert "Aucune adresse postale" in text(client.get(PAGE))


@pytest.mark.parametrize("role", [Role.READER, Role.OFFICER, Role.SECRETARY, Role.MANAGER])
def test_nobody_else_writes_it(client: Client, member: Callable[..., User], landlord: Organisation, role: Role) -> None:
    client.force_login(member(role))
    assert client.post(WRITE, {"postal_address": ADDRESS}).status_code == 403
    assert kept(landlord) == ""


def test_an_administrator_writes_that_of_their_own_organisation_alone(
    client: Client, member: Callable[..., User], landlord: Organisation, other_landlord: Organisation
) -> None:
    client.force_login(member(Role.ADMINISTRATOR, other_landlord))
    client.post(WRITE, {"postal_address": ADDRESS, "organisation": landlord.pk, "pk": landlord.pk})
    assert (kept(landlord), kept(other_landlord)) == ("", ADDRESS)
    client.force_login(member(Role.READER))
    assert "place du Test" not in client.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1\n2\n3\n4\n5\n6\n7", "6 lignes au plus : il y en a 7."),
        ("44000 Nantes\n" + "x" * 51, "La ligne 2 dépasse 50 caractères"),
        ("2 place\tdu Test", "La ligne 1 contient un caractère qui ne s&#x27;imprime pas"),
        ("Nantes\n2 place\x1b du Test", "La ligne 2 contient un caractère qui ne s&#x27;imprime pas"),
        ("2 place\u2028du Test", "La ligne 1 contient un caractère qui ne s&#x27;imprime pas"),
    ],
)
def test_what_no_letter_can_print_is_refused_and_stays_in_the_form(
    client: Client, member: Callable[..., User], landlord: Organisation, typed: str, said: str
) -> None:
    client.force_login(member(Role.ADMINISTRATOR))
    answer = client.post(WRITE, {"postal_address": typed})
    assert answer.status_code == 400
    assert said in text(answer)
    assert typed in answer.content.decode()
    assert kept(landlord) == ""


def test_a_null_character_is_refused(client: Client, member: Callable[..., User], landlord: Organisation) -> None:
    client.force_login(member(Role.ADMINISTRATOR))
    assert client.post(WRITE, {"postal_address": "2 place\x00du Test"}).status_code == 400
    assert kept(landlord) == ""


FULL = "\n".join(["é" * 50] * 6)


def test_the_database_takes_an_address_of_full_lines(landlord: Organisation) -> None:
    landlord.postal_address = FULL
    landlord.save()
    assert kept(landlord) == FULL


@pytest.mark.parametrize(
    "wrong", ["x" * 51, f"{FULL}\nx", "1\n\n2", "1\n", "\n", "1\t2", "1\r\n2", "1\x7f", "1\x85", "1\u2028"]
)
def test_the_database_refuses_what_is_no_address(landlord: Organisation, wrong: str) -> None:
    landlord.postal_address = wrong
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        landlord.save()


def test_a_change_is_in_the_log(client: Client, member: Callable[..., User], landlord: Organisation) -> None:
    administrator = member(Role.ADMINISTRATOR)
    client.force_login(administrator)
    client.post(WRITE, {"postal_address": ADDRESS})
    entry = Entry.objects.get(verb="changed", model="accounts.organisation")
    assert (entry.actor, entry.object_id) == (administrator.pk, str(landlord.pk))
    assert (entry.before, entry.after) == ({"postal_address": ""}, {"postal_address": ADDRESS})


def test_the_demonstration_gives_fictitious_landlords_fictitious_addresses(landlord: Organisation) -> None:
    made = Organisation.objects.create(name="Bailleur fictif 1", kind=Kind.LANDLORD, fictitious=True)
    moved = Organisation.objects.create(
        name="Bailleur fictif 2", kind=Kind.LANDLORD, fictitious=True, postal_address=ADDRESS
    )
    give_addresses()
    assert [kept(one) for one in (landlord, made, moved)] == ["", "1 rue Fictive\n00000 Ville fictive", ADDRESS]
