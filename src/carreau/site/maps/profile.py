"""A page to print of one unit: its figures with their intervals, where it is, the whole map beside, the sources."""

from dataclasses import dataclass
from typing import Any

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from carreau.site.accounts.rights import Action, needs
from carreau.site.maps.about import about, card
from carreau.site.maps.drawing import surroundings
from carreau.site.maps.editions import edition_of
from carreau.site.maps.files import published_or_404
from carreau.site.maps.measures import CELLS
from carreau.site.maps.shown import Shown, shown
from carreau.site.maps.wording import Line, definition, line
from carreau.site.pages.templatetags.words import say


@dataclass(frozen=True)
class Beside:
    """An indicator of the unit, what it means, and the same of the whole map (None where that is not told)."""

    line: Line
    definition: str
    whole: Line | None


@needs(Action.READ_PUBLIC_PAGES)
@require_safe
def unit_profile(request: HttpRequest, key: str, unit_id: str) -> HttpResponse:
    """The profile of a unit, from the published release alone."""
    published = published_or_404(key)
    release = shown(published)
    row = release.unit(unit_id)
    if row is None:
        raise Http404
    edition, told = edition_of(published), card(release, row)
    context = {
        **about(release, edition),
        "name": told["name"],
        "code": unit_id,
        "sentences": [told["why"]],
        "inside": {unit_id},
        "back": f"{reverse('map')}?{edition.query}unit={unit_id}",
        "beside_label": say("maps.profile_whole", place=published.name),
        "figures": beside(release, row),
        "drawing": surroundings(release, release.places.filter(pl.col("unit_id") == unit_id)),
    }
    return render(request, "maps/profile.html", context)


def beside(release: Shown, row: dict[str, Any]) -> list[Beside]:
    """Every indicator of a unit beside the whole map's."""
    total = whole(release)
    return [
        Beside(line(one, row), definition(one),
               line(one, total) if total.get(one.low) is not None else None)
        for one in release.indicators
    ]  # fmt: skip


def whole(release: Shown) -> dict[str, Any]:
    """The sums of what is published of every unit: counts and both ends of intervals. Of means there is no sum."""
    summed = {CELLS, release.count, *(name for one in release.indicators if one.summed for name in one.columns)}
    return release.units.select(pl.col(summed).sum()).row(0, named=True)
