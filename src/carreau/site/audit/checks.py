"""What must hold of an audited model for its log to be whole."""

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.db import models

from carreau.site.audit.models import Audited, AuditedQuerySet

FOLLOWED = (models.PROTECT, models.RESTRICT, models.CASCADE, models.DO_NOTHING)


def audited_models_are_guarded(**_asked: Any) -> list[CheckMessage]:
    """Errors for queries that could change many records unseen and for fields that the database would empty."""
    audited = [model for model in apps.get_models() if issubclass(model, Audited)]
    return [message for model in audited for message in (*_managers(model), *_fields(model))]


def _managers(model: type[models.Model]) -> list[CheckMessage]:
    return [
        Error(
            f"the queries of {model._meta.label}.{manager.name} are not an AuditedQuerySet",
            hint="Derive its queryset from carreau.site.audit.models.AuditedQuerySet.",
            obj=model,
            id="audit.E001",
        )
        for manager in model._meta.managers
        if not issubclass(getattr(manager, "_queryset_class", models.QuerySet), AuditedQuerySet)
    ]


def _fields(model: type[models.Model]) -> list[CheckMessage]:
    return [
        Error(
            f"deleting what {model._meta.label}.{field.name} points at would empty it without an entry",
            hint="Use PROTECT, RESTRICT or CASCADE.",
            obj=model,
            id="audit.E002",
        )
        for field in model._meta.concrete_fields
        if field.remote_field and field.remote_field.on_delete not in FOLLOWED
    ]
