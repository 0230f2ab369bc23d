"""A page to print of a unit or a zone: its figures and their intervals, where it is, its commune, the sources."""

from collections.abc import Mapping, Sequence
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
from carreau.site.maps.models import Published
from carreau.site.maps.shown import Shown, shown
from carreau.site.maps.wording import Line, definition, line, zone_name, zone_sentences
from carreau.site.maps.zones import COMMUNE, Zone, commune_of, zone_of, zonings
from carreau.site.pages.templatetags.words import say


@dataclass(frozen=True)
class Beside:
    """An indicator of the region, what it means, and the same of what it is compared with (None: not told)."""

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
        "back": f"{reverse('map')}?{edition.query}unit={unit_id}",
        **_compared(release, published, row, [unit_id], commune_of(release, zonings(published), [unit_id])),
    }
    return render(request, "maps/profile.html", context)


@needs(Action.READ_PUBLIC_PAGES)
@require_safe
def zone_profile(request: HttpRequest, key: str, zoning: str, zone: str) -> HttpResponse:
    """The profile of a zone that the release tells: its own number, and what the units mostly in it say together."""
    published = published_or_404(key)
    release, known = shown(published), zonings(published)
    found = zone_of(release, known[zoning], zone) if zoning in known else None
    if found is None:
        raise Http404
    edition = edition_of(published)
    commune = commune_of(release, known, found.members) if zoning != COMMUNE else None
    context = {
        **about(release, edition),
        "name": zone_name(zoning, zone),
        "code": zone,
        "sentences": zone_sentences(release.count, found),
        "back": f"{reverse('map')}?{edition.query}",
        **_compared(release, published, found.row, found.members, commune),
    }
    return render(request, "maps/profile.html", context)


def _compared(
    release: Shown, published: Published, row: Mapping[str, Any] | None, members: Sequence[str], commune: Zone | None
) -> dict[str, Any]:
    """The figures of a region beside its commune's, or the whole map's where communes are not told; the plan."""
    beside_it = commune.row if commune and commune.row else whole(release)
    label = (
        zone_name(COMMUNE, commune.code) if commune and commune.row else say("maps.profile_whole", place=published.name)
    )
    cells = release.places.filter(pl.col("unit_id").is_in(list(members)))
    return {
        "inside": set(members),
        "beside_label": label,
        "figures": beside(release, row, beside_it) if row else [],
        "drawing": surroundings(release, cells) if cells.height else None,
    }


def beside(release: Shown, row: Mapping[str, Any], other: Mapping[str, Any]) -> list[Beside]:
    """Every indicator that is told of a region, beside the other's."""
    return [
        Beside(line(one, row), definition(one), line(one, other) if other.get(one.low) is not None else None)
        for one in release.indicators
        if one.low in row
    ]


def whole(release: Shown) -> dict[str, Any]:
    """The sums of what is published of every unit: counts and both ends of intervals. Of means there is no sum."""
    summed = {CELLS, release.count, *(name for one in release.indicators if one.summed for name in one.columns)}
    return release.units.select(pl.col(summed).sum()).row(0, named=True)
