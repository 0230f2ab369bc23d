"""What the pages of a map say of it, and of one of its units."""

from typing import Any

from carreau.site.maps.editions import Edition
from carreau.site.maps.files import LICENCES, downloads
from carreau.site.maps.geometry import box_of
from carreau.site.maps.shown import Shown
from carreau.site.maps.wording import lines, method, stayed, unit_name, why, zone_name, zoning_name
from carreau.site.maps.zones import zonings

MOST_ZONES = 200
"""More would not be read; the files list them all."""


def about(release: Shown, edition: Edition) -> dict[str, Any]:
    """What it is, where it comes from, what can be downloaded; `here` keeps an address on this map."""
    page = release.page
    return {
        "release": page,
        "published": edition.published,
        "edition": edition,
        "here": edition.query,
        "key": release.key,
        "rule": page["rules"][0] if page["rules"] else None,
        "finest": 100 * page["share_at_200m"],
        "method": method(release),
        "licence": LICENCES.get(page["licence"] or ""),
        "downloads": downloads(edition.published),
        "zonings": [
            (name, zoning_name(name), [(code, zone_name(name, code)) for code in one.zones[:MOST_ZONES]])
            for name, one in zonings(edition.published).items()
        ],
    }


def card(release: Shown, row: dict[str, Any]) -> dict[str, Any]:
    """A unit: its size, why it is as large, the day that its figures are of if it is an earlier one, every figure."""
    return {
        "unit": row,
        "name": unit_name(row),
        "why": " ".join([why(release, row), *stayed(release, row)]),
        "lines": lines(release, row),
        "box": ",".join(map(str, box_of(row))),
    }
