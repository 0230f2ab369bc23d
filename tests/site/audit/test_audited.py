"""Saving a record writes an entry: who, when, what, before and after, and nothing personal in clear."""

import json
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from tests.site.audit.conftest import Office

from carreau.site.accounts.models import Kind, Membership, Organisation, User
from carreau.site.accounts.rights import Role
from carreau.site.audit.acting import acting
from carreau.site.audit.bulk import BulkRefused, bulk
from carreau.site.audit.entry import open_entries
from carreau.site.audit.models import Entry

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def newest() -> Entry:
    entry = Entry.objects.first()
    assert entry is not None
    return entry


def test_making_a_record_enters_its_values() -> None:
    made = Organisation.objects.create(name="Habitat du Test", kind=Kind.LANDLORD)
    entry = newest()
    assert (entry.verb, entry.model, entry.object_id) == ("created", "accounts.organisation", str(made.pk))
    assert entry.before == {}
    assert entry.after.items() >= {"name": "Habitat du Test", "kind": "landlord"}.items()
    assert (entry.actor, entry.role, entry.organisation) == (None, "", made.pk)


def test_changing_a_record_enters_what_changed_and_who_changed_it(office: Office) -> None:
    found = Organisation.objects.get(pk=office.organisation.pk)
    found.name = "Habitat renommé"
    with acting(office.manager, via="job 12"):
        found.save()
    entry = newest()
    assert (entry.verb, entry.before, entry.after) == (
        "changed",
        {"name": "Habitat du Test"},
        {"name": "Habitat renommé"},
    )
    assert office.manager.user is not None
    assert (entry.actor, entry.role, entry.via) == (office.manager.user.pk, "manager", "job 12")
    assert entry.actor_organisation == office.organisation.pk


def test_ending_and_deleting(office: Office) -> None:
    office.membership.ended = timezone.now()
    office.membership.save()
    assert newest().verb == "ended"
    gone = office.elsewhere.pk
    office.elsewhere.delete()
    entry = newest()
    assert (entry.verb, entry.object_id, entry.before["name"]) == ("deleted", str(gone), "Habitat d’ailleurs")
    assert entry.after == {}


def test_saving_without_a_change_enters_nothing(office: Office) -> None:
    count = Entry.objects.count()
    office.organisation.save()
    Organisation.objects.get(pk=office.organisation.pk).save(update_fields=["name"])
    user = User.objects.get(pk=office.membership.user_id)
    assert user.name == "Jo Gestion"
    user.save()
    assert Entry.objects.count() == count


def test_a_save_puts_back_nothing_that_somebody_else_changed(office: Office) -> None:
    mine = Organisation.objects.get(pk=office.organisation.pk)
    theirs = Organisation.objects.get(pk=office.organisation.pk)
    theirs.siren = "123456782"
    theirs.save()
    mine.name = "Habitat renommé"
    mine.save()
    mine.refresh_from_db()
    assert (mine.name, mine.siren) == ("Habitat renommé", "123456782")
    assert newest().after == {"name": "Habitat renommé"}


def test_a_record_deleted_meanwhile_does_not_come_back(office: Office) -> None:
    again = Organisation.objects.get(pk=office.elsewhere.pk)
    office.elsewhere.delete()
    again.name = "Revenu"
    with pytest.raises(DatabaseError), transaction.atomic():
        again.save()


def test_a_value_read_late_is_compared_with_the_database(office: Office) -> None:
    part = Organisation.objects.only("kind").get(pk=office.organisation.pk)
    part.name = "Habitat renommé"
    part.save()
    assert newest().before == {"name": "Habitat du Test"}


def test_a_copy_is_a_new_record(office: Office) -> None:
    office.elsewhere.pk = None
    office.elsewhere.save()
    assert newest().verb == "created"
    assert newest().object_id == str(office.elsewhere.pk)


def test_a_record_given_an_id_that_exists_is_a_change(office: Office) -> None:
    Organisation(pk=office.elsewhere.pk, name="Repris", kind=Kind.LANDLORD).save()
    assert (newest().verb, newest().after) == ("changed", {"name": "Repris"})


def test_the_entry_goes_with_the_change_that_is_undone() -> None:
    with transaction.atomic():
        Organisation.objects.create(name="Jamais", kind=Kind.LANDLORD)
        transaction.set_rollback(True)
    assert not Entry.objects.exists()


def test_an_expression_is_refused(office: Office) -> None:
    office.organisation.name = F("siren")
    with pytest.raises(TypeError, match="values, not expressions"):
        office.organisation.save()


def test_personal_values_are_sealed_and_secrets_are_nowhere(office: Office) -> None:
    user = User.objects.get(pk=office.membership.user_id)
    user.name = "Jo Nouveau"
    user.set_password("another long password")
    user.save()
    entry = newest()
    assert (entry.before, entry.after) == ({}, {})
    assert (entry.personal, entry.secret, entry.person) == (["name"], ["password"], user.person_id)
    assert "Jo" not in json.dumps([entry.before, entry.after, entry.personal, entry.secret])
    assert b"Jo" not in bytes(entry.sealed or b"")
    assert open_entries([entry]) == [{"before": {"name": "Jo Gestion"}, "after": {"name": "Jo Nouveau"}}]
    created = Entry.objects.get(model="accounts.user", verb="created")
    assert user.password not in str(created.after)
    assert created.secret == ["password", "username"]


def test_entries_of_one_organisation_do_not_show_another(office: Office) -> None:
    Membership.objects.create(user_id=office.membership.user_id, organisation=office.elsewhere, role=Role.READER)
    ours, theirs = Entry.objects.of(office.organisation), Entry.objects.of(office.elsewhere)
    assert ours.about("accounts.Membership").count() == theirs.about("accounts.membership").count() == 1
    assert not set(ours) & set(theirs)


@pytest.mark.parametrize("act", ["update", "bulk_create", "bulk_update", "delete", "related update"])
def test_many_at_once_are_refused(office: Office, act: str) -> None:
    acts = {
        "update": lambda: Organisation.objects.update(name="tous"),
        "bulk_create": lambda: Organisation.objects.bulk_create([Organisation(name="a", kind=Kind.LANDLORD)]),
        "bulk_update": lambda: Organisation.objects.bulk_update([office.organisation], ["name"]),
        "delete": lambda: Membership.objects.all().delete(),
        "related update": lambda: office.organisation.memberships.update(role=Role.READER),
    }
    with pytest.raises(BulkRefused, match="would leave no entry"):
        acts[act]()


def test_many_at_once_with_a_reason_are_one_entry_a_kind_of_change(office: Office) -> None:
    count = Entry.objects.count()
    with acting(office.manager), bulk("a register was imported"):
        made = Organisation.objects.bulk_create([Organisation(name=name, kind=Kind.UNION) for name in "abc"])
        Organisation.objects.filter(kind=Kind.UNION).update(fictitious=True)
        for one in made:
            one.name += "!"
        Organisation.objects.bulk_update(made, ["name"])
        Organisation.objects.filter(name="a!").delete()
    assert Entry.objects.count() == count + 3
    found = {entry.verb: entry.after for entry in Entry.objects.filter(after__has_key="reason")}
    assert {verb: says["count"] for verb, says in found.items()} == {"created": 3, "changed": 6, "deleted": 1}
    assert {says["reason"] for says in found.values()} == {"a register was imported"}
    assert all(len(says["sha256"]) == 64 for says in found.values())
    assert newest().organisation == office.organisation.pk


def test_the_hash_of_an_update_depends_on_what_it_sets_and_not_on_what_is_personal(office: Office) -> None:
    hashes = []
    for values in ({"role": Role.READER}, {"role": Role.READER}, {"role": Role.OFFICER}):
        with bulk("roles"):
            Membership.objects.update(**values)
        hashes.append(newest().after["sha256"])
    assert hashes[0] == hashes[1] != hashes[2]
    hashes = []
    for sealed in (b"one", b"another"):
        with bulk("names"):
            User.objects.filter(pk=office.membership.user_id).update(name=sealed)
        hashes.append(newest().after["sha256"])
    assert hashes[0] == hashes[1], "what is personal is in no hash, which anybody could try names on"


def test_the_hash_of_many_depends_on_their_content() -> None:
    hashes = []
    for name in ("a", "a", "b"):
        with bulk("same"):
            Organisation.objects.bulk_create([Organisation(pk=99, name=name, kind=Kind.UNION)])
        hashes.append(newest().after["sha256"])
        with bulk("clean"):
            Organisation.objects.all().delete()
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_bulk_that_fails_leaves_neither_records_nor_entry() -> None:
    twice = [Organisation(pk=1, name=name, kind=Kind.UNION) for name in "ab"]
    with pytest.raises(IntegrityError), bulk("never"):
        Organisation.objects.bulk_create(twice)
    assert not Organisation.objects.exists()
    assert not Entry.objects.exists()


def test_ids_of_people_are_kept_as_they_are(office: Office) -> None:
    assert isinstance(Entry.objects.filter(person__isnull=False)[0].person, UUID)
