"""Seal a value under the key of a person, open it, and destroy the key."""

import os
from functools import cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from carreau.site.keyring.models import Key
from carreau.site.keyring.router import KEYRING

NONCE = 12


class Erased(Exception):  # noqa: N818 - it says what the person is
    """The person's key was destroyed: nothing can be sealed for them any more."""


def seal(person: UUID, text: str) -> bytes:
    """Encrypt a text under the person's key, which is made at the first use. Raises Erased."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(_key(person)).encrypt(nonce, text.encode(), person.bytes)


def unseal(person: UUID, sealed: bytes) -> str | None:
    """The text again, or None when the person was erased. Raises ValueError for what was sealed for another person."""
    wrapped = Key.objects.filter(person=person).values_list("wrapped", flat=True).first()
    if wrapped is None or not sealed:
        return None
    try:
        return AESGCM(unwrap(person, bytes(wrapped))).decrypt(sealed[:NONCE], sealed[NONCE:], person.bytes).decode()
    except InvalidTag:
        raise ValueError("sealed for another person, or altered") from None


def destroy(person: UUID) -> None:
    """Destroy the key: from now on nothing sealed for this person can be read, here or in any copy of the data."""
    now = timezone.now()
    _, made = Key.objects.get_or_create(person=person, defaults={"wrapped": None, "destroyed": now})
    if not made:
        Key.objects.filter(person=person, destroyed__isnull=True).update(wrapped=None, destroyed=now)


def new_key(person: UUID) -> tuple[bytes, bytes]:
    """A key for this person, and the same wrapped for the database."""
    key, nonce = AESGCM.generate_key(256), os.urandom(NONCE)
    return key, nonce + AESGCM(_master()).encrypt(nonce, key, person.bytes)


def unwrap(person: UUID, wrapped: bytes) -> bytes:
    """The key again."""
    return AESGCM(_master()).decrypt(wrapped[:NONCE], wrapped[NONCE:], person.bytes)


def _key(person: UUID) -> bytes:
    found = Key.objects.filter(person=person).first()
    if found is None:
        key, wrapped = new_key(person)
        try:
            with transaction.atomic(using=KEYRING):
                Key.objects.create(person=person, wrapped=wrapped)
            return key
        except IntegrityError:  # somebody else made it meanwhile
            found = Key.objects.get(person=person)
    if found.wrapped is None:
        raise Erased(str(person))
    return unwrap(person, bytes(found.wrapped))


def _master() -> bytes:
    return _derived(settings.SECRET_KEY)


@cache
def _derived(secret: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"carreau keyring").derive(secret.encode())
