"""Queries of audited records."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.db import models

from carreau.site.audit.bulk import at_work, present_bulk
from carreau.site.audit.entry import CHANGED, CREATED
from carreau.site.audit.values import plain

Record = TypeVar("Record", bound=models.Model, covariant=True)


class AuditedQuerySet(models.QuerySet[Record]):
    """Queries of audited records: whatever changes many at once is refused outside `audit.bulk.bulk`."""

    def update(self, **values: Any) -> int:
        """Change all these records. Raises BulkRefused."""
        label, run = self._label, present_bulk(self._label, "an update")
        with at_work(run) as counted:
            if counted:
                shown = {name: _shown(value) for name, value in values.items() if name in clear_names(self.model)}
                for pk in self.order_by("pk").values_list("pk", flat=True).iterator():
                    run.tally(label, CHANGED).add({"pk": pk, **shown})
            return super().update(**values)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **options: Any) -> list[Any]:
        """Insert many records. Raises BulkRefused."""
        work = super().bulk_create
        return self._many(CREATED, list(objs), lambda listed: work(listed, *args, **options))

    def bulk_update(self, objs: Iterable[Any], *args: Any, **options: Any) -> int:
        """Write many records. Raises BulkRefused."""
        work = super().bulk_update
        return self._many(CHANGED, list(objs), lambda listed: work(listed, *args, **options))

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete all these records, and what goes with them. Raises BulkRefused."""
        with at_work(present_bulk(self._label, "a deletion")):
            return super().delete()

    delete.queryset_only = True  # type: ignore[attr-defined]
    for change in (update, bulk_create, bulk_update, delete):
        change.alters_data = True  # type: ignore[union-attr]
    del change

    @property
    def _label(self) -> str:
        return self.model._meta.label_lower

    def _many(self, verb: str, objs: list[Any], work: Callable[[list[Any]], Any]) -> Any:
        run, names = present_bulk(self._label, f"a bulk write ({verb})"), clear_names(self.model)
        with at_work(run) as counted:
            done = work(objs)
            for one in objs if counted else ():
                run.tally(self._label, verb).add({name: one.__dict__.get(name) for name in names})
        return done


def clear_names(model: type[models.Model]) -> tuple[str, ...]:
    """The columns of an audited model whose values an entry may show."""
    hidden = {*model.personal, *model.secret}  # type: ignore[attr-defined]
    return tuple(field.attname for field in model._meta.concrete_fields if field.name not in hidden)


def _shown(value: Any) -> Any:
    return str(value) if hasattr(value, "resolve_expression") else plain(value)
