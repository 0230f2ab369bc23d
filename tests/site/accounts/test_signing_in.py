"""Password, second factor, sessions: what lets somebody in, what slows a guesser, what ends."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone
from tests.site.accounts.conftest import PASSWORD

from carreau.site.accounts.models import Session, User
from carreau.site.accounts.periods import SESSION_IDLE, SESSION_LONGEST
from carreau.site.accounts.rights import Role

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/compte/connexion", {"login": email, "password": password}, **more)


def signed_in_as(client: Client) -> int | None:
    found = client.session.get("_auth_user_id")
    return int(found) if found else None


def code() -> str:
    return f"{hotp_value(SECRET, next(iter(yield_hotp_counters_from_time()))):06}"


def held_as(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def test_a_password_signs_in_whatever_the_capitals_of_the_address(client: Client, person: User) -> None:
    assert sign_in(client, "DOMINIQUE@personne.example").url == "/compte/"
    assert signed_in_as(client) == person.pk


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client: Client, person: User) -> None:
    answers = [sign_in(client, person.email, "faux"), sign_in(client, "inconnue@personne.example", "faux")]
    told = [answer.content.decode() for answer in answers]
    same = [
        one.replace(address, "") for one, address in zip(told, (person.email, "inconnue@personne.example"), strict=True)
    ]
    stripped = [one.partition('name="csrfmiddlewaretoken"')[0] for one in same]
    assert answers[0].status_code == answers[1].status_code
    assert stripped[0] == stripped[1]
    assert "pas le bon" in told[0]


def test_an_unknown_address_costs_a_hash_like_a_known_one(
    client: Client, person: User, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Counted, not timed: one password hash is what takes the time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    person.set_password(PASSWORD)
    person.save()
    without = User.objects.create_user("sansmotdepasse@personne.example")
    hashed: list[str] = []
    encode = PBKDF2PasswordHasher.encode

    def counted(self: Any, password: str, salt: str, iterations: int | None = None) -> str:
        hashed.append(password)
        return encode(self, password, salt, 1)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", counted)
    counts = []
    for email in (person.email, without.email, "inconnue@personne.example"):
        hashed.clear()
        sign_in(client, email, "faux")
        counts.append(len(hashed))
    assert counts == [1, 1, 1]


def test_wrong_passwords_are_slowed_for_the_account_and_for_the_place(client: Client, person: User) -> None:
    for _ in range(5):
        assert "pas le bon" in sign_in(client, person.email, "faux").content.decode()
    answer = sign_in(client, person.email)
    assert "Trop d&#x27;essais" in answer.content.decode(), "even the right password waits"
    assert signed_in_as(client) is None
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    sign_in(elsewhere, person.email)
    assert signed_in_as(elsewhere) is None, "the account itself is slowed"
    for number in range(10):
        sign_in(client, f"{number}@personne.example", "faux")
    assert "Trop d&#x27;essais" in sign_in(client, "autre@personne.example", "faux").content.decode()


def test_an_unknown_account_is_slowed_alike(client: Client) -> None:
    answers = [sign_in(client, "inconnue@personne.example", "faux").content.decode() for _ in range(6)]
    assert ["Trop d&#x27;essais" in one for one in answers] == [False] * 5 + [True]


def test_the_session_gets_another_key_on_signing_in(client: Client, person: User) -> None:
    client.get("/compte/connexion")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key
    client.cookies["session"] = planted
    sign_in(client, person.email)
    assert client.cookies["session"].value != planted
    assert not Session.objects.filter(session_key=planted).exists()


@pytest.mark.parametrize("elsewhere", ["https://ailleurs.example/", "//ailleurs.example", "/\\ailleurs.example"])
def test_signing_in_leads_nowhere_else(client: Client, person: User, elsewhere: str) -> None:
    answer = client.post(f"/compte/connexion?next={elsewhere}", {"login": person.email, "password": PASSWORD})
    assert answer.url == "/compte/"


def test_signing_in_leads_back(client: Client, person: User) -> None:
    assert client.get("/compte/appareils").url == "/compte/connexion?next=/compte/appareils"
    answer = client.post("/compte/connexion?next=/compte/appareils", {"login": person.email, "password": PASSWORD})
    assert answer.url == "/compte/appareils"


def test_a_closed_account_stays_out(client: Client, person: User) -> None:
    person.is_active = False
    person.save()
    sign_in(client, person.email)
    assert signed_in_as(client) is None


def test_a_session_ends_after_sitting_idle(client: Client, person: User) -> None:
    sign_in(client, person.email)
    Session.objects.filter(user=person).update(seen=timezone.now() - SESSION_IDLE - timedelta(seconds=1))
    assert client.get("/compte/").url.startswith("/compte/connexion")
    assert not person.sessions.exists()


def test_a_session_ends_in_the_end_however_busy(client: Client, person: User) -> None:
    sign_in(client, person.email)
    Session.objects.filter(user=person).update(began=timezone.now() - SESSION_LONGEST + timedelta(minutes=1))
    assert client.get("/compte/").status_code == 200
    Session.objects.filter(user=person).update(began=timezone.now() - SESSION_LONGEST - timedelta(seconds=1))
    assert client.get("/compte/").url.startswith("/compte/connexion")


def test_using_a_session_keeps_it(client: Client, person: User) -> None:
    sign_in(client, person.email)
    before = timezone.now() - SESSION_IDLE + timedelta(minutes=5)
    Session.objects.filter(user=person).update(seen=before)
    client.get("/compte/nom")
    assert person.sessions.get().seen > before + timedelta(minutes=30)


def test_signing_out_ends_the_session_for_whoever_copied_it(client: Client, person: User) -> None:
    sign_in(client, person.email)
    thief = Client()
    thief.cookies["session"] = client.cookies["session"].value
    assert thief.get("/compte/").status_code == 200
    client.post("/compte/deconnexion")
    assert thief.get("/compte/").status_code == 302


def test_one_device_or_all_can_be_signed_out(client: Client, person: User) -> None:
    phone, library = Client(HTTP_USER_AGENT="Mozilla/5.0 (Android 15) Firefox/140"), Client()
    for one in (client, phone, library):
        sign_in(one, person.email)
    page = client.get("/compte/appareils").content.decode()
    assert "Firefox · Android" in page
    assert page.count("Cet appareil") == 1
    handle = Session.objects.get(session_key=phone.cookies["session"].value).handle
    client.post(f"/compte/appareils/{handle}/fin")
    assert [one.get("/compte/").status_code for one in (client, phone, library)] == [200, 302, 200]
    client.post("/compte/deconnexion/partout")
    assert [one.get("/compte/").status_code for one in (client, library)] == [302, 302]


def test_a_new_password_signs_the_others_out(client: Client, person: User) -> None:
    other = Client()
    for one in (client, other):
        sign_in(one, person.email)
    assert "/compte/confirmation" in client.get("/compte/mot-de-passe").url
    client.post("/compte/confirmation", {"password": PASSWORD})
    assert client.post("/compte/mot-de-passe", {"password": "court"}).status_code == 400
    assert client.post("/compte/mot-de-passe", {"password": f"{person.email} xx"}).status_code == 400
    assert client.post("/compte/mot-de-passe", {"password": "une autre phrase de passe"}).url == "/compte/"
    assert [one.get("/compte/").status_code for one in (client, other)] == [200, 302]
    assert mail.outbox[-1].to == [person.email]


def test_a_second_factor_is_asked_for(client: Client, person: User) -> None:
    TOTP.activate(person, SECRET)
    assert sign_in(client, person.email).url == "/compte/second-facteur/verification"
    assert signed_in_as(client) is None, "the password alone is not enough"
    page = client.post("/compte/second-facteur/verification", {"code": "000000"}).content.decode()
    assert "Ce code n&#x27;est pas le bon" in page
    assert client.post("/compte/second-facteur/verification", {"code": code()}).url == "/compte/"
    assert signed_in_as(client) == person.pk


def test_a_code_is_good_once(client: Client, person: User) -> None:
    TOTP.activate(person, SECRET)
    used = code()
    sign_in(client, person.email)
    client.post("/compte/second-facteur/verification", {"code": used})
    thief = Client()
    sign_in(thief, person.email)
    thief.post("/compte/second-facteur/verification", {"code": used})
    assert signed_in_as(thief) is None


def test_wrong_codes_are_slowed(client: Client, person: User) -> None:
    TOTP.activate(person, SECRET)
    sign_in(client, person.email)
    for _ in range(5):
        client.post("/compte/second-facteur/verification", {"code": "000000"})
    client.post("/compte/second-facteur/verification", {"code": code()})
    assert signed_in_as(client) is None


def test_a_link_does_not_go_round_the_second_factor(client: Client, person: User) -> None:
    from tests.site.accounts.conftest import sent_link

    TOTP.activate(person, SECRET)
    client.post("/compte/lien", {"address": person.email})
    assert client.post(sent_link()).url == "/compte/second-facteur/verification"
    assert signed_in_as(client) is None


def test_officers_need_a_second_factor_and_can_set_one_up(
    client: Client, member: Callable[..., User], settings: Any
) -> None:
    settings.SECOND_FACTOR_DEMANDED = True
    officer = member(Role.OFFICER)
    sign_in(client, officer.email)
    assert client.get("/compte/organisation/").url == "/compte/second-facteur"
    assert client.get("/compte/second-facteur").status_code == 200
    client.post("/compte/confirmation", {"password": PASSWORD})
    page = client.get("/compte/second-facteur/application").content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    session = client.session
    secret = session["mfa.totp.secret"]
    value = f"{hotp_value(secret, next(iter(yield_hotp_counters_from_time()))):06}"
    assert client.post("/compte/second-facteur/application", {"code": value}).url == "/compte/codes"
    assert secret not in str(Authenticator.objects.values_list("data", flat=True)), "sealed at rest"
    codes = client.get("/compte/codes").content.decode()
    assert codes.count("<code>") == 10
    assert len(client.get("/compte/codes/fichier").content.split()) == 10


def test_a_session_opened_before_the_second_factor_must_show_it(
    client: Client, member: Callable[..., User], settings: Any
) -> None:
    settings.SECOND_FACTOR_DEMANDED = True
    officer = member(Role.OFFICER)
    sign_in(client, officer.email)
    TOTP.activate(officer, SECRET)
    place = client.get("/compte/organisation/").url
    assert place == "/compte/second-facteur/confirmation?next=/compte/organisation/"
    assert client.post(place, {"code": code()}).url == "/compte/organisation/"
    assert client.get("/compte/organisation/").status_code == 200


def test_a_reader_needs_none(client: Client, member: Callable[..., User], settings: Any) -> None:
    settings.SECOND_FACTOR_DEMANDED = True
    sign_in(client, member(Role.READER).email)
    assert client.get("/compte/organisation/").status_code == 200


def test_the_database_holds_no_name_and_no_address(client: Client, person: User) -> None:
    """Everything that the pages above write, looked for in every table of the main database."""
    client.get("/compte/connexion")
    sign_in(client, person.email, "faux")
    sign_in(client, person.email)
    client.post("/compte/lien", {"address": person.email})
    client.post("/compte/nom", {"name": "Dominique Canari"})
    client.post("/compte/confirmation", {"password": PASSWORD})
    client.post("/compte/adresse", {"address": "canari@personne.example"})
    client.get("/compte/donnees")
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                held = b"|".join(
                    bytes(one) if isinstance(one, bytes | memoryview) else str(one).encode() for one in row
                )
                for canary in (b"ominique", b"personne.example", b"anari"):
                    assert canary not in held, table


def test_what_is_kept_about_oneself_can_be_taken_away(client: Client, person: User) -> None:
    sign_in(client, person.email)
    told = client.get("/compte/donnees").json()
    assert told["account"]["email"] == person.email
    assert len(told["sessions"]) == 1


def test_an_erased_account_is_gone_for_good(client: Client, person: User) -> None:
    sign_in(client, person.email)
    client.post("/compte/confirmation", {"password": PASSWORD})
    assert client.post("/compte/effacement").status_code == 400
    assert client.post("/compte/effacement", {"sure": "on"}).url == "/"
    person = User.objects.get(pk=person.pk)
    assert (person.email, person.name, person.is_active) == (None, None, False)
    assert sign_in(Client(), "dominique@personne.example").status_code == 200
    assert client.get("/compte/").status_code == 302


def test_the_last_administrator_cannot_be_erased_before_another_is_named(
    client: Client, member: Callable[..., User]
) -> None:
    administrator = member(Role.ADMINISTRATOR)
    client.force_login(administrator)
    client.post("/compte/confirmation", {"password": PASSWORD})
    answer = client.post("/compte/effacement", {"sure": "on"})
    assert answer.status_code == 400
    assert "seule personne qui administre" in answer.content.decode()
    assert User.objects.get(pk=administrator.pk).email == administrator.email
