"""Seal and open the values of many people with a few queries."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from carreau.site.keyring.keys import Erased, keys_of, make_keys, open_with, seal_with


def seal_many(people: Sequence[UUID], texts: Iterable[str]) -> list[bytes]:
    """Seal one text for each person, as `seal` does; keys that are missing are made. Raises Erased."""
    keys = keys_of(people)
    if missing := [person for person in dict.fromkeys(people) if person not in keys]:
        keys |= make_keys(missing)
    return [_sealed(keys[person], person, text) for person, text in zip(people, texts, strict=True)]


def unseal_many(people: Sequence[UUID], sealed: Iterable[bytes]) -> list[str | None]:
    """Open one value for each person, as `unseal` does: None for whoever was erased."""
    keys = keys_of(people)
    return [open_with(keys.get(person), person, bytes(one)) for person, one in zip(people, sealed, strict=True)]


def _sealed(key: bytes | None, person: UUID, text: str) -> bytes:
    if key is None:
        raise Erased(str(person))
    return seal_with(key, person, text)
