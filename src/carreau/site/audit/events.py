"""Entries that no change of a record makes: a confidential record was seen, somebody signed in."""

from typing import Any
from uuid import UUID

from django.db import models

from carreau.site.audit.entry import Entry
from carreau.site.audit.values import told
from carreau.site.audit.writing import Change, Subject, write


def record(verb: str, subject: models.Model | type[models.Model] | None, /, **values: Any) -> Entry:
    """Append an event: `record("seen", application)`, `record("signed_in", user, method="passkey")`.

    `subject` is a record, or a model for a list of its records. Values are single values or short lists of them
    (see `values.told`), never personal, never a row. Raises TypeError and ValueError for what an event may not tell.
    """
    return write(verb, subject_of(subject), Change(after={name: told(value) for name, value in values.items()}))


def subject_of(subject: models.Model | type[models.Model] | None) -> Subject:
    """A record as the subject of an entry."""
    if subject is None:
        return Subject()
    label = subject._meta.label_lower
    if isinstance(subject, type):
        return Subject(model=label)
    return Subject(label, str(subject.pk), organisation_of(subject), person_of(subject))


def organisation_of(record: models.Model) -> int | None:
    """Whose record it is: what its `audit_organisation` says, else its `organisation`."""
    says = getattr(record, "audit_organisation", None)
    found: int | None = says() if says else getattr(record, "organisation_id", None)
    return found


def person_of(record: models.Model) -> UUID | None:
    """Under whose key its personal values are sealed: what its `audit_person` says, else its `person`."""
    says = getattr(record, "audit_person", None)
    found: UUID | None = says() if says else getattr(record, "person_id", None)
    return found
