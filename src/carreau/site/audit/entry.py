"""The entries of the audit log, and the seals that chain them. Both are append-only in the database itself."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from carreau.site.audit.values import canonical
from carreau.site.keyring.many import unseal_many

if TYPE_CHECKING:
    from carreau.site.accounts.models import Organisation

CREATED, CHANGED, ENDED, DELETED, SEEN = "created", "changed", "ended", "deleted", "seen"


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries, as asked for."""

    def of(self, organisation: "Organisation") -> "EntryQuerySet":
        """Those about the records of one organisation, or about no organisation's record but made in its name."""
        return self.filter(organisation=organisation.pk)

    def about(self, model: str, object_id: str = "") -> "EntryQuerySet":
        """Those about a kind of record ("accounts.membership"), or about one record."""
        found = self.filter(model=model.lower())
        return found.filter(object_id=object_id) if object_id else found


class Entry(models.Model):
    """Who did what to which record, and when. Ids are kept as they were: no foreign key, an entry outlives its object.

    `organisation` is whose record it is (the actor's when the record is nobody's): who may read the entry. `actor` is
    a user's id, empty for the installation itself; `acting_for` the person whom they helped; `via` the job or command.
    `before` and `after` hold the changed fields only. Values of the fields named in `personal` are in `sealed`, under
    the key of `person`; those of the fields named in `secret` are nowhere.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    actor = models.BigIntegerField(null=True)
    role = models.CharField(max_length=20, blank=True)
    actor_organisation = models.BigIntegerField(null=True)
    acting_for = models.UUIDField(null=True)
    via = models.CharField(max_length=80, blank=True)
    organisation = models.BigIntegerField(null=True)
    verb = models.CharField(max_length=40)
    model = models.CharField(max_length=80, blank=True)
    object_id = models.CharField(max_length=80, blank=True)
    person = models.UUIDField(null=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    personal = models.JSONField(default=list)
    secret = models.JSONField(default=list)
    sealed = models.BinaryField(null=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        indexes = (
            models.Index(fields=["organisation", "-id"], name="entry_by_organisation"),
            models.Index(fields=["model", "object_id", "-id"], name="entry_by_object"),
            models.Index(fields=["person", "-id"], name="entry_by_person"),
            models.Index(fields=["at"], name="entry_by_time"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(verb__regex=r"^[a-z][a-z_]*$"), name="entry_verb_is_a_word"),
            models.CheckConstraint(condition=Q(sealed__isnull=True) | Q(person__isnull=False), name="entry_sealed_for"),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.verb} {self.model} {self.object_id}"

    def content(self) -> bytes:
        """What a seal covers: every column, written in one way."""
        columns = {field.attname: _written(getattr(self, field.attname)) for field in self._meta.concrete_fields}
        return canonical(columns)


class Seal(models.Model):
    """A batch of entries chained to the one before: `sha256` covers `previous` and the entries `first` to `last`."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    count = models.BigIntegerField()
    previous = models.CharField(max_length=64, unique=True)
    sha256 = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ("pk",)
        constraints = (models.CheckConstraint(condition=Q(first__lte=models.F("last")), name="seal_covers_something"),)

    def __str__(self) -> str:
        return self.sha256[:16]


def open_entries(entries: Iterable[Entry]) -> list[dict[str, Any] | None]:
    """The personal values of each entry (`{"before": …, "after": …}`), with few queries.

    None where nothing is sealed, and where the person was erased since.
    """
    listed = list(entries)
    with_values = [(entry.person, bytes(entry.sealed)) for entry in listed if entry.person and entry.sealed]
    texts = iter(unseal_many([person for person, _ in with_values], [sealed for _, sealed in with_values]))
    opened = [next(texts) if entry.person and entry.sealed else None for entry in listed]
    return [json.loads(text) if text is not None else None for text in opened]


def _written(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if hasattr(value, "astimezone"):
        return value.astimezone(timezone.get_fixed_timezone(0)).isoformat()
    return value if value is None or isinstance(value, str | int | dict | list) else str(value)
