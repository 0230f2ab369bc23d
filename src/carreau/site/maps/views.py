"""The map, its table and the card of a unit."""

import json
from typing import Any
from urllib.parse import urlencode

from csp.decorators import csp_update
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from carreau.site.accounts.rights import Action, needs
from carreau.site.maps.about import about, card
from carreau.site.maps.config import config
from carreau.site.maps.drawing import drawings
from carreau.site.maps.editions import chosen, edition_of, editions
from carreau.site.maps.files import published_or_404
from carreau.site.maps.shown import Shown, shown
from carreau.site.maps.table import ROWS, Choice, rows, table
from carreau.site.maps.tiles import tiles
from carreau.site.maps.wording import definition, denominator, label, legends
from carreau.site.pages.templatetags.words import say

PANEL_FOR = "public, max-age=600"
NAMED = ("size", "least", "sort", "order")


@needs(Action.READ_PUBLIC_PAGES)
@require_safe
def map_page(request: HttpRequest) -> HttpResponseBase:
    """A published map: `map` chooses which, `indicator` the colours; `unit` opens a card.

    An unknown indicator answers 400, an unknown map or unit 404, all with a map.
    """
    known = editions()
    if not known:
        return render(request, "maps/empty.html", {"title": "maps.title"})
    edition = chosen(request.GET.get("map", ""), known)
    status, wrong = (200, "") if edition else (404, "maps.wrong_map")
    edition = edition or known[0]
    release, background = shown(edition.published), tiles()
    unit_id = request.GET.get("unit", "")
    indicator = release.indicator(request.GET.get("indicator", ""))
    row = release.unit(unit_id) if unit_id else None
    if indicator is None:
        status, wrong, indicator = 400, "maps.wrong_indicator", release.indicators[0]
    elif unit_id and row is None and not wrong:
        status, wrong = 404, "maps.wrong_unit"
    context = {
        **about(release, edition),
        "editions": known,
        "indicator": indicator,
        "legends": legends(release),
        "figure": _slice(release.indicators.index(indicator)),
        "drawings": drawings(release),
        "config": json.dumps(config(release, background), ensure_ascii=False, separators=(",", ":")),
        "tiles": background,
        "wrong": wrong and say(wrong),
        **(card(release, row) if row else {}),
    }
    response = render(request, "maps/map.html", context, status=status)
    return csp_update(background.policy)(lambda _: response)(request) if background else response


@needs(Action.READ_PUBLIC_PAGES)
@require_safe
def panel(request: HttpRequest, key: str, unit_id: str) -> HttpResponse:
    """The card of a unit alone, for the map's script."""
    published = published_or_404(key)
    release = shown(published)
    row = release.unit(unit_id)
    if row is None:
        raise Http404
    context = {**about(release, edition_of(published)), **card(release, row)}
    response = render(request, "maps/_panel.html", context)
    response.headers["Cache-Control"] = PANEL_FOR
    return response


@needs(Action.READ_PUBLIC_PAGES)
@require_safe
def table_page(request: HttpRequest) -> HttpResponse:
    """The same figures as a table. What cannot be read answers 400, with what is wrong and the whole table."""
    known = editions()
    if not known:
        return render(request, "maps/empty.html", {"title": "maps.table_title"})
    edition = chosen(request.GET.get("map", ""), known)
    status, wrong = (200, "") if edition else (404, "maps.wrong_map")
    edition = edition or known[0]
    release = shown(edition.published)
    choice = Choice(request.GET, release)
    choice.is_valid()
    units = table(release, choice)
    page = Paginator(range(units.height), ROWS).get_page(choice.chosen("page") or 1)
    kept = {name: value for name in NAMED if (value := choice.chosen(name))}
    if not edition.first:
        kept = {"map": edition.slug, **kept}
    context = {
        **about(release, edition),
        "editions": known,
        "wrong": wrong and say(wrong),
        "choice": choice,
        "page": page,
        "rows": rows(units[page.start_index() - 1 : page.end_index()] if units.height else units, release.indicators),
        "heads": _heads(release, kept),
        "kept": urlencode(kept),
    }
    return render(request, "maps/table.html", context, status=400 if choice.errors else status)


def _heads(release: Shown, kept: dict[str, Any]) -> list[dict[str, str]]:
    """The head of each column: its words, and the address that sorts by it, the other way round the second time."""
    by, down = kept.get("sort") or release.indicators[0].name, kept.get("order") != "up"
    heads = []
    for one in release.indicators:
        mine = one.name == by
        query = {**kept, "sort": one.name, "order": "up" if mine and down else "down"}
        heads.append(
            {
                "label": label(one),
                "definition": definition(one),
                "over": denominator(one),
                "address": "?" + urlencode(query),
                "sorted": ("descending" if down else "ascending") if mine else "",
            }
        )
    return heads


def _slice(place: int) -> str:
    """Which figure of `Patch.colours` an indicator is, as the template filter `slice` reads it."""
    return f"{place}:{place + 1}"
