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
from carreau.site.maps import publishing
from carreau.site.maps.config import config
from carreau.site.maps.drawing import drawings
from carreau.site.maps.files import LICENCES, published_or_404
from carreau.site.maps.geometry import box_of
from carreau.site.maps.shown import Shown, shown
from carreau.site.maps.table import ROWS, Choice, rows, table
from carreau.site.maps.tiles import tiles
from carreau.site.maps.wording import definition, denominator, label, legends, lines, size, why
from carreau.site.pages.templatetags.words import say

PANEL_FOR = "public, max-age=600"
NAMED = ("size", "least", "sort", "order")


@needs(Action.READ_PUBLIC_PAGES)
@require_safe
def map_page(request: HttpRequest) -> HttpResponseBase:
    """The map of the release published last: `indicator` chooses the colours, `unit` opens a card.

    An unknown indicator answers 400 and an unknown unit 404, both with the map.
    """
    published = publishing.latest()
    if published is None:
        return render(request, "maps/empty.html", {"title": "maps.title"})
    release, background = shown(published), tiles()
    asked, unit_id = request.GET.get("indicator", ""), request.GET.get("unit", "")
    indicator, row = release.indicator(asked), release.unit(unit_id) if unit_id else None
    status, wrong = 200, ""
    if indicator is None:
        status, wrong, indicator = 400, "maps.wrong_indicator", release.indicators[0]
    elif unit_id and row is None:
        status, wrong = 404, "maps.wrong_unit"
    context = {
        **_about(release),
        "published": published,
        "indicator": indicator,
        "legends": legends(release),
        "figure": _slice(release.indicators.index(indicator)),
        "drawings": drawings(release),
        "config": json.dumps(config(release, background), ensure_ascii=False, separators=(",", ":")),
        "tiles": background,
        "wrong": wrong and say(wrong),
        **(_panel(release, row) if row else {}),
    }
    response = render(request, "maps/map.html", context, status=status)
    return csp_update(background.policy)(lambda _: response)(request) if background else response


@needs(Action.READ_PUBLIC_PAGES)
@require_safe
def panel(request: HttpRequest, key: str, unit_id: str) -> HttpResponse:
    """The card of a unit alone, for the map's script."""
    release = shown(published_or_404(key))
    row = release.unit(unit_id)
    if row is None:
        raise Http404
    response = render(request, "maps/_panel.html", {**_about(release), **_panel(release, row)})
    response.headers["Cache-Control"] = PANEL_FOR
    return response


@needs(Action.READ_PUBLIC_PAGES)
@require_safe
def table_page(request: HttpRequest) -> HttpResponse:
    """The same figures as a table. What cannot be read answers 400, with what is wrong and the whole table."""
    published = publishing.latest()
    if published is None:
        return render(request, "maps/empty.html", {"title": "maps.table_title"})
    release = shown(published)
    choice = Choice(request.GET, release)
    choice.is_valid()
    units = table(release, choice)
    page = Paginator(range(units.height), ROWS).get_page(choice.chosen("page") or 1)
    kept = {name: value for name in NAMED if (value := choice.chosen(name))}
    context = {
        **_about(release),
        "published": published,
        "choice": choice,
        "page": page,
        "rows": rows(units[page.start_index() - 1 : page.end_index()] if units.height else units, release.indicators),
        "heads": _heads(release, kept),
        "kept": urlencode(kept),
    }
    return render(request, "maps/table.html", context, status=400 if choice.errors else 200)


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
                "over": denominator(one, release.count),
                "address": "?" + urlencode(query),
                "sorted": ("descending" if down else "ascending") if mine else "",
            }
        )
    return heads


def _panel(release: Shown, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "unit": row,
        "unit_size": size(row["size"]),
        "why": why(release, row),
        "lines": lines(release, row),
        "box": ",".join(map(str, box_of(row))),
    }


def _about(release: Shown) -> dict[str, Any]:
    page = release.page
    return {
        "release": page,
        "key": release.key,
        "rule": page["rules"][0] if page["rules"] else None,
        "finest": 100 * page["share_at_200m"],
        "licence": LICENCES.get(page["licence"] or ""),
        "files": [*page["files"], "release.json"],
    }


def _slice(place: int) -> str:
    """Which figure of `Patch.colours` an indicator is, as the template filter `slice` reads it."""
    return f"{place}:{place + 1}"
