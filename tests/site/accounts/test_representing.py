"""Acting for somebody: only with consent, only while it lasts, always in both names."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client, RequestFactory
from django.utils import timezone
from tests.site.accounts.conftest import sent_link

from carreau.site.accounts import representing
from carreau.site.accounts.actor import Actor, actor_of
from carreau.site.accounts.models import How, Membership, Organisation, Representation, User
from carreau.site.accounts.periods import AGREEMENT
from carreau.site.accounts.rights import Role
from carreau.site.audit.models import Entry

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

DESK = {"name": "Sacha Sans Courriel", "how": "spoken", "agreed": "on"}


@pytest.fixture
def officer(member: Callable[..., User]) -> User:
    return member(Role.OFFICER)


@pytest.fixture
def acting(client: Client, officer: User) -> Representation:
    """The officer acts for somebody who came to the desk."""
    client.force_login(officer)
    client.post("/compte/representation/guichet", DESK)
    made = Representation.objects.get()
    assert client.post(f"/compte/representation/{made.pk}/debut").url == "/"
    return made


def role_of(client: Client, user: User) -> tuple[Role, User | None]:
    request = RequestFactory().get("/")
    request.user, request.session = user, client.session
    found = actor_of(request)
    return found.role, found.acting_for


def test_somebody_at_the_desk_is_acted_for(client: Client, officer: User, acting: Representation) -> None:
    assert role_of(client, officer) == (Role.REPRESENTATIVE, acting.represented)
    assert "Vous agissez au nom de Sacha Sans Courriel" in client.get("/").content.decode()
    assert client.get("/compte/").status_code == 403, "nor their account nor one's own is touched meanwhile"
    assert client.post("/compte/representation/fin").url == "/compte/representation"
    assert role_of(client, officer) == (Role.OFFICER, None)


def test_of_two_people_the_chosen_one_is_acted_for(client: Client, officer: User) -> None:
    organisation = officer.memberships.get().organisation
    first, second = (
        representing.record_consent(officer, organisation, name, How.SPOKEN) for name in ("Une Première", "Un Second")
    )
    client.force_login(officer)
    for chosen in (first, second, first):
        client.post(f"/compte/representation/{chosen.pk}/debut")
        assert role_of(client, officer) == (Role.REPRESENTATIVE, chosen.represented)
        client.post("/compte/representation/fin")


def test_whose_records_are_meant(officer: User, person: User, landlord: Organisation) -> None:
    assert Actor(Role.REPRESENTATIVE, officer, landlord, person).subject == person
    assert Actor(Role.OFFICER, officer, landlord).subject == officer
    assert Actor(Role.VISITOR).subject is None


def test_consent_must_be_said(client: Client, officer: User) -> None:
    client.force_login(officer)
    assert client.post("/compte/representation/guichet", {**DESK, "agreed": ""}).status_code == 400
    assert client.post("/compte/representation/guichet", {**DESK, "how": "link"}).status_code == 400
    assert not Representation.objects.exists()
    with pytest.raises(ValueError, match="by its bearer"):
        representing.record_consent(officer, officer.memberships.get().organisation, "X", How.LINK)


def test_somebody_with_an_account_agrees_by_link_themselves(client: Client, officer: User, person: User) -> None:
    client.force_login(officer)
    client.post("/compte/representation/demande", {"address": person.email})
    asked = Representation.objects.get()
    assert client.post(f"/compte/representation/{asked.pk}/debut").status_code == 404, "not yet"
    assert mail.outbox[-1].to == [person.email]
    link, theirs = sent_link(), Client()
    assert "demande à agir en votre nom" in theirs.get(link).content.decode()
    assert theirs.post(link).status_code == 200
    assert theirs.post(link).status_code == 410, "once"
    assert client.post(f"/compte/representation/{asked.pk}/debut").url == "/"
    assert role_of(client, officer) == (Role.REPRESENTATIVE, person)


def test_a_link_that_waited_too_long_gives_no_consent(client: Client, officer: User, person: User) -> None:
    client.force_login(officer)
    client.post("/compte/representation/demande", {"address": person.email})
    asked, link, theirs = Representation.objects.get(), sent_link(), Client()
    asked.asked = timezone.now() - AGREEMENT + timedelta(minutes=1)
    asked.save()
    assert theirs.get(link).status_code == 200
    asked.asked = timezone.now() - AGREEMENT
    asked.save()
    assert theirs.get(link).status_code == 410
    assert theirs.post(link).status_code == 410
    asked.refresh_from_db()
    assert asked.agreed is None


def test_asking_does_not_tell_whether_there_is_an_account(client: Client, officer: User, person: User) -> None:
    client.force_login(officer)
    pages = [
        client.post("/compte/representation/demande", {"address": one}, follow=True).content.decode()
        for one in (person.email, "inconnue@personne.example")
    ]
    unmarked = [page.partition("<main")[2].partition("csrfmiddlewaretoken")[0] for page in pages]
    assert unmarked[0] == unmarked[1]
    assert "nous lui avons demandé" in pages[0]


def test_asking_again_ends_the_request_without_an_answer_and_no_other(
    client: Client, officer: User, person: User, landlord: Organisation
) -> None:
    other = representing.record_consent(officer, landlord, "Sacha Sans Courriel", How.SPOKEN)
    client.force_login(officer)
    for _ in range(2):
        client.post("/compte/representation/demande", {"address": person.email})
    first, second = Representation.objects.filter(represented=person).order_by("pk")
    assert (first.ended is None, second.ended is None) == (False, True)
    other.refresh_from_db()
    assert other.ended is None
    assert Client().post(sent_link(-2)).status_code == 410
    assert Client().post(sent_link()).status_code == 200
    client.post("/compte/representation/demande", {"address": person.email})
    second.refresh_from_db()
    assert second.ended is None, "who agreed is not asked again"


def test_a_consent_of_which_the_term_is_over_is_asked_for_again(client: Client, officer: User, person: User) -> None:
    client.force_login(officer)
    client.post("/compte/representation/demande", {"address": person.email})
    Client().post(sent_link())
    agreed = Representation.objects.get()
    agreed.asked, agreed.until = timezone.now() - timedelta(days=99), timezone.now() - timedelta(days=1)
    agreed.save()
    client.post("/compte/representation/demande", {"address": person.email})
    agreed.refresh_from_db()
    assert agreed.ended is not None
    assert Representation.objects.get(ended=None).agreed is None


def test_of_two_requests_the_one_of_the_link_is_agreed_to(
    client: Client, officer: User, person: User, landlord: Organisation
) -> None:
    client.force_login(officer)
    somebody = User.objects.create_user("autre@personne.example")
    for address in (person.email, somebody.email, "tiers@personne.example"):
        client.post("/compte/representation/demande", {"address": address})
    assert Client().post(sent_link(-2)).status_code == 200
    asked = {one.represented: one.agreed is not None for one in Representation.objects.all()}
    assert asked == {person: True, somebody: False}


def test_an_entry_about_a_representation_is_about_whoever_is_represented(
    officer: User, person: User, landlord: Organisation
) -> None:
    made = Representation.objects.create(
        officer=officer, represented=person, organisation=landlord, how=How.LINK,
        until=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    assert Entry.objects.about("accounts.representation", str(made.pk)).get().person == person.person_id


def test_withdrawing_consent_stops_it_at_the_next_click(client: Client, officer: User, person: User) -> None:
    client.force_login(officer)
    client.post("/compte/representation/demande", {"address": person.email})
    Client().post(sent_link())
    made = Representation.objects.get()
    client.post(f"/compte/representation/{made.pk}/debut")
    theirs = Client()
    theirs.force_login(person)
    assert "Camille officer" in theirs.get("/compte/").content.decode()
    theirs.post(f"/compte/accords/{made.pk}/fin")
    assert role_of(client, officer) == (Role.OFFICER, None)
    assert client.post(f"/compte/representation/{made.pk}/debut").status_code == 404


def test_it_ends_with_its_term_and_with_the_officers_work(
    client: Client, officer: User, acting: Representation, member: Callable[..., User]
) -> None:
    acting.refresh_from_db()
    acting.asked, acting.until = timezone.now() - timedelta(days=99), timezone.now() - timedelta(days=1)
    acting.save()
    assert role_of(client, officer) == (Role.OFFICER, None)
    acting.until = timezone.now() + timedelta(days=1)
    acting.save()
    assert role_of(client, officer)[0] is Role.REPRESENTATIVE
    officer.memberships.get().become(Role.READER)
    assert role_of(client, officer) == (Role.READER, None)


def test_it_was_given_to_one_organisation_and_does_not_move_with_the_officer(
    client: Client, officer: User, acting: Representation, other_landlord: Organisation
) -> None:
    here = officer.memberships.get()
    moved = Membership.objects.create(user=officer, organisation=other_landlord, role=Role.OFFICER)
    assert role_of(client, officer)[0] is Role.REPRESENTATIVE, "an officer of both goes on"
    here.end()
    assert role_of(client, officer) == (Role.OFFICER, None)
    assert client.get(f"/compte/representation/{acting.pk}/debut").status_code in (404, 405)
    assert client.post(f"/compte/representation/{acting.pk}/debut").status_code == 404
    moved.end()
    assert role_of(client, officer) == (Role.PERSON, None)


def test_a_reader_may_not(client: Client, member: Callable[..., User]) -> None:
    client.force_login(member(Role.READER))
    assert client.get("/compte/representation").status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"how": "guessed"},
        {"how": "written", "agreed": None},
        {"until": timezone.now() - timedelta(days=1)},
    ],
)
def test_the_database_refuses_what_is_no_consent(
    officer: User, person: User, landlord: Organisation, wrong: dict[str, object]
) -> None:
    right = {"how": How.WRITTEN, "agreed": timezone.now(), "until": timezone.now() + timedelta(days=1)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Representation.objects.create(officer=officer, represented=person, organisation=landlord, **{**right, **wrong})


def test_nobody_represents_themselves(officer: User, landlord: Organisation) -> None:
    until = timezone.now() + timedelta(days=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Representation.objects.create(
            officer=officer, represented=officer, organisation=landlord, how=How.LINK, until=until
        )


def test_every_act_is_logged_in_both_names(client: Client, officer: User, acting: Representation) -> None:
    client.post("/compte/representation/fin")
    told = list(Entry.objects.filter(verb__startswith="acting_").order_by("pk"))
    assert [(one.verb, one.actor, one.acting_for) for one in told] == [
        ("acting_began", officer.pk, None),
        ("acting_stopped", officer.pk, acting.represented.person_id),
    ]
