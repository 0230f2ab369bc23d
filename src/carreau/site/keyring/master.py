"""Wrap the keys of people under the installation's own secret, which is not the one that signs sessions."""

import os
from functools import cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE = 12


class WrongSecret(Exception):  # noqa: N818 - it says what is wrong
    """A key was wrapped under a secret that the installation no longer has."""


def wrap(person: UUID, key: bytes) -> bytes:
    """A key as the database keeps it, under the present secret."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(_masters()[0]).encrypt(nonce, key, person.bytes)


def unwrap(person: UUID, wrapped: bytes) -> bytes:
    """The key again, wrapped under the present secret or the one before. Raises WrongSecret."""
    for master in _masters():
        if (key := _opened(master, person, wrapped)) is not None:
            return key
    raise WrongSecret("KEYRING_SECRET is not the secret under which the keys were wrapped")


def is_under_present_secret(person: UUID, wrapped: bytes) -> bool:
    """Whether a key needs no wrapping again."""
    return _opened(_masters()[0], person, wrapped) is not None


def _opened(master: bytes, person: UUID, wrapped: bytes) -> bytes | None:
    try:
        return AESGCM(master).decrypt(wrapped[:NONCE], wrapped[NONCE:], person.bytes)
    except InvalidTag:
        return None


def _masters() -> tuple[bytes, ...]:
    secrets: tuple[str, ...] = tuple(settings.KEYRING_SECRETS)
    if not secrets:
        raise ImproperlyConfigured("the keyring has no secret: set KEYRING_SECRET, or make the installation's folder")
    return tuple(_derived(secret) for secret in secrets)


@cache
def _derived(secret: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"carreau keyring").derive(secret.encode())
