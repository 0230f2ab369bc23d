"""Organisations, members and invitations: what must always hold, and what the pages do."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from tests.site.accounts.conftest import sent_link

from carreau.site.accounts import members
from carreau.site.accounts.models import Invitation, Kind, LastAdministrator, Membership, Organisation, User
from carreau.site.accounts.rights import Role
from carreau.site.accounts.sector import load_sector

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def test_a_federation_is_a_federation(landlord: Organisation, other_landlord: Organisation) -> None:
    landlord.federation = other_landlord
    with pytest.raises(ValidationError, match="not a federation"):
        landlord.save()


def test_only_a_landlord_has_a_federation() -> None:
    federation = Organisation.objects.create(name="Fédération", kind=Kind.FEDERATION)
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.create(name="Ville", kind=Kind.TERRITORY, federation=federation)


def test_nothing_belongs_to_itself(landlord: Organisation, other_landlord: Organisation) -> None:
    other_landlord.parent = landlord
    other_landlord.save()
    landlord.parent = Organisation.objects.get(pk=other_landlord.pk)
    with pytest.raises(ValidationError, match="belong to itself"):
        landlord.save()


@pytest.mark.parametrize("wrong", [{"siren": "12"}, {"kind": "club"}])
def test_the_database_refuses_what_no_organisation_is(wrong: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.create(**{"name": "Faux", "kind": Kind.LANDLORD, **wrong})


def test_a_siren_and_a_code_are_given_once(landlord: Organisation) -> None:
    for once in ({"siren": "123456782"}, {"code": "foph"}):
        Organisation.objects.create(name="Un", kind=Kind.LANDLORD, **once)
        with pytest.raises(IntegrityError), transaction.atomic():
            Organisation.objects.create(name="Deux", kind=Kind.LANDLORD, **once)


def test_the_sector_is_loaded_once() -> None:
    made = load_sector()
    assert load_sector() == 0
    assert Organisation.objects.count() == made
    assert Organisation.objects.filter(kind=Kind.FEDERATION).count() == 5
    assert Organisation.objects.filter(parent__code="fnar", kind=Kind.UNION).count() == 13


def test_the_last_administrator_stays(member: Callable[..., User]) -> None:
    alone = member(Role.ADMINISTRATOR).memberships.get()
    for leave in (alone.end, lambda: alone.become(Role.READER), alone.delete):
        with pytest.raises(LastAdministrator):
            leave()
        alone.refresh_from_db()
    Membership.objects.create(user=member(Role.MANAGER), organisation=_elsewhere(), role=Role.ADMINISTRATOR)
    with pytest.raises(LastAdministrator):
        alone.end()


def _elsewhere() -> Organisation:
    return Organisation.objects.create(name="Ailleurs", kind=Kind.LANDLORD)


def test_one_of_two_administrators_may_leave(member: Callable[..., User], landlord: Organisation) -> None:
    first = member(Role.ADMINISTRATOR).memberships.get()
    second = Membership.objects.create(
        user=User.objects.create_user("x@habitat.example"), organisation=landlord, role=Role.ADMINISTRATOR
    )
    first.end()
    with pytest.raises(LastAdministrator):
        second.end()


def test_somebody_is_a_member_once_at_a_time(member: Callable[..., User], landlord: Organisation) -> None:
    reader = member(Role.READER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=reader, organisation=landlord, role=Role.OFFICER)
    reader.memberships.get().end()
    Membership.objects.create(user=reader, organisation=landlord, role=Role.OFFICER)


def test_an_invitation_makes_an_account_and_a_member_once(
    client: Client, member: Callable[..., User], landlord: Organisation
) -> None:
    client.force_login(member(Role.ADMINISTRATOR))
    sent = {"address": "Nouvelle@habitat.example", "role": "officer"}
    assert client.post("/compte/organisation/invitations", sent).url == "/compte/organisation/"
    link, newcomer = sent_link(), Client()
    assert "Habitat du Test vous invite" in newcomer.get(link).content.decode()
    assert newcomer.post(link).url == "/compte/"
    made = User.objects.with_email("nouvelle@habitat.example")
    assert made
    assert made.memberships.get().role == Role.OFFICER
    assert "nouvelle@habitat.example" in client.get("/compte/organisation/").content.decode().casefold()
    thief = Client()
    assert [thief.get(link).status_code, thief.post(link).status_code] == [410, 410]
    made.memberships.get().end()
    assert newcomer.post(link).status_code == 410, "not even by whom it was sent to"


def test_an_invitation_is_not_for_another_account(
    client: Client, member: Callable[..., User], person: User, landlord: Organisation
) -> None:
    client.force_login(member(Role.ADMINISTRATOR))
    client.post("/compte/organisation/invitations", {"address": "nouvelle@habitat.example", "role": "manager"})
    client.force_login(person)
    assert client.post(sent_link()).status_code == 403
    assert not person.memberships.exists()


def test_whoever_is_signed_in_with_another_address_does_not_join(
    client: Client, member: Callable[..., User], person: User
) -> None:
    """Whatever page asks for it: the invitation itself refuses."""
    client.force_login(member(Role.ADMINISTRATOR))
    client.post(_invitations(), {"address": "nouvelle@habitat.example", "role": "manager"})
    token = sent_link().rpartition("/")[2]
    with pytest.raises(members.NotTheirs):
        members.accept(token, person)
    assert not person.memberships.exists()
    assert members.accept(token, User.objects.create_user("nouvelle@habitat.example")) is not None


def test_an_old_or_withdrawn_invitation_is_worth_nothing(
    client: Client, member: Callable[..., User], landlord: Organisation
) -> None:
    client.force_login(member(Role.ADMINISTRATOR))
    for spoil in (_let_it_expire, lambda: client.post(f"{_invitations()}/{_waiting().pk}/retrait")):
        client.post(_invitations(), {"address": "nouvelle@habitat.example", "role": "manager"})
        spoil()
        assert Client().post(sent_link()).status_code == 410
    assert User.objects.with_email("nouvelle@habitat.example") is None


def _invitations() -> str:
    return "/compte/organisation/invitations"


def _waiting() -> Invitation:
    return Invitation.objects.open().get()


def _let_it_expire() -> None:
    made = _waiting()
    made.made, made.expires = timezone.now() - timedelta(days=8), timezone.now() - timedelta(days=1)
    made.save()


def test_a_second_invitation_takes_the_place_of_the_first(
    client: Client, member: Callable[..., User], landlord: Organisation
) -> None:
    client.force_login(member(Role.ADMINISTRATOR))
    for role in ("manager", "reader"):
        client.post(_invitations(), {"address": "nouvelle@habitat.example", "role": role})
    assert Invitation.objects.open().get().role == "reader"
    assert Client().post(sent_link(-2)).status_code == 410
    assert len(mail.outbox) == 2


def test_an_invitation_leaves_those_to_others_as_they_are(
    client: Client, member: Callable[..., User], landlord: Organisation
) -> None:
    client.force_login(member(Role.ADMINISTRATOR))
    for address in ("une@habitat.example", "autre@habitat.example"):
        client.post(_invitations(), {"address": address, "role": "reader"})
    assert Invitation.objects.open().count() == 2
    for link, address in ((sent_link(-2), "une@habitat.example"), (sent_link(), "autre@habitat.example")):
        found = members.invitation_of(link.rpartition("/")[2])
        assert found is not None
        assert found.address == address


def test_who_joined_meanwhile_stays_a_member_once(
    client: Client, member: Callable[..., User], landlord: Organisation
) -> None:
    client.force_login(member(Role.ADMINISTRATOR))
    client.post(_invitations(), {"address": "nouvelle@habitat.example", "role": "manager"})
    user = User.objects.create_user("nouvelle@habitat.example")
    joined = Membership.objects.create(user=user, organisation=landlord, role=Role.READER)
    assert members.accept(sent_link().rpartition("/")[2], user) == (user, joined)
    assert user.memberships.get().role == Role.READER


def test_the_account_made_is_that_of_the_person_invited(
    client: Client, member: Callable[..., User], landlord: Organisation
) -> None:
    client.force_login(member(Role.ADMINISTRATOR))
    client.post(_invitations(), {"address": "nouvelle@habitat.example", "role": "reader"})
    invited = _waiting().person
    made = members.accept(sent_link().rpartition("/")[2], None)
    assert made is not None
    assert made[0].person == invited


def test_a_membership_is_deleted_unless_it_is_the_last_administrators(member: Callable[..., User]) -> None:
    reader = member(Role.READER).memberships.get()
    assert reader.delete()[0] == 1
    assert not Membership.objects.filter(pk=reader.pk).exists()


def test_a_member_is_not_invited_again(client: Client, member: Callable[..., User]) -> None:
    officer = member(Role.OFFICER)
    client.force_login(member(Role.ADMINISTRATOR))
    answer = client.post(_invitations(), {"address": officer.email, "role": "manager"})
    assert answer.status_code == 400
    assert "déjà membre" in answer.content.decode()


def test_an_administrator_changes_roles_but_not_the_last_one(client: Client, member: Callable[..., User]) -> None:
    administrator, officer = member(Role.ADMINISTRATOR), member(Role.OFFICER)
    client.force_login(administrator)
    client.post(f"/compte/organisation/membres/{officer.memberships.get().pk}/role", {"role": "manager"})
    assert officer.memberships.get().role == Role.MANAGER
    answer = client.post(f"/compte/organisation/membres/{administrator.memberships.get().pk}/fin", follow=True)
    assert "seule personne qui administre" in answer.content.decode()
    client.post(f"/compte/organisation/membres/{officer.memberships.get().pk}/fin")
    assert not officer.memberships.in_force().exists()


def test_whoever_works_in_two_places_chooses_one(
    client: Client, member: Callable[..., User], other_landlord: Organisation
) -> None:
    officer = member(Role.OFFICER)
    there = Membership.objects.create(user=officer, organisation=other_landlord, role=Role.READER)
    client.force_login(officer)
    assert "Habitat du Test" in client.get("/compte/organisation/").content.decode()
    client.post("/compte/choix", {"membership": there.pk})
    assert "Logis du Test" in client.get("/compte/organisation/").content.decode()
    client.post("/compte/choix", {"membership": 0})
    assert client.get("/compte/organisation/").status_code == 403
    stranger = Membership.objects.create(
        user=User.objects.create_user("y@habitat.example"), organisation=other_landlord, role=Role.ADMINISTRATOR
    )
    assert client.post("/compte/choix", {"membership": stranger.pk}).status_code == 404
