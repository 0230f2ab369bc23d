"""Somebody erased cannot be read again: not in the database, not in the log, not in a back-up put back afterwards."""

import base64
import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler
from django.utils import timezone
from tests.site.audit.conftest import Office

from carreau.site.accounts.models import Invitation, LastAdministrator, Link, Membership, Purpose, Session, User
from carreau.site.accounts.rights import Role
from carreau.site.audit.entry import open_entries
from carreau.site.audit.erasure import erase, reapply_erasures
from carreau.site.audit.models import Entry
from carreau.site.keyring.index import blind_index
from carreau.site.keyring.keys import unseal
from carreau.site.keyring.models import Key

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)

NAME, RENAMED, ADDRESS = "Zénobie Canari-Quartz", "Zénobie Merlebleu", "zenobie.canari@exemple.example"
VALUES = (NAME, RENAMED, ADDRESS)


@pytest.fixture
def zenobie(office: Office) -> User:
    """Somebody with a name, another name, a membership, an invitation, a session, a second factor."""
    user = User.objects.create_user(ADDRESS, "a long enough password", name=NAME)
    user.name = RENAMED
    user.save()
    Membership.objects.create(user=user, organisation=office.organisation, role=Role.OFFICER)
    assert office.manager.user is not None
    Invitation.objects.create(
        organisation=office.elsewhere,
        role=Role.READER,
        person=user.person,
        address=ADDRESS,
        index=blind_index(ADDRESS),
        digest="d" * 64,
        invited_by=office.manager.user,
        expires=timezone.now() + timedelta(days=1),
    )
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    SocialAccount.objects.create(user=user, provider="a provider", uid="who they are there")
    later = timezone.now() + timedelta(hours=1)
    Session.objects.create(session_key="k", session_data="", expire_date=later, user=user)
    Link.objects.create(purpose=Purpose.ADDRESS, digest="e" * 64, sealed=b"", user=user, expires=later)
    return user


def person_of(user: User) -> UUID:
    return UUID(str(user.person_id))


def backed_up(folder: Path) -> Path:
    """A back-up of the data as an installation makes it: the keyring is not in it."""
    if connection.vendor == "sqlite":
        file = folder / "backup.sqlite3"
        with connection.cursor() as cursor, sqlite3.connect(file) as copy:
            cursor.connection.backup(copy)
        copy.close()
        return file
    file = folder / "backup.sql"
    _postgres("pg_dump", "--format=plain", f"--file={file}", settings.DATABASES["default"]["NAME"])
    return file


def restored(file: Path) -> BaseDatabaseWrapper:
    """A new database made from the back-up."""
    name = str(file)
    if connection.vendor != "sqlite":
        name = "carreau_restored"
        _postgres("dropdb", "--if-exists", name)
        _postgres("createdb", name)
        _postgres("psql", "--quiet", "--set=ON_ERROR_STOP=1", f"--file={file}", name)
    return ConnectionHandler({"default": {**connection.settings_dict, "NAME": name}})["default"]


def put_back(file: Path) -> None:
    """The data as they were when the back-up was made; the keyring stays as it is now."""
    if connection.vendor == "sqlite":
        with sqlite3.connect(file) as copy, connection.cursor() as cursor:
            copy.backup(cursor.connection)
        copy.close()
        return
    name = settings.DATABASES["default"]["NAME"]
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
    connection.close()
    _postgres("psql", "--quiet", "--set=ON_ERROR_STOP=1", "--command=CREATE SCHEMA public", f"--file={file}", name)


def _postgres(program: str, *arguments: str) -> None:
    held = settings.DATABASES["default"]
    place = [f"--host={held['HOST']}", f"--port={held['PORT']}", f"--username={held['USER']}"]
    programs = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), reverse=True)
    environment = {**os.environ, "PGPASSWORD": str(held["PASSWORD"])}
    command = [str(programs[0]) if programs else program, *place, *arguments]
    subprocess.run(command, check=True, capture_output=True, env=environment)


def written_ways(text: str) -> Iterator[bytes]:
    """A text as it could lie in a column or a file: plain, escaped in JSON, UTF-16, hexadecimal, base64."""
    plain = text.encode()
    yield from (plain, json.dumps(text)[1:-1].encode(), text.encode("utf-16-le"), plain.hex().encode())
    for start in range(3):  # whatever stands before it; the edges depend on what stands around
        yield base64.b64encode(plain[start : len(plain) - (len(plain) - start) % 3])


def everything(place: Any = connection) -> Iterator[tuple[str, bytes]]:
    """Every value of every column of every table."""
    with place.cursor() as cursor:
        for table in place.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            columns = [column.name if hasattr(column, "name") else column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    yield f"{table}.{column}", raw


def found_in(file: Path, place: Any = connection) -> set[str]:
    """Where any of the values lies: in which columns of a database, or anywhere in the file."""
    ways = [way for value in VALUES for way in written_ways(value)]
    places = {column for column, raw in everything(place) if any(way in raw for way in ways)}
    if any(way in file.read_bytes() for way in ways):
        places.add(file.name)
    return places


def opened() -> list[Any]:
    """What the log can still open."""
    return [one for one in open_entries(Entry.objects.exclude(sealed=None)) if one and NAME in str(one)]


def test_the_search_finds_what_is_in_clear(office: Office, tmp_path: Path) -> None:
    for value in (NAME, base64.b64encode(b"x" + ADDRESS.encode()).decode(), RENAMED.encode().hex()):
        office.organisation.name = value
        office.organisation.save()
        assert "accounts_organisation.name" in found_in(backed_up(tmp_path))


def test_nothing_was_in_clear_before_either(zenobie: User, tmp_path: Path) -> None:
    assert (zenobie.name, zenobie.email) == (RENAMED, ADDRESS)
    assert opened()
    assert found_in(backed_up(tmp_path)) == set()


def test_a_backup_made_before_cannot_be_read_after(zenobie: User, tmp_path: Path) -> None:
    file = backed_up(tmp_path)
    erase(person_of(zenobie))
    copy = restored(file)
    column = User._meta.get_field("person").get_db_prep_value(zenobie.person_id, connection)
    try:
        with copy.cursor() as cursor:
            cursor.execute("SELECT name, email, is_active FROM accounts_user WHERE id = %s", [zenobie.pk])
            name, email, active = cursor.fetchone()
            cursor.execute("SELECT sealed FROM audit_entry WHERE sealed IS NOT NULL AND person = %s", [column])
            entries = [bytes(sealed) for (sealed,) in cursor.fetchall()]
        assert active  # it is the data from before
        assert len(entries) >= 3
        assert len(bytes(name)) > len(NAME)
        hers = [bytes(name), bytes(email), *entries]
        assert [unseal(person_of(zenobie), one) for one in hers] == [None] * len(hers)
        assert found_in(file, copy) == set()
    finally:
        copy.close()


def test_after_it_nothing_is_left_that_opens_or_finds_the_account(zenobie: User, office: Office) -> None:
    person, index = person_of(zenobie), zenobie.username
    erase(person)
    user = User.objects.get(pk=zenobie.pk)
    assert (user.name, user.email, user.is_active, user.has_usable_password()) == (None, None, False, False)
    assert User.objects.with_email(ADDRESS) is None
    assert not any(index.encode() in raw for _, raw in everything())
    assert not user.memberships.in_force().exists()
    assert not Session.objects.filter(user=user).exists()
    assert not Authenticator.objects.filter(user=user).exists()
    assert not SocialAccount.objects.filter(user=user).exists()
    assert not Link.objects.filter(user=user).exists()
    invitation = Invitation.objects.get(person=person)
    assert (invitation.address, invitation.withdrawn is not None) == (None, True)
    assert opened() == []
    assert office.manager.user is not None
    assert User.objects.get(pk=office.manager.user.pk).name == "Jo Gestion"


def test_it_is_entered_once_and_without_a_value(zenobie: User) -> None:
    person = person_of(zenobie)
    erase(person)
    entry = Entry.objects.get(verb="erased")
    assert (entry.model, entry.object_id, entry.before, entry.after) == ("accounts.person", str(person), {}, {})
    assert entry.sealed is None
    erase(person)
    assert Entry.objects.filter(verb="erased").count() == 1


def test_the_address_may_be_used_again(zenobie: User) -> None:
    erase(person_of(zenobie))
    again = User.objects.create_user(ADDRESS, name="Somebody else")
    assert again.person_id != zenobie.person_id


def test_the_last_administrator_hands_over_first_and_loses_nothing(zenobie: User, office: Office) -> None:
    Membership.objects.create(user=zenobie, organisation=office.elsewhere, role=Role.ADMINISTRATOR)
    with pytest.raises(LastAdministrator):
        erase(person_of(zenobie))
    assert User.objects.get(pk=zenobie.pk).name == RENAMED
    assert User.objects.get(pk=zenobie.pk).is_active
    assert not Entry.objects.filter(verb="erased").exists()


def test_data_put_back_are_erased_again(zenobie: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = backed_up(tmp_path)
    erase(person_of(zenobie))
    put_back(file)
    back = User.objects.get(pk=zenobie.pk)
    assert (back.is_active, back.username, back.name, back.email) == (True, zenobie.username, None, None)
    entries = Entry.objects.filter(person=zenobie.person_id, sealed__isnull=False)
    assert len(entries) > 2
    assert open_entries(entries) == [None] * len(entries)
    call_command("reapply_erasures")
    assert capsys.readouterr().out == "1 people erased again\n"
    user = User.objects.get(pk=zenobie.pk)
    assert (user.is_active, user.name) == (False, None)
    assert User.objects.with_email(ADDRESS) is None
    assert Entry.objects.filter(verb="erased", object_id=str(person_of(zenobie))).count() == 1
    assert reapply_erasures() == 0


def test_a_keyring_put_back_loses_its_keys_again(zenobie: User) -> None:
    before = Key.objects.filter(person=zenobie.person_id).values().get()
    erase(person_of(zenobie))
    Key.objects.filter(person=zenobie.person_id).update(wrapped=before["wrapped"], destroyed=None)
    assert opened()
    assert reapply_erasures() == 1
    assert opened() == []
    assert reapply_erasures() == 0
