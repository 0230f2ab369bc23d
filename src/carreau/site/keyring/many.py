"""Seal and open the values of many people with a few queries."""

import os
from collections.abc import Iterable, Sequence
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from carreau.site.keyring.keys import NONCE, Erased, new_key, unwrap
from carreau.site.keyring.models import Key

AT_ONCE = 5_000


def seal_many(people: Sequence[UUID], texts: Iterable[str]) -> list[bytes]:
    """Seal one text for each person, as `seal` does; keys that are missing are made. Raises Erased."""
    keys = _keys(people)
    missing = [person for person in dict.fromkeys(people) if person not in keys]
    made = {person: new_key(person) for person in missing}
    Key.objects.bulk_create([Key(person=person, wrapped=wrapped) for person, (_, wrapped) in made.items()], AT_ONCE)
    keys |= {person: key for person, (key, _) in made.items()}
    return [_seal(person, keys[person], text) for person, text in zip(people, texts, strict=True)]


def unseal_many(people: Sequence[UUID], sealed: Iterable[bytes]) -> list[str | None]:
    """Open one value for each person, as `unseal` does: None for whoever was erased."""
    keys = _keys(people)
    return [_open(person, keys.get(person), bytes(one)) for person, one in zip(people, sealed, strict=True)]


def _keys(people: Sequence[UUID]) -> dict[UUID, bytes | None]:
    """The keys that there are; None for one that was destroyed."""
    asked = list(dict.fromkeys(people))
    found: dict[UUID, bytes | None] = {}
    for start in range(0, len(asked), AT_ONCE):
        rows = Key.objects.filter(person__in=asked[start : start + AT_ONCE]).values_list("person", "wrapped")
        found |= {person: unwrap(person, bytes(wrapped)) if wrapped else None for person, wrapped in rows}
    return found


def _seal(person: UUID, key: bytes | None, text: str) -> bytes:
    if key is None:
        raise Erased(str(person))
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, text.encode(), person.bytes)


def _open(person: UUID, key: bytes | None, sealed: bytes) -> str | None:
    if key is None or not sealed:
        return None
    return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], person.bytes).decode()
