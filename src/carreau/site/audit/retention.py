"""What is kept for a time: each app says in its own `retention.py` which records, from when, and what then happens.

The times are dated parameters with their references (`rules/parameters/retention.yaml`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from carreau.rules.parameters import Parameter, load
from carreau.site.audit.bulk import bulk
from carreau.site.audit.erasure import erase
from carreau.site.audit.events import person_of, record
from carreau.site.audit.models import Audited, AuditedQuerySet

How = Callable[[models.QuerySet[Any]], int]
UNITS = ("days", "months", "years")


@dataclass(frozen=True)
class Rule:
    """Records of `model` go once `parameter` has passed since their `date_field`; at once after it when it is None."""

    model: type[models.Model]
    parameter: str | None
    date_field: str
    how: How

    def due(self, today: date) -> models.QuerySet[Any]:
        """The records whose time is over. Raises BadInput when no period is in force on that day."""
        limit: date = today if self.parameter is None else before(today, load("retention")[self.parameter])
        field = self.model._meta.get_field(self.date_field)
        moment = isinstance(field, models.DateTimeField)
        bound = timezone.make_aware(datetime.combine(limit, time())) if moment else limit
        queries = AuditedQuerySet if issubclass(self.model, Audited) else models.QuerySet
        return queries(self.model).filter(**{f"{self.date_field}__lt": bound}).order_by("pk")


_RULES: list[Rule] = []


def register(model: type[models.Model], parameter: str | None, date_field: str, how: How) -> None:
    """Keep records of a model for a parameter's time after a date of theirs; `how` is `delete`, `erase_people`, …"""
    _RULES.append(Rule(model, parameter, date_field, how))


def expire(today: date) -> dict[str, int]:
    """Let go of everything whose time is over on a day; how many records of each model."""
    counts: dict[str, int] = {}
    for rule in _RULES:
        label = rule.model._meta.label_lower
        counts[label] = counts.get(label, 0) + rule.how(rule.due(today))
    return counts


def delete(due: models.QuerySet[Any]) -> int:
    """Delete records, and say so in the log."""
    count = due.count()
    if count and issubclass(due.model, Audited):
        with bulk("retention"):
            due.delete()
    elif count:
        with transaction.atomic():
            due.delete()
            record("expired", due.model, count=count)
    return count


def erase_people(due: models.QuerySet[Any]) -> int:
    """Erase the people of records, each in a transaction of its own."""
    people = dict.fromkeys(person_of(one) for one in due.iterator())
    for person in people:
        if person is not None:
            erase(person)
    return len(people)


def before(today: date, parameter: Parameter) -> date:
    """The day that lies a parameter's time before. Raises ValueError for a unit that is no time."""
    if parameter.unit not in UNITS:
        raise ValueError(f"{parameter.name} is in {parameter.unit}, not in {', '.join(UNITS)}")
    length = int(parameter.on(today))
    if parameter.unit == "days":
        return today - timedelta(days=length)
    months = today.year * 12 + today.month - 1 - length * (12 if parameter.unit == "years" else 1)
    year, month = divmod(months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(today.day, last))
