"""What a landlord announces, and the value that a source gave."""

from typing import Any

from django import forms

from carreau.allocation.policy import Policy
from carreau.allocation.replay.drawing import draws_lots
from carreau.allocation.shipped import policies
from carreau.site.accounts.models import Organisation
from carreau.site.accounts.words import say_later
from carreau.site.bridge.models import Register
from carreau.site.pages.templatetags.words import language

MOMENT = "%Y-%m-%dT%H:%M"


def _said(name: str) -> Any:
    return say_later(f"oversight.field.{name}")


class Announce(forms.Form):
    """Which lots, from which public source, known when."""

    lots = forms.CharField(label=_said("lots"), help_text=_said("lots_help"), max_length=200)
    policy = forms.ChoiceField(label=_said("policy"))
    register = forms.ModelChoiceField(Register.objects.none(), label=_said("register"), empty_label=None)
    source = forms.CharField(label=_said("source"), help_text=_said("source_help"), max_length=300)
    known = forms.DateTimeField(
        label=_said("known"),
        help_text=_said("known_help"),
        input_formats=[MOMENT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )

    def __init__(self, landlord: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        loaded = (Policy.load(name) for name in policies())
        drawing = [(one.name, one.title[language()]) for one in loaded if draws_lots(one)]
        self.fields["policy"].choices = drawing  # type: ignore[attr-defined]
        self.fields["register"].queryset = Register.objects.of(landlord)  # type: ignore[attr-defined]


class Value(forms.Form):
    """The value, in the form that was announced."""

    value = forms.CharField(label=_said("value"), help_text=_said("value_help"), max_length=200)
