"""Sign in, sign up and change address by a link that is good once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client, RequestFactory
from django.utils import timezone
from tests.site.accounts.conftest import PASSWORD, sent_link

from carreau.site.accounts import links
from carreau.site.accounts.models import Link, Purpose, User
from carreau.site.accounts.periods import LINK

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def signed_in_as(client: Client) -> int | None:
    found = client.session.get("_auth_user_id")
    return int(found) if found else None


def test_a_link_signs_in_once(client: Client, person: User) -> None:
    assert client.post("/compte/lien", {"address": "Dominique@Personne.example"}).url == "/compte/lien/envoye"
    link = sent_link()
    assert client.get(link).status_code == 200
    assert signed_in_as(client) is None, "looking at a link does not use it"
    assert client.post(link).url == "/compte/"
    assert signed_in_as(client) == person.pk
    thief = Client()
    assert thief.get(link).status_code == 410
    assert thief.post(link).status_code == 410
    assert signed_in_as(thief) is None


def test_a_link_makes_the_account_of_a_new_address(client: Client) -> None:
    client.post("/compte/lien", {"address": "nouvelle@personne.example"})
    assert User.objects.count() == 0, "asking makes nothing"
    client.post(sent_link())
    made = User.objects.get()
    assert (made.email, made.has_usable_password()) == ("nouvelle@personne.example", False)
    assert client.get("/compte/").status_code == 200


def test_asking_looks_the_same_with_and_without_an_account(client: Client, person: User) -> None:
    answers = [client.post("/compte/lien", {"address": one}) for one in (person.email, "inconnue@personne.example")]
    assert len({(one.status_code, one.url, one.content) for one in answers}) == 1
    bodies = [str(letter.body).replace(sent_link(number), "") for number, letter in enumerate(mail.outbox)]
    assert len(mail.outbox) == 2
    assert bodies[0] == bodies[1]


def test_an_old_link_is_worth_nothing(client: Client, person: User) -> None:
    client.post("/compte/lien", {"address": person.email})
    Link.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert client.post(sent_link()).status_code == 410
    assert timedelta(minutes=5) <= LINK <= timedelta(minutes=30)


def test_the_table_of_links_tells_nothing(client: Client, person: User) -> None:
    client.post("/compte/lien", {"address": person.email})
    token = sent_link().rpartition("/")[2]
    kept = Link.objects.values_list("digest", "sealed").get()
    assert token not in str(kept)
    assert person.username not in str(kept)
    assert person.email.encode() not in bytes(kept[1])  # type: ignore[union-attr]


@pytest.mark.parametrize("elsewhere", ["https://ailleurs.example/", "//ailleurs.example", "javascript:alert(1)"])
def test_a_link_leads_nowhere_else(client: Client, person: User, elsewhere: str) -> None:
    client.post("/compte/lien", {"address": person.email, "next": elsewhere})
    assert "ailleurs" not in sent_link()
    answer = client.post(sent_link().partition("?")[0], {"next": elsewhere})
    assert answer.url == "/compte/"


def test_a_link_leads_back_to_where_one_was_going(client: Client, person: User) -> None:
    client.post("/compte/lien", {"address": person.email, "next": "/compte/appareils"})
    assert client.post(sent_link()).url == "/compte/appareils"


def test_too_many_links_are_slowed(client: Client, person: User) -> None:
    answers = [client.post("/compte/lien", {"address": person.email}).status_code for _ in range(4)]
    assert answers == [302, 302, 302, 429]
    assert len(mail.outbox) == 3


def test_an_address_changes_once_it_is_proven(client: Client, person: User) -> None:
    client.force_login(person)
    assert "/compte/confirmation" in client.get("/compte/adresse").url
    client.post("/compte/confirmation?next=/compte/adresse", {"password": PASSWORD})
    client.post("/compte/adresse", {"address": "ailleurs@personne.example"})
    person.refresh_from_db()
    assert person.email == "dominique@personne.example"
    link = sent_link()
    thief = User.objects.create_user("voleuse@personne.example")
    other = Client()
    other.force_login(thief)
    assert other.post(link).status_code == 410, "a link that somebody else asked for"
    client.post("/compte/adresse", {"address": "ailleurs@personne.example"})
    assert client.post(sent_link()).url == "/compte/"
    assert mail.outbox[-1].to == ["dominique@personne.example"], "the old address is told"
    assert User.objects.with_email("ailleurs@personne.example") == person


def test_a_link_to_sign_in_moves_no_account_and_the_other_way_round(client: Client, person: User) -> None:
    request = RequestFactory().get("/")
    links.ask_link(request, person.email or "")
    links.ask_new_address(request, person, "ailleurs@personne.example")
    for place, own, other in ((-2, Purpose.SIGN_IN, Purpose.ADDRESS), (-1, Purpose.ADDRESS, Purpose.SIGN_IN)):
        token = sent_link(place).rpartition("/")[2]
        assert links.redeem(other, token) is None
        assert (links.is_good(other, token), links.is_good(own, token)) == (False, True)


def test_the_address_of_another_account_cannot_be_taken(
    client: Client, person: User, signed_in: Callable[[User], Client]
) -> None:
    taken = User.objects.create_user("prise@personne.example")
    signed_in(person)
    client.post("/compte/confirmation", {"password": PASSWORD})
    client.post("/compte/adresse", {"address": "prise@personne.example"})
    assert client.post(sent_link()).status_code == 410
    assert User.objects.with_email("prise@personne.example") == taken
