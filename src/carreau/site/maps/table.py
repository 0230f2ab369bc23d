"""The table twin of the map: sorted, filtered and paged by the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django import forms

from carreau.places.grid import CELL
from carreau.site.maps.measures import Indicator
from carreau.site.maps.shown import Shown
from carreau.site.maps.wording import corner, extent, label, told
from carreau.site.pages.templatetags.words import say

ROWS = 50
ORDERS = ("down", "up")
SIZES = ("cell", "larger")


@dataclass(frozen=True)
class Row:
    """A unit in the table."""

    unit_id: str
    corner: str
    size: str
    figures: Sequence[str]


class Choice(forms.Form):
    """What part of the table is asked for, in which order; everything has a default."""

    def __init__(self, data: Any, release: Shown) -> None:
        super().__init__(data, auto_id="id_%s")
        names = [(one.name, label(one)) for one in release.indicators]
        wrong = {"invalid_choice": say("maps.wrong_choice")}
        number = {"invalid": say("maps.wrong_number"), "min_value": say("maps.wrong_number")}
        sizes = [("", say("maps.size_any")), *((one, say(f"maps.size_{one}")) for one in SIZES)]
        orders = [(one, say(f"maps.order_{one}")) for one in ORDERS]
        self.fields["size"] = forms.ChoiceField(
            label=say("maps.size_filter"), choices=sizes, required=False, error_messages=wrong
        )
        self.fields["least"] = forms.IntegerField(
            label=say(f"maps.least_{release.count}"),
            min_value=1,
            required=False,
            error_messages=number,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 9}),
        )
        self.fields["sort"] = forms.ChoiceField(
            label=say("maps.sort"), choices=names, required=False, error_messages=wrong
        )
        self.fields["order"] = forms.ChoiceField(
            label=say("maps.order"), choices=orders, required=False, error_messages=wrong
        )
        self.fields["page"] = forms.IntegerField(min_value=1, required=False, error_messages=number)

    def chosen(self, name: str) -> Any:
        """The value of a field; None when it was left out or cannot be read."""
        return getattr(self, "cleaned_data", {}).get(name) or None


def table(release: Shown, choice: Choice) -> pl.DataFrame:
    """The units asked for, in the order asked for; those without a figure last."""
    units = release.units
    if wanted := choice.chosen("size"):
        units = units.filter(pl.col("size") == CELL if wanted == "cell" else pl.col("size") > CELL)
    if least := choice.chosen("least"):
        units = units.filter(pl.col(release.count) >= least)
    by = release.indicator(choice.chosen("sort") or "") or release.indicators[0]
    down = choice.chosen("order") != "up"
    columns = [*by.columns, "unit_id"]
    return units.sort(columns, descending=[*(down for _ in by.columns), False], nulls_last=True)


def rows(units: pl.DataFrame, indicators: Sequence[Indicator]) -> list[Row]:
    """Units in words and figures."""
    return [
        Row(row["unit_id"], corner(row), extent(row), [told(one, row) for one in indicators])
        for row in units.iter_rows(named=True)
    ]
