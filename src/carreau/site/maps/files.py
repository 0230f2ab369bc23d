"""The data of a release to anybody: compressed once, dated, and immutable, since its digest is in the address."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from csp.constants import NONE
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import condition, require_safe

from carreau.site.accounts.rights import Action, needs
from carreau.site.maps import publishing
from carreau.site.maps.archive import tile
from carreau.site.maps.config import data_address
from carreau.site.maps.geometry import bridges_geojson, communes_geojson, units_geojson
from carreau.site.maps.models import Published
from carreau.site.maps.ranges import file_response
from carreau.site.maps.shown import Shown, shown
from carreau.site.maps.wording import file_words
from carreau.site.pages.templatetags.words import language

FOREVER = "public, max-age=31536000, immutable"
TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".fgb": "application/octet-stream",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".parquet": "application/vnd.apache.parquet",
    ".pmtiles": "application/vnd.pmtiles",
}
TILES, DEEPEST = "units.pmtiles", 22
OTHER = "application/octet-stream"
ALONE: dict[str, Any] = {"script-src": [NONE], "style-src": ["'unsafe-inline'"], "img-src": ["data:"]}
"""The policy of a page that comes with a release: its own styles and pictures, no script, nothing from elsewhere."""
LICENCES = {"Licence Ouverte 2.0": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"}

MAKERS: dict[str, Callable[[Shown], dict[str, Any]]] = {
    "units": units_geojson, "bridges": bridges_geojson, "communes": communes_geojson,
}  # fmt: skip


@dataclass(frozen=True)
class Download:
    """A file of a release: its name there, what it is in words (empty when not known), its size."""

    name: str
    words: str
    bytes: int

    @property
    def page(self) -> bool:
        """Whether it is read in the browser."""
        return self.name.endswith(".html")


def downloads(published: Published) -> list[Download]:
    """Every file of a release, pages to read first."""
    return list(_downloads(settings.ENVIRONMENT.home / published.folder, language()))


@lru_cache(maxsize=16)
def _downloads(folder: Path, _language: str) -> tuple[Download, ...]:
    files = (one for one in folder.rglob("*") if one.is_file() and not one.name.startswith("."))
    found = sorted(files, key=lambda one: (one.suffix != ".html", one))
    named = [(one.relative_to(folder).as_posix(), one.stat().st_size) for one in found]
    return tuple(Download(name, file_words(name), size) for name, size in named)


def published_or_404(key: str) -> Published:
    """A release that is published now, by its key. Raises Http404."""
    found = publishing.find(key)
    if found is None:
        raise Http404
    return found


def _etag(_request: HttpRequest, key: str, **kwargs: Any) -> str | None:
    return f'W/"{key}-{kwargs.get("name") or kwargs.get("file")}"' if publishing.find(key) else None


def _modified(_request: HttpRequest, key: str, **_kwargs: Any) -> Any:
    found = publishing.find(key)
    return found.published if found else None


@needs(Action.READ_PUBLIC_PAGES)
@require_safe
@condition(_etag, _modified)
def geojson(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """The units, or the communes around them, for the map."""
    body = _compressed(settings.ENVIRONMENT.home / published_or_404(key).folder, key, name)
    response = HttpResponse(content_type="application/geo+json")
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.headers["Content-Encoding"] = "gzip"
        response.content = body
    else:
        response.content = gzip.decompress(body)
    patch_vary_headers(response, ["Accept-Encoding"])
    response.headers["Cache-Control"] = FOREVER
    return response


@needs(Action.READ_PUBLIC_PAGES)
@require_safe
def latest_geojson(_request: HttpRequest) -> HttpResponse:
    """To the units of the release that the map shows first."""
    published = publishing.latest()
    if published is None:
        raise Http404
    return HttpResponseRedirect(data_address("map_units", shown(published)))


@needs(Action.READ_PUBLIC_PAGES)
@require_safe
@condition(_etag, _modified)
def released_file(request: HttpRequest, key: str, file: str) -> HttpResponseBase:
    """A file of the release as it was written, or a part of it; its licence in a header too."""
    published = published_or_404(key)
    found = next((one for one in downloads(published) if one.name == file), None)
    if found is None:
        raise Http404
    path = settings.ENVIRONMENT.home / published.folder / found.name
    response = file_response(request, path, TYPES.get(path.suffix, OTHER))
    name = f"carreau-{key}-{file.replace('/', '-')}"
    response.headers["Content-Disposition"] = f'{"inline" if found.page else "attachment"}; filename="{name}"'
    response.headers["Cache-Control"] = FOREVER
    if licence := LICENCES.get(published.facts["licence"] or ""):
        response.headers["Link"] = f'<{licence}>; rel="license"'
    return csp_replace(ALONE)(lambda _: response)(request) if found.page else response


@needs(Action.READ_PUBLIC_PAGES)
@require_safe
def unit_tile(_request: HttpRequest, key: str, zoom: int, column: int, row: int) -> HttpResponse:
    """A tile of the units, as the release has it in `units.pmtiles`; 204 where there is nothing."""
    folder = settings.ENVIRONMENT.home / published_or_404(key).folder
    if not (folder / TILES).exists() or zoom > DEEPEST:
        raise Http404
    found = tile(folder / TILES, zoom, column, row)
    response = HttpResponse(
        found or b"", status=200 if found else 204, content_type="application/vnd.mapbox-vector-tile"
    )
    if found:
        response.headers["Content-Encoding"] = "gzip"  # every browser that draws tiles unpacks it
    response.headers["Cache-Control"] = FOREVER
    return response


@lru_cache(maxsize=8)
def _compressed(_folder: Path, key: str, name: str) -> bytes:
    made = MAKERS[name](shown(published_or_404(key)))
    return gzip.compress(json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode(), mtime=0)
