"""What somebody asks of the log, as the address says it."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils import timezone

from carreau import text
from carreau.site.accounts.models import User
from carreau.site.audit.entry import EntryQuerySet
from carreau.site.pages.templatetags.words import language, say

MODEL, VERB = "audit.model.", "audit.verb."
DAYS = (MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2200, 1, 1)))


class Search(forms.Form):
    """Filters: a kind of record and one's identifier, an account, a verb, days from and to (both included)."""

    what = forms.CharField(required=False, max_length=80)
    id = forms.CharField(required=False, max_length=80)
    who = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    verb = forms.CharField(required=False, max_length=40)
    since = forms.DateField(required=False, validators=DAYS)
    until = forms.DateField(required=False, validators=DAYS)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)

    def of(self, entries: EntryQuerySet) -> EntryQuerySet:
        """The entries asked for, the newest first; none when the filters cannot be used."""
        if not self.is_valid():
            return entries.none()
        asked = self.cleaned_data
        if asked["what"]:
            entries = entries.about(asked["what"])
        if asked["who"]:
            entries = entries.filter(_by_or_about(asked["who"]))
        exact = {"object_id": asked["id"], "verb": asked["verb"], "pk__lt": asked["before"]}
        period = {"at__gte": _start(asked["since"]), "at__lt": _start(asked["until"], after=1)}
        given = {name: value for name, value in {**exact, **period}.items() if value}
        return entries.filter(**given).order_by("-pk")

    def given(self) -> dict[str, Any]:
        """The filters that were filled in."""
        names = ("what", "id", "who", "verb", "since", "until")
        return {name: self.cleaned_data[name] for name in names if self.is_valid() and self.cleaned_data[name]}


def choices(prefix: str) -> list[tuple[str, str]]:
    """Verbs or kinds of records that the catalogue can say, in the order of their words."""
    keys = [key for key in text.catalogue(language()) if key.startswith(prefix)]
    return sorted(((key.removeprefix(prefix), say(key)) for key in keys), key=lambda one: one[1])


def _by_or_about(account: int) -> Q:
    person = User.objects.filter(pk=account).values_list("person_id", flat=True).first()
    return Q(actor=account) | (Q(person=person) if person else Q())


def _start(day: Any, after: int = 0) -> datetime | None:
    return timezone.make_aware(datetime.combine(day + timedelta(days=after), time())) if day else None
