"""What every model that is in the audit log inherits."""

from collections.abc import Collection, Iterable
from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models, router, transaction
from django.db.models.signals import class_prepared, pre_delete

from carreau.site.audit.bulk import bulk_at_work
from carreau.site.audit.differences import change, changed, columns, copied, present, stored
from carreau.site.audit.entry import CHANGED, CREATED, DELETED, ENDED
from carreau.site.audit.events import subject_of
from carreau.site.audit.queries import AuditedQuerySet, clear_names
from carreau.site.audit.writing import write

END = "ended"


class Audited(models.Model):
    """A record whose every change is in the audit log, in the transaction of the change.

    `personal` names the fields whose values are sealed under the person's key, `secret` those whose values are never
    written, only that they changed. Saving writes the changed fields alone, so that nothing is put back unseen; saving
    what was deleted meanwhile raises DatabaseError, and saving an expression (`F`) TypeError. A model with queries of
    its own derives them from `AuditedQuerySet`.
    """

    personal: ClassVar[tuple[str, ...]] = ()
    secret: ClassVar[tuple[str, ...]] = ()

    objects: ClassVar[models.Manager[Any]] = AuditedQuerySet.as_manager()

    class Meta:
        abstract = True

    def audit_person(self) -> UUID | None:
        """Whose key seals the personal values."""
        found: UUID | None = getattr(self, "person_id", None)
        return found

    def audit_organisation(self) -> int | None:
        """Whose record it is, for who may read its entries."""
        found: int | None = getattr(self, "organisation_id", None)
        return found

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any) -> Self:
        """Keep the values read, to tell later what changed."""
        record = super().from_db(db, field_names, values, **options)
        record._keep()
        return record

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet[Any] | None = None,
    ) -> None:
        """Read again, and keep what was read."""
        super().refresh_from_db(using, fields, from_queryset)
        self._keep(fields)

    def save_base(
        self,
        raw: bool = False,
        force_insert: Any = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        """Write the record and its entry together."""
        using = using or router.db_for_write(type(self), instance=self)
        with transaction.atomic(using=using, savepoint=False):
            new = bool(force_insert) or self.pk is None or (self._is_made_here() and not raw)
            before = None if new else stored(self, self._kept(), update_fields, using)
            if before is None:
                super().save_base(raw, force_insert, force_update, using, update_fields)
                said = change(self, present(columns(self), self.__dict__), {}, self.__dict__)
                write(CREATED, subject_of(self), said, using=using)
            elif names := self._to_write(before) if update_fields is None else list(update_fields):
                super().save_base(raw, force_update=force_update, using=using, update_fields=names)
                self._enter_change(before, names, using)
            self._state.adding = False
            self._keep(update_fields)

    def _is_made_here(self) -> bool:
        """Whether it is new under an id of its own making, as Django assumes it."""
        return self._state.adding and self._meta.pk.has_default()

    def _kept(self) -> dict[str, Any]:
        """The values last read or written, unless the record has become another one since."""
        pk, values = self.__dict__.get("_last_stored", (None, {}))
        return {} if self._state.adding or pk != self.pk else values

    def _keep(self, names: Iterable[str] | None = None) -> None:
        self.__dict__["_last_stored"] = self.pk, {**self._kept(), **copied(self, names)}

    def _to_write(self, before: dict[str, Any]) -> list[str]:
        """The fields that changed, and those that date each change."""
        names = [field.name for field in changed(self, before)]
        dated = [field.name for field in columns(self) if names and getattr(field, "auto_now", False)]
        return list(dict.fromkeys([*names, *dated]))

    def _enter_change(self, before: dict[str, Any], names: list[str], using: str) -> None:
        fields = [field for field in changed(self, before, names) if field.attname in before]
        if fields:
            ends = any(field.attname == END and before[END] is None for field in fields)
            said = change(self, fields, before, self.__dict__)
            write(ENDED if ends else CHANGED, subject_of(self), said, using=using)


def _follow(sender: type[models.Model], **_signal: Any) -> None:
    if issubclass(sender, Audited) and not sender._meta.abstract:
        pre_delete.connect(_enter_deletion, sender=sender)


def _enter_deletion(sender: type[models.Model], instance: Audited, using: str, **_signal: Any) -> None:
    """One entry for each record that goes, be it with another one; counted only where a bulk change deletes it."""
    before = stored(instance, instance._kept(), None, using) or {}
    run = bulk_at_work()
    if run is None:
        fields = present(columns(instance), before)
        write(DELETED, subject_of(instance), change(instance, fields, before, {}), using=using)
    else:
        row = {name: before[name] for name in clear_names(sender) if name in before}
        run.tally(sender._meta.label_lower, DELETED).add({"pk": instance.pk, **row})


class_prepared.connect(_follow)
