"""Signing in with an OpenID Connect provider, end to end against one on this machine."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from tests.site.accounts.conftest import PASSWORD, sent_link
from tests.site.accounts.provider import CLIENT, SECRET, Provider, running

from carreau.errors import BadInput
from carreau.site.accounts.models import User
from carreau.site.accounts.rights import Role
from carreau.site.config.environment import Environment
from carreau.site.config.providers import origins, providers, second_factor_demanded

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

CLAIMS = {
    "sub": "b6048e95bb134ec5b1d1e1fa69f287172e91722b9354d637a1bcf2ebb0fd2ef5",
    "email": "dominique@personne.example",
    "email_verified": True,
    "given_name": "Dominique",
    "usual_name": "Personne",
    "siret": "13002526500013",
}


def environment(**values: str) -> Environment:
    return Environment.read({"CARREAU_HOME": str(Path("nowhere")), **values})


def of(provider: Provider, **more: str) -> dict[str, str]:
    given = {"URL": provider.address, "CLIENT": CLIENT, "SECRET": SECRET, "TITLE": "Connect du Test", **more}
    return {"CARREAU_OPENID": "test", **{f"CARREAU_OPENID_TEST_{name}": value for name, value in given.items()}}


@pytest.fixture(scope="module")
def server() -> Iterator[Provider]:
    with running() as found:
        yield found


@pytest.fixture
def provider(server: Provider, settings: Any) -> Provider:
    server.claims, server.signed, server.nonce = dict(CLAIMS), False, None
    use(server, settings)
    return server


def use(provider: Provider, settings: Any, **more: str) -> None:
    settings.OPENID = providers(environment(**of(provider, **more)))
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": settings.OPENID}}


def sign_in(client: Client, path: str = "/fournisseurs/test/connexion?process=login") -> Any:
    """Through the button, to the provider and back."""
    there = client.post(path)
    back = requests.get(there.url, allow_redirects=False, timeout=5).headers["Location"]
    parts = urlsplit(back)
    return client.get(f"{parts.path}?{parts.query}")


def signed_in_as(client: Client) -> int | None:
    found = client.session.get("_auth_user_id")
    return int(found) if found else None


def test_the_sign_in_page_offers_it(client: Client, provider: Provider) -> None:
    page = client.get("/compte/connexion").content.decode()
    assert "Connect du Test" in page
    assert "Continuer avec Connect du Test" in client.get("/fournisseurs/test/connexion").content.decode()


@pytest.mark.parametrize("signed", [False, True], ids=["plain claims", "claims in a JWT"])
def test_an_unknown_identifier_waits_until_the_address_is_proven(
    client: Client, provider: Provider, person: User, signed: bool
) -> None:
    provider.signed = signed
    assert sign_in(client).url == "/compte/lien"
    assert signed_in_as(client) is None, "what a provider says of an address opens no account"
    client.post("/compte/lien", {"address": person.email})
    client.post(sent_link())
    tied = SocialAccount.objects.get()
    assert (tied.user_id, tied.uid, tied.extra_data) == (person.pk, CLAIMS["sub"], {})
    again = Client()
    assert sign_in(again).url == "/compte/"
    assert signed_in_as(again) == person.pk


def test_the_identifier_is_not_tied_to_whoever_uses_the_link_elsewhere(client: Client, provider: Provider) -> None:
    sign_in(client)
    other = Client()
    other.post("/compte/lien", {"address": "autre@personne.example"})
    other.post(sent_link())
    assert not SocialAccount.objects.exists()


def test_a_provider_trusted_for_addresses_opens_the_account_at_once(
    client: Client, provider: Provider, person: User, settings: Any
) -> None:
    use(provider, settings, TRUSTS_ADDRESS="1")
    assert sign_in(client).url == "/compte/"
    assert signed_in_as(client) == person.pk
    provider.claims = {**CLAIMS, "sub": "another", "email": "nouvelle@personne.example"}
    newcomer = Client()
    sign_in(newcomer)
    made = User.objects.with_email("nouvelle@personne.example")
    assert made
    assert signed_in_as(newcomer) == made.pk


def test_it_asks_with_a_nonce_a_challenge_and_the_level_configured(
    client: Client, provider: Provider, settings: Any
) -> None:
    use(provider, settings, ACR="eidas1", SCOPE="openid given_name usual_name email")
    sign_in(client, "/fournisseurs/test/connexion?process=login&scope=address&auth_params=prompt%3Dnone")
    asked = provider.asked
    assert asked["nonce"]
    assert asked["code_challenge_method"] == "S256"
    assert asked["acr_values"] == "eidas1"
    assert set(asked["scope"].split()) == {"openid", "given_name", "usual_name", "email"}, "an address adds nothing"
    assert "prompt" not in asked
    assert asked["redirect_uri"] == "http://testserver/fournisseurs/test/retour"


def test_an_answer_meant_for_another_session_is_refused(client: Client, provider: Provider, person: User) -> None:
    provider.nonce = "of another session"
    assert "pas répondu comme prévu" in sign_in(client).content.decode()
    provider.nonce = None
    there = client.post("/fournisseurs/test/connexion?process=login").url
    back = urlsplit(requests.get(there, allow_redirects=False, timeout=5).headers["Location"])
    assert "pas répondu comme prévu" in Client().get(f"{back.path}?{back.query}").content.decode(), "state of another"
    assert client.get(f"{back.path}?{back.query}").status_code == 302
    assert "pas répondu comme prévu" in client.get(f"{back.path}?{back.query}").content.decode(), "used twice"


def test_giving_up_is_no_error(client: Client, provider: Provider) -> None:
    state = parse_qs(urlsplit(client.post("/fournisseurs/test/connexion").url).query)["state"][0]
    answer = client.get(f"/fournisseurs/test/retour?error=access_denied&state={state}", follow=True)
    assert "Vous avez renoncé" in answer.content.decode()


def test_it_can_be_tied_from_ones_account_and_untied(client: Client, provider: Provider, person: User) -> None:
    client.force_login(person)
    client.post("/compte/confirmation", {"password": PASSWORD})
    assert sign_in(client, "/fournisseurs/test/connexion?process=connect").url == "/compte/fournisseurs"
    tied = SocialAccount.objects.get()
    assert tied.user == person
    client.post("/compte/fournisseurs", {"account": tied.pk})
    assert not SocialAccount.objects.exists()


def test_an_officer_still_shows_a_second_factor_unless_the_provider_asks_for_it(
    client: Client, provider: Provider, member: Any, settings: Any
) -> None:
    settings.SECOND_FACTOR_DEMANDED = True
    use(provider, settings, TRUSTS_ADDRESS="1")
    provider.claims["email"] = member(Role.OFFICER).email
    sign_in(client)
    assert client.get("/compte/organisation/").url == "/compte/second-facteur"
    settings.OPENID_SECOND_FACTOR = ["test"]
    assert client.get("/compte/organisation/").status_code == 200


def test_the_environment_is_read_with_care(provider: Provider) -> None:
    values = of(provider)
    with pytest.raises(BadInput, match="CARREAU_OPENID_TEST_SECRET is missing"):
        providers(environment(**{**values, "CARREAU_OPENID_TEST_SECRET": ""}))
    with pytest.raises(BadInput, match="does not begin with https"):
        providers(environment(**values, CARREAU_HOSTS="carreau.example"))
    with pytest.raises(BadInput, match="not a name"):
        providers(environment(CARREAU_OPENID="Pro Connect"))
    assert origins(providers(environment(**values))) == [provider.address]
    assert second_factor_demanded(environment())
    assert not second_factor_demanded(environment(CARREAU_SECOND_FACTOR="0"))
    with pytest.raises(BadInput, match="CARREAU_SECOND_FACTOR"):
        second_factor_demanded(environment(CARREAU_SECOND_FACTOR="0", CARREAU_HOSTS="carreau.example"))
