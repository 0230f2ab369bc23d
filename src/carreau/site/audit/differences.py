"""What a save changes: the values that the database has beside those of the record in hand."""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from django.db import models

from carreau.site.audit.queries import clear_names
from carreau.site.audit.values import plain
from carreau.site.audit.writing import Change
from carreau.site.keyring.fields import SealedTextField
from carreau.site.keyring.keys import unseal

Values = Mapping[str, Any]


def columns(record: models.Model, names: Iterable[str] | None = None) -> list[Any]:
    """The columns of a record, or those named by field or by column; only the loaded ones, never the primary key."""
    asked = None if names is None else set(names)
    return [
        field
        for field in record._meta.concrete_fields
        if field.attname in record.__dict__
        and not field.primary_key
        and (asked is None or field.name in asked or field.attname in asked)
    ]


def copied(record: models.Model, names: Iterable[str] | None = None) -> dict[str, Any]:
    """The values in hand, so that a change within a list or a mapping shows later."""
    values = {field.attname: record.__dict__[field.attname] for field in columns(record, names)}
    return {name: deepcopy(value) if isinstance(value, list | dict) else value for name, value in values.items()}


def stored(record: models.Model, kept: Values, names: Iterable[str] | None, using: str) -> dict[str, Any] | None:
    """What the database has in these columns: `kept` values, and the rest by a query. None without such a record."""
    wanted = [field.attname for field in columns(record, names)]
    missing = [name for name in wanted if name not in kept]
    if not missing and wanted:
        return {name: kept[name] for name in wanted}
    rows = type(record)._base_manager.using(using).filter(pk=record.pk)
    found = rows.values(*missing).first() if missing else {}
    return None if found is None else {name: found[name] if name in found else kept[name] for name in wanted}


def changed(record: models.Model, before: Values, names: Iterable[str] | None = None) -> list[Any]:
    """The columns whose values in hand differ from those before."""
    return [field for field in columns(record, names) if not _same(record, field, before[field.attname])]


def change(record: Any, fields: Sequence[Any], before: Values, after: Values) -> Change:
    """These fields as an entry holds them: in clear, sealed, or by name alone."""
    shown = set(clear_names(type(record)))
    clear = [field for field in fields if field.attname in shown]
    personal = [field for field in fields if field.name in record.personal and field.name not in record.secret]
    return Change(
        before=_written(record, clear, before),
        after=_written(record, clear, after),
        personal_before=_written(record, personal, before),
        personal_after=_written(record, personal, after),
        secret=[field.name for field in fields if field.name in record.secret],
    )


def present(fields: Sequence[Any], values: Values) -> list[Any]:
    """The fields that have a value."""
    return [field for field in fields if values.get(field.attname) not in (None, b"")]


def _same(record: models.Model, field: Any, was: Any) -> bool:
    now = record.__dict__[field.attname]
    if isinstance(was, bytes | memoryview) and isinstance(now, bytes | memoryview):
        return bytes(was) == bytes(now)
    return bool(_value(record, field, was) == _value(record, field, now))


def _value(record: models.Model, field: Any, value: Any) -> Any:
    """A value as it is after a round trip through the database; the text of a sealed one, None once it is erased."""
    if hasattr(value, "resolve_expression"):
        raise TypeError(f"{record._meta.label}.{field.name}: an audited record is given values, not expressions")
    if not isinstance(field, SealedTextField):
        return field.to_python(value)
    opened = isinstance(value, bytes | memoryview)
    return unseal(getattr(record, field.person), bytes(value)) if opened else value


def _written(record: models.Model, fields: Sequence[Any], values: Values) -> dict[str, Any]:
    return {
        field.attname: plain(_value(record, field, values[field.attname]))
        for field in fields
        if field.attname in values
    }
