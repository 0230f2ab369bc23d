"""The forms of a session: who, when, where; who sits; what is committed."""

from datetime import date
from typing import Any

from django import forms

from carreau import text
from carreau.rules.commission.voting import SEATS
from carreau.site.accounts.models import Kind, Organisation
from carreau.site.accounts.words import say_later
from carreau.site.commissions.agenda import first_day, last_day, usual_quorum
from carreau.site.commissions.counting import quotas
from carreau.site.commissions.models import Commission
from carreau.site.commissions.wording import quota_name
from carreau.site.homes.views import today
from carreau.site.pages.templatetags.words import language, say

MODES = [(mode.value, say_later(f"commission.mode.{mode.value}")) for mode in Commission.Mode]
KINDS = [(kind, say_later(f"commission.seat.{kind}")) for kind in SEATS]


def _day(key: str, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=say_later(key), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs
    )


class SessionForm(forms.Form):
    """A session to prepare."""

    held_on = _day("commission.field.held_on")
    place = forms.CharField(label=say_later("commission.field.place"), max_length=200, required=False)
    mode = forms.ChoiceField(label=say_later("commission.field.mode"), choices=MODES)
    internal_rules = forms.BooleanField(
        label=say_later("commission.field.internal_rules"),
        help_text=say_later("commission.field.internal_rules_help"),
        required=False,
    )
    quorum = forms.IntegerField(
        label=say_later("commission.field.quorum"),
        help_text=say_later("commission.field.quorum_help"),
        min_value=1,
        max_value=20,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        day = today()
        super().__init__(*args, **{"initial": {"held_on": day, "quorum": usual_quorum(day)}, **kwargs})

    def clean_held_on(self) -> date:
        """A day for which the rules are known, and not too far ahead: a year of three digits is a slip."""
        day: date = self.cleaned_data["held_on"]
        first, last = first_day(), last_day()
        if not first <= day <= last:
            days = {"first": text.written_date(first, language()), "last": text.written_date(last, language())}
            raise forms.ValidationError(say("commission.refused.held_on_out_of_range", **days))
        return day

    def clean(self) -> dict[str, Any]:
        """A session at a distance needs the commission's rules."""
        cleaned = super().clean() or {}
        if cleaned.get("mode") == Commission.Mode.REMOTE and not cleaned.get("internal_rules"):
            self.add_error("internal_rules", str(say_later("commission.refused.remote_internal_rules")))
        return cleaned


class SeatForm(forms.Form):
    """A seat to give."""

    kind = forms.ChoiceField(label=say_later("commission.field.seat"), choices=KINDS)
    name = forms.CharField(label=say_later("commission.field.name"), max_length=120)
    commune = forms.RegexField(
        r"^[0-9AB]{5}$",
        label=say_later("commission.field.commune"),
        help_text=say_later("commission.field.commune_help"),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """The mayor's seat is of a commune, no other is."""
        cleaned = super().clean() or {}
        if (cleaned.get("kind") == "mayor") != bool(cleaned.get("commune")) and not self.errors:
            self.add_error("commune", str(say_later("commission.refused.mayor_of_a_commune")))
        return cleaned


class CommitmentForm(forms.Form):
    """A share that a landlord commits to, never under the law's."""

    landlord = forms.ModelChoiceField(
        Organisation.objects.filter(kind=Kind.LANDLORD),
        label=say_later("commission.field.landlord"),
        empty_label=say_later("commission.choose"),
    )
    quota = forms.ChoiceField(label=say_later("commission.field.quota"))
    year = forms.IntegerField(label=say_later("commission.field.year"), min_value=2017, max_value=2100)
    share = forms.DecimalField(
        label=say_later("commission.field.share"), min_value=0, max_value=100, max_digits=4, decimal_places=1
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"year": today().year}, **kwargs})
        self.fields["quota"].choices = [(one.name, quota_name(one.name)) for one in quotas()]  # type: ignore[attr-defined]
