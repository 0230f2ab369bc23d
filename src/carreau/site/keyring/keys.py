"""Seal a value under the key of a person, open it, and destroy the key."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connections, transaction
from django.utils import timezone

from carreau.site.keyring.master import NONCE, unwrap, wrap
from carreau.site.keyring.models import FIRST_PERSON, Key
from carreau.site.keyring.router import KEYRING

INDEX, SIGNER = UUID(int=0), UUID(int=1)
"""Whose keys find accounts by their address, and sign records: the installation's. They are never destroyed."""

AT_ONCE = 5_000
_HELD: ContextVar[dict[UUID, bytes | None] | None] = ContextVar("held keys", default=None)


class Erased(Exception):  # noqa: N818 - it says what the person is
    """The person's key was destroyed: nothing can be sealed for them any more."""


@contextmanager
def holding() -> Iterator[None]:
    """Keys found within are held until the end, so that each is asked for once: for a request, never longer."""
    token = _HELD.set({})
    try:
        yield
    finally:
        _HELD.reset(token)


def seal(person: UUID, text: str) -> bytes:
    """Encrypt a text under the person's key, which is made at the first use. Raises Erased."""
    return seal_with(key_of(person), person, text)


def unseal(person: UUID, sealed: bytes) -> str | None:
    """The text again, or None when the person was erased. Raises ValueError for what was sealed for another person."""
    return open_with(keys_of([person]).get(person), person, sealed)


def destroy(person: UUID) -> None:
    """Destroy the key: from now on nothing sealed for this person can be read, here or in any copy of the data.

    Raises ValueError for a key of the installation itself.
    """
    if person < FIRST_PERSON:
        raise ValueError("a key of the installation cannot be destroyed")
    now = timezone.now()
    _overwrite_what_is_deleted()
    _, made = Key.objects.get_or_create(person=person, defaults={"wrapped": None, "destroyed": now})
    if not made:
        Key.objects.filter(person=person, destroyed__isnull=True).update(wrapped=None, destroyed=now)
    _empty_the_journal()
    if (held := _HELD.get()) is not None:
        held[person] = None


def key_of(person: UUID) -> bytes:
    """The person's key, made at the first use. Raises Erased."""
    keys = keys_of([person])
    key = keys[person] if person in keys else make_keys([person])[person]
    if key is None:
        raise Erased(str(person))
    return key


def keys_of(people: Iterable[UUID]) -> dict[UUID, bytes | None]:
    """The keys that there are, with a query for every `AT_ONCE` people; None for one that was destroyed."""
    held = _HELD.get()
    asked = list(dict.fromkeys(people))
    found = {person: held[person] for person in asked if person in held} if held else {}
    unknown = [person for person in asked if person not in found]
    for start in range(0, len(unknown), AT_ONCE):
        rows = Key.objects.filter(person__in=unknown[start : start + AT_ONCE]).values_list("person", "wrapped")
        found |= {person: unwrap(person, bytes(wrapped)) if wrapped else None for person, wrapped in rows}
    if held is not None:
        held.update(found)
    return found


def make_keys(people: Iterable[UUID]) -> dict[UUID, bytes | None]:
    """Make keys for people who have none; whoever was given one meanwhile has that one."""
    made = {person: AESGCM.generate_key(256) for person in people}
    rows = [Key(person=person, wrapped=wrap(person, key)) for person, key in made.items()]
    with transaction.atomic(using=KEYRING):
        Key.objects.bulk_create(rows, AT_ONCE, ignore_conflicts=True)
    return keys_of(made)


def seal_with(key: bytes, person: UUID, text: str) -> bytes:
    """A text under a key, bound to the person."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, text.encode(), person.bytes)


def open_with(key: bytes | None, person: UUID, sealed: bytes) -> str | None:
    """The text again; None without a key or a value. Raises ValueError for what was sealed for another person."""
    if key is None or not sealed:
        return None
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], person.bytes).decode()
    except InvalidTag:
        raise ValueError("sealed for another person, or altered") from None


def _overwrite_what_is_deleted() -> None:
    if connections[KEYRING].vendor == "sqlite":
        with connections[KEYRING].cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def _empty_the_journal() -> None:
    """SQLite keeps replaced pages in its journal until they are written over: no key may stay there."""
    if connections[KEYRING].vendor == "sqlite" and not connections[KEYRING].in_atomic_block:
        with connections[KEYRING].cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
