"""A value opens with its person's key and with nothing else; a destroyed key never comes back."""

import uuid

import pytest
from django.core.checks import Tags, run_checks
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import call_command
from django.db import IntegrityError, connections, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from carreau.site.accounts.models import Person, User
from carreau.site.audit.erasure import ERASED, erase
from carreau.site.audit.models import Entry
from carreau.site.bridge.signing import public_pem
from carreau.site.keyring.fields import open_many
from carreau.site.keyring.index import blind_index
from carreau.site.keyring.keys import INDEX, SIGNER, Erased, destroy, holding, seal, unseal
from carreau.site.keyring.many import seal_many, unseal_many
from carreau.site.keyring.master import WrongSecret
from carreau.site.keyring.models import FIRST_PERSON, Key
from carreau.site.keyring.rotation import rewrap

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

ADA, BEN = uuid.uuid4(), uuid.uuid4()


def test_a_text_comes_back_and_is_other_bytes_each_time() -> None:
    first, second = seal(ADA, "Ada Lovelace"), seal(ADA, "Ada Lovelace")
    assert first != second
    assert unseal(ADA, first) == unseal(ADA, second) == "Ada Lovelace"
    assert b"Ada" not in first


def test_nobody_elses_key_opens_it() -> None:
    sealed = seal(ADA, "Ada")
    seal(BEN, "Ben")
    with pytest.raises(ValueError, match="another person"):
        unseal(BEN, sealed)
    with pytest.raises(ValueError, match="altered"):
        unseal(ADA, sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_a_destroyed_key_opens_nothing_and_seals_nothing() -> None:
    sealed = seal(ADA, "Ada")
    destroy(ADA)
    destroy(ADA)
    assert unseal(ADA, sealed) is None
    for attempt in (lambda: seal(ADA, "again"), lambda: seal_many([ADA], ["again"])):
        with pytest.raises(Erased):
            attempt()
    kept = Key.objects.get(person=ADA)
    assert (kept.wrapped, kept.destroyed is not None) == (None, True)


def test_whoever_never_had_a_key_can_be_erased() -> None:
    destroy(ADA)
    with pytest.raises(Erased):
        seal(ADA, "late")


@pytest.mark.parametrize("owner", [INDEX, SIGNER, uuid.UUID(int=FIRST_PERSON.int - 1)])
def test_a_key_of_the_installation_is_never_destroyed(owner: uuid.UUID) -> None:
    sealed = seal(owner, "a secret")
    with pytest.raises(ValueError, match="cannot be destroyed"):
        destroy(owner)
    with pytest.raises(ValueError, match="cannot be destroyed"):
        erase(owner)
    with pytest.raises(IntegrityError), transaction.atomic(using="keyring"):
        Key.objects.filter(person=owner).update(wrapped=None, destroyed=timezone.now())
    assert unseal(owner, sealed) == "a secret"
    assert not Entry.objects.filter(verb=ERASED).exists(), "nor is it said to be erased"


def test_the_id_of_a_person_is_never_one_of_the_installations() -> None:
    """The digits that say that an id is random are above all of theirs."""
    assert uuid.UUID(int=0, version=4) > FIRST_PERSON
    destroy(FIRST_PERSON)
    assert Key.objects.get(person=FIRST_PERSON).destroyed


def test_a_record_signed_before_somebody_was_erased_is_still_the_installations() -> None:
    before = public_pem()
    erase(Person.objects.create().pk)
    assert public_pem() == before


def test_a_held_key_is_gone_once_destroyed() -> None:
    with holding():
        sealed = seal(ADA, "Ada")
        assert unseal(ADA, sealed) == "Ada"
        destroy(ADA)
        assert unseal(ADA, sealed) is None


def test_many_are_opened_with_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    people = [uuid.uuid4() for _ in range(300)]
    sealed = seal_many(people, [f"name {number}" for number in range(300)])
    with django_assert_num_queries(1, connection=connections["keyring"]):
        assert unseal_many(people, sealed) == [f"name {number}" for number in range(300)]


def test_a_list_of_accounts_asks_for_its_keys_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(20):
        User.objects.create_user(f"{number}@example.org", name=f"name {number}")
    with django_assert_num_queries(1, connection=connections["keyring"]):
        users = open_many(User.objects.order_by("pk"))
        assert [(user.name, user.email) for user in users][3] == ("name 3", "3@example.org")


def test_within_a_request_each_key_is_asked_for_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    user = User.objects.create_user("a@example.org", name="Ada")
    with holding(), django_assert_num_queries(1, connection=connections["keyring"]):
        for _ in range(3):
            found = User.objects.get(pk=user.pk)
            assert (found.name, found.email) == ("Ada", "a@example.org")


def test_a_sealed_field_that_the_query_left_out_is_read_when_asked_for() -> None:
    User.objects.create_user("a@example.org", name="Ada")
    assert User.objects.only("username").get().name == "Ada"


def test_a_sealed_field_cannot_be_searched() -> None:
    with pytest.raises(FieldError, match="Unsupported lookup"):
        User.objects.filter(name="Ada")


def test_an_address_is_found_whatever_its_capitals_and_not_under_another_index() -> None:
    assert blind_index(" Ada@Example.org") == blind_index("ada@example.ORG")
    before = blind_index("ada@example.org")
    Key.objects.filter(person=INDEX).delete()
    assert blind_index("ada@example.org") != before


def test_the_secret_of_sessions_may_change(settings: Settings) -> None:
    sealed, index = seal(ADA, "Ada"), blind_index("ada@example.org")
    settings.SECRET_KEY = "another secret of sessions altogether, long enough"
    assert (unseal(ADA, sealed), blind_index("ada@example.org")) == ("Ada", index)


def test_the_secret_of_the_keyring_changes_in_three_steps(settings: Settings) -> None:
    sealed, index = seal(ADA, "Ada"), blind_index("ada@example.org")
    destroy(BEN)
    old = settings.KEYRING_SECRETS
    settings.KEYRING_SECRETS = ("new", *old)
    assert unseal(ADA, sealed) == "Ada"
    assert rewrap() == 2  # Ada's and the index's
    assert rewrap() == 0
    settings.KEYRING_SECRETS = ("new",)
    assert (unseal(ADA, sealed), blind_index("ada@example.org")) == ("Ada", index)
    assert Key.objects.get(person=BEN).wrapped is None
    settings.KEYRING_SECRETS = old
    with pytest.raises(WrongSecret):
        unseal(ADA, sealed)


def test_a_wrong_or_missing_secret_is_said_at_the_start(settings: Settings) -> None:
    def said() -> list[str]:
        found = run_checks(tags=[Tags.database], databases=["keyring"])
        return [str(one.id) for one in found if str(one.id).startswith("keyring")]

    seal(ADA, "Ada")
    assert said() == []
    for secrets in (("wrong",), ()):
        settings.KEYRING_SECRETS = secrets
        assert said() == ["keyring.E001"]
    with pytest.raises(ImproperlyConfigured, match="KEYRING_SECRET"):
        seal(BEN, "Ben")


def test_the_command_says_how_many(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    seal(ADA, "Ada")
    settings.KEYRING_SECRETS = ("new", *settings.KEYRING_SECRETS)
    call_command("rewrap_keys")
    assert capsys.readouterr().out == "1 keys wrapped under the present secret\n"
