"""What the map's script is told: where the data are, and how each indicator is coloured. It knows no release."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import override

from carreau.release.exports.pmtiles import LAYER, ZOOMS
from carreau.site.maps.geometry import bearing, bounds, extent
from carreau.site.maps.measures import Indicator, Measure
from carreau.site.maps.shown import Shown
from carreau.site.maps.tiles import Tiles
from carreau.site.maps.wording import rate, why_in_short
from carreau.site.pages.templatetags.words import language, say

CONTROLS = {
    "Map.Title": "maps.live_title",
    "NavigationControl.ZoomIn": "maps.zoom_in",
    "NavigationControl.ZoomOut": "maps.zoom_out",
}
DECIMALS = {Measure.RATIO: 1, Measure.DENSITY: 1, Measure.RENT: 2}
"""Decimals of a value under the mouse."""
TILE = (7, 77, 777)
"""Stands for a tile in an address."""
PLACE = "CRS0RES0mN0E0"
"""Stands for a unit in an address."""


def config(release: Shown, background: Tiles | None) -> dict[str, Any]:
    """Sources as MapLibre reads them, so that tiles can replace a file; bounds, bearing, indicators, words."""
    return {
        "live": static("js/live.js"),
        "library": static("vendor/maplibre/maplibre-gl.mjs"),
        "worker": static("vendor/maplibre/maplibre-gl-worker.mjs"),
        **_units(release),
        "communes": {"type": "geojson", "data": data_address("map_communes", release)},
        "tiles": background and {"type": "raster", "tiles": [background.address], "tileSize": 256, "maxzoom": 18},
        "bounds": bounds(release),
        "extent": extent(release),
        "bearing": 0 if background else bearing(release),
        "panel": {"address": reverse("map_panel", args=[release.key, PLACE]), "place": PLACE},
        "indicators": {one.name: _indicator(release, one) for one in release.indicators},
        "language": language(),
        "words": {"controls": {name: say(key) for name, key in CONTROLS.items()},
                  "interval": say("maps.interval", low="{low}", high="{high}"),
                  "unknown": say("maps.not_told"),
                  "merged": why_in_short(release)},
    }  # fmt: skip


def _units(release: Shown) -> dict[str, Any]:
    """The units with all that holds them together; in tiles, whose `layer` it names, where they are too many."""
    if not release.tiled:
        return {"units": {"type": "geojson", "data": data_address("map_units", release)},
                "bridges": {"type": "geojson", "data": data_address("map_bridges", release)}}  # fmt: skip
    tile = data_address("map_tile", release, *TILE).replace("/".join(map(str, TILE)), "{z}/{x}/{y}")
    return {"units": {"type": "vector", "tiles": [tile], "minzoom": ZOOMS[0], "maxzoom": ZOOMS[-1]}, "layer": LAYER}


def data_address(name: str, release: Shown, *rest: int) -> str:
    """The address of data, the same in both languages."""
    with override("fr"):
        return reverse(name, args=[release.key, *rest])


def _indicator(release: Shown, indicator: Indicator) -> dict[str, Any]:
    found = release.classes[indicator.name]
    return {
        "low": indicator.low,
        "high": indicator.high,
        "over": indicator.over,
        "factor": indicator.factor,
        "divisor": indicator.divisor,
        "breaks": found.breaks,
        "colours": found.colours,
        "decimals": DECIMALS.get(indicator.measure, 0),
        "rate": rate(indicator, "{value}"),
    }
