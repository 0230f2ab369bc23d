"""The page that compares two maps."""

import json
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from carreau.site.accounts.rights import Action, needs
from carreau.site.maps.about import about
from carreau.site.maps.comparing import Side, comparable, compared, rows, sides
from carreau.site.maps.config import PLACE, config
from carreau.site.maps.drawing import drawings
from carreau.site.maps.editions import editions
from carreau.site.maps.wording import label, legends
from carreau.site.pages.templatetags.words import say

ROWS = 50


@needs(Action.READ_PUBLIC_PAGES)
@require_safe
def compare_page(request: HttpRequest) -> HttpResponse:
    """Two maps that move together and the table of what differs; what cannot be understood answers 400, with both."""
    known = editions()
    if not known:
        return render(request, "maps/empty.html", {"title": "maps.compare_title"})
    left, right, understood = sides(request.GET, known)
    upwards = request.GET.get("order") == "up"
    found = compared(left, right, upwards=upwards)
    page = Paginator(range(found.height), ROWS).get_page(request.GET.get("page"))
    kept = {"map": left.edition.slug, "indicator": left.indicator.name, "with": right.edition.slug,
            "against": right.indicator.name}  # fmt: skip
    order = {"order": "up"} if upwards else {}
    context = {
        **about(left.release, left.edition),
        "editions": known,
        "years": [one for one in known if one.territory == left.edition.territory],
        "sides": [_shown(left), _shown(right)],
        "two_years": left.edition != right.edition,
        "comparable": comparable(left.indicator, right.indicator),
        "apart": left.release.units.height + right.release.units.height - 2 * found.height,
        "rows": rows(found[page.start_index() - 1 : page.end_index()] if found.height else found, left, right),
        "page": page,
        "kept": urlencode(kept | order),
        "turned": urlencode(kept | ({} if upwards else {"order": "up"})),
        "upwards": upwards,
        "wrong": "" if understood else say("maps.wrong_comparison"),
    }
    return render(request, "maps/compare.html", context, status=200 if understood else 400)


def _shown(side: Side) -> dict[str, Any]:
    (legend,) = legends(side.release)
    told = config(side.release, None)
    return {
        "edition": side.edition,
        "indicator": side.indicator,
        "indicators": [(one.name, label(one)) for one in side.whole.indicators],
        "legend": legend,
        "drawings": drawings(side.release),
        "config": json.dumps(told, ensure_ascii=False, separators=(",", ":")),
        "profile": reverse("map_profile", args=[side.release.key, PLACE]),
    }
