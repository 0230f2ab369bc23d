"""What a visitor looks for, checked, and the homes to let that answer it."""

from typing import Any

from django import forms

from carreau.places.communes import Communes, fold
from carreau.site.homes.models import Vacancy, VacancyQuerySet
from carreau.site.pages.templatetags.words import say

MOST_RENT, LONGEST_NAME = 10_000, 80
ORDERS = {"available": ("available", "vacancy_id"), "rent": ("home__rent", "vacancy_id"),
          "surface": ("-home__surface", "vacancy_id")}  # fmt: skip


class Search(forms.Form):
    """The three questions of the front page, and the order. Everything may be left empty."""

    commune = forms.CharField(required=False)
    rooms = forms.TypedChoiceField(
        choices=[("", "")] + [(str(n), str(n)) for n in range(1, 7)], coerce=int, empty_value=None, required=False
    )
    rent = forms.IntegerField(required=False)
    order = forms.ChoiceField(choices=[(name, name) for name in ORDERS], required=False)
    place = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("rooms", "rent", "order"):
            wrong = say(f"homes.wrong_{name}")
            self.fields[name].error_messages = {"invalid": wrong, "invalid_choice": wrong}

    def clean_commune(self) -> str:
        """The commune's Insee code; what was typed may be a name, its beginning, or a code."""
        typed: str = self.cleaned_data["commune"].strip()
        if not typed:
            return ""
        if len(typed) > LONGEST_NAME:
            raise forms.ValidationError(say("homes.wrong_commune"))
        communes = Communes.shipped()
        known = communes.frame.filter(communes.frame["code"] == typed.upper())
        found = known if known.height else communes.search(typed, 20)
        exact = [row for row in found.iter_rows(named=True) if fold(row["name"]) == fold(typed)]
        if not exact and found.is_empty():
            raise forms.ValidationError(say("homes.unknown_commune", name=typed))
        chosen = exact[0] if exact else found.row(0, named=True)
        self.place = str(chosen["name"])
        return str(chosen["code"])

    def clean_rent(self) -> int | None:
        """A whole number of euros that a rent can be."""
        rent: int | None = self.cleaned_data["rent"]
        if rent is not None and not 1 <= rent <= MOST_RENT:
            raise forms.ValidationError(say("homes.wrong_rent"))
        return rent


def advertised(search: Search) -> VacancyQuerySet:
    """The homes to let that answer a search; none when it is not valid."""
    if not search.is_valid():
        return VacancyQuerySet(Vacancy).none()
    asked = search.cleaned_data
    found: VacancyQuerySet = Vacancy.objects.advertised().select_related("home", "home__landlord")
    if asked["commune"]:
        found = found.filter(home__commune=asked["commune"])
    if asked["rooms"]:
        found = found.filter(home__rooms__gte=6) if asked["rooms"] == 6 else found.filter(home__rooms=asked["rooms"])
    if asked["rent"]:
        found = found.filter(home__rent__lte=asked["rent"] * 100)
    return found.order_by(*ORDERS[asked["order"] or "available"])
