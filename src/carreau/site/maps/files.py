"""The data of a release to anybody: compressed once, dated, and immutable, since its digest is in the address."""

import gzip
import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import condition, require_safe

from carreau.release.exports import PAGE
from carreau.site.accounts.rights import Action, needs
from carreau.site.maps import publishing
from carreau.site.maps.config import data_address
from carreau.site.maps.geometry import communes_geojson, units_geojson
from carreau.site.maps.models import Published
from carreau.site.maps.shown import Shown, shown

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
LICENCES = {"Licence Ouverte 2.0": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"}

MAKERS: dict[str, Callable[[Shown], dict[str, Any]]] = {"units": units_geojson, "communes": communes_geojson}


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
def released_file(_request: HttpRequest, key: str, file: str) -> HttpResponseBase:
    """A file of the release as it was written; its licence in a header too."""
    published = published_or_404(key)
    release = shown(published)
    if file not in (*release.page["files"], PAGE):
        raise Http404
    path = settings.ENVIRONMENT.home / published.folder / file
    response = FileResponse(path.open("rb"), content_type=TYPES[path.suffix])
    response.headers["Content-Disposition"] = f'attachment; filename="carreau-{key}-{file}"'
    response.headers["Cache-Control"] = FOREVER
    if licence := LICENCES.get(release.page["licence"] or ""):
        response.headers["Link"] = f'<{licence}>; rel="license"'
    return response


@lru_cache(maxsize=8)
def _compressed(_folder: Path, key: str, name: str) -> bytes:
    made = MAKERS[name](shown(published_or_404(key)))
    return gzip.compress(json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode(), mtime=0)
