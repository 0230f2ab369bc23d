"""Every table of the site is in the audit log, or is named here with why it is not."""

import ast
import inspect
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone

from carreau.site.audit.checks import audited_models_are_guarded
from carreau.site.audit.models import Audited, AuditedQuerySet, Entry
from carreau.site.keyring.fields import SealedTextField
from carreau.text import knows

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

NOT_AUDITED = {
    "keyring.Key": "in a database of its own; made at the first use, destroyed by an erasure, which is in the log",
    "audit.Entry": "the log itself",
    "audit.Seal": "the log itself",
    "accounts.Person": "an id and nothing else; what is sealed for somebody is in audited records",
    "accounts.Session": "opened and ended all day; signing in is an event of the log",
    "accounts.Link": "good for minutes; what it does when used is in the log",
    "jobs.Job": "its progress is written many times a minute; it keeps who asked, and a log of its own",
    "jobs.LogLine": "the log of a job",
    "jobs.Daily": "when the installation's own jobs are due",
    "jobs.Worker": "a heartbeat",
    "oversight.Draw": "written once and never changed, by triggers of the database; each step is an event of the log",
}

CONCRETE = [
    model
    for model in apps.get_models(include_auto_created=True)
    if model.__module__.startswith("carreau.site") and not model._meta.proxy
]
AUDITED = [model for model in CONCRETE if issubclass(model, Audited)]


ONLY_ADDED = {"applications.Question", "applications.Answer"}
"""Rows that the database itself keeps from changing: each app's own tests try."""

VALUES: dict[str, dict[str, Any]] = {
    "accounts.Membership": {"role": "reader"},
    "accounts.Invitation": {"expires": timezone.now() + timedelta(days=1)},
    "bridge.Snapshot": {"key": b"k"},
    "accounts.Representation": {"until": timezone.now() + timedelta(days=1), "how": "link"},
    "commissions.Commission": {"quorum": 3},
    "commissions.Commitment": {"year": 2026},
    "oversight.Treatment": {"year": 2026, "threshold": 11},
}
"""What a model's own rules ask for."""


def label(model: type[models.Model]) -> str:
    return model._meta.label


def test_every_model_is_audited_or_says_why_not() -> None:
    assert {label(model) for model in CONCRETE} - {label(model) for model in AUDITED} == set(NOT_AUDITED)
    assert len(AUDITED) >= 10


def test_no_audited_model_can_be_changed_unseen() -> None:
    assert audited_models_are_guarded() == []


def test_the_check_sees_queries_that_are_not_guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AUDITED[0]._meta.managers[0], "_queryset_class", models.QuerySet)
    assert [one.id for one in audited_models_are_guarded()] == ["audit.E001"]


@pytest.mark.parametrize("model", AUDITED, ids=label)
def test_what_is_sealed_or_finds_somebody_is_never_in_clear(model: type[Audited]) -> None:
    hidden, fields = {*model.personal, *model.secret}, model._meta.concrete_fields
    assert hidden <= {field.name for field in fields}
    assert {field.name for field in fields if isinstance(field, SealedTextField)} <= hidden
    assert {"password", "username", "index", "token", "key"} & {field.name for field in fields} <= hidden


NUMBERS = count(1)
WRITTEN: list[tuple[type[models.Field[Any, Any]], tuple[Any, Any]]] = [
    (SealedTextField, ("a", "b")),
    (models.BinaryField, (b"a", b"b")),
    (models.JSONField, ([1], [2])),
    (models.DateTimeField, (timezone.now(), timezone.now() + timedelta(days=2))),
    (models.DateField, (date(2026, 1, 1), date(2026, 1, 1))),
    (models.IntegerField, (1, 2)),
]
"""Two values for each kind of column, the more particular kinds first."""


def something(field: Any, which: int = 0) -> Any:
    if field.remote_field:
        return made(field.remote_field.model)
    if isinstance(field, models.CharField) and not field.choices:
        return str(next(NUMBERS))
    if field.choices:
        return list(field.flatchoices)[which][0]
    return next(values[which] for kind, values in WRITTEN if isinstance(field, kind))


def changeable(model: type[Audited]) -> Any:
    """A column that can be given another value without breaking a rule of the model."""
    kinds = (models.CharField, models.JSONField, models.BooleanField, models.BinaryField)
    free = [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, kinds)
        and not (field.primary_key or field.choices or field.unique or field.name == "siren")
    ]
    only = {"Membership": "ended", "Vote": "choice"}.get(model.__name__, "organisation")
    return free[0] if free else model._meta.get_field(only)


def made(model: type[models.Model]) -> Any:
    """A record with something in each column that must have something."""
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        filled = field.has_default() or field.null or field.blank or getattr(field, "auto_now_add", False)
        if not filled:
            values[field.name] = something(field)
    record = model(**{**values, **VALUES.get(label(model), {})})
    record.save(force_insert=True)
    return record


@pytest.mark.parametrize("model", [one for one in AUDITED if label(one) not in ONLY_ADDED], ids=label)
def test_saving_changing_and_deleting_each_leave_an_entry(model: type[Audited]) -> None:
    record = made(model)
    name = model._meta.label_lower
    assert Entry.objects.about(name, str(record.pk)).filter(verb="created").count() == 1
    field = changeable(model)
    setattr(record, field.name, True if isinstance(field, models.BooleanField) else something(field, 1))
    record.save()
    entry = Entry.objects.about(name, str(record.pk))[0]
    assert entry.verb in ("changed", "ended")
    assert field.attname in {*entry.after, *entry.personal, *entry.secret}
    pk = record.pk
    record.delete()
    assert Entry.objects.about(name, str(pk))[0].verb == "deleted"


@pytest.mark.parametrize("model", AUDITED, ids=label)
def test_its_queries_refuse_what_leaves_no_entry(model: type[Audited]) -> None:
    assert issubclass(type(model._default_manager.all()), AuditedQuerySet)
    with pytest.raises(TypeError, match="would leave no entry"):
        model._default_manager.all().delete()


def test_every_verb_that_the_code_enters_can_be_said() -> None:
    entered = {"created", "changed", "ended", "deleted", "erased"}
    for file in Path(inspect.getfile(Entry)).parents[1].rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            called = getattr(node, "func", None)
            if getattr(called, "id", getattr(called, "attr", "")) == "record" and isinstance(node, ast.Call):
                entered |= {one.value for one in node.args[:1] if isinstance(one, ast.Constant)}
    assert {"seen", "expired"} <= entered
    assert [verb for verb in sorted(entered) if not knows(f"audit.verb.{verb}")] == []
