"""Write an entry, in the name of whoever is acting."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from carreau.site.audit.acting import present_actor, present_way
from carreau.site.audit.entry import Entry
from carreau.site.keyring.keys import Erased, seal


@dataclass(frozen=True)
class Change:
    """Changed fields with their values, those in clear apart from the personal ones; of secret ones the names alone."""

    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    personal_before: Mapping[str, Any] = field(default_factory=dict)
    personal_after: Mapping[str, Any] = field(default_factory=dict)
    secret: Sequence[str] = ()

    def __bool__(self) -> bool:
        return any((self.before, self.after, self.personal_before, self.personal_after, self.secret))


@dataclass(frozen=True)
class Subject:
    """What an entry is about: a model's label, an object's id, whose record it is, whose personal values it holds."""

    model: str = ""
    object_id: str = ""
    organisation: int | None = None
    person: UUID | None = None


def write(verb: str, subject: Subject, change: Change, *, using: str | None = None) -> Entry:
    """Append an entry. Values of somebody already erased are left out: only the names of their fields are kept."""
    actor = present_actor()
    actor_organisation = actor.organisation.pk if actor and actor.organisation else None
    helped = actor.acting_for if actor else None
    entry = Entry(
        actor=actor.user.pk if actor and actor.user else None,
        role=actor.role.value if actor else "",
        actor_organisation=actor_organisation,
        acting_for=helped.person_id if helped else None,
        via=present_way(),
        organisation=subject.organisation if subject.organisation is not None else actor_organisation,
        verb=verb,
        model=subject.model,
        object_id=subject.object_id,
        person=subject.person,
        before=dict(change.before),
        after=dict(change.after),
        personal=sorted({*change.personal_before, *change.personal_after}),
        secret=sorted(change.secret),
        sealed=_sealed(subject.person, change),
    )
    entry.save(using=using, force_insert=True)
    return entry


def _sealed(person: UUID | None, change: Change) -> bytes | None:
    if person is None or not (change.personal_before or change.personal_after):
        return None
    values = {"before": dict(change.personal_before), "after": dict(change.personal_after)}
    try:
        return seal(person, json.dumps(values, ensure_ascii=False))
    except Erased:
        return None
