"""What every page shows or needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url

from carreau.site.accounts.actor import Actor
from carreau.site.accounts.rights import Role
from carreau.site.pages.places import ABOUT, TOP, links
from carreau.site.pages.templatetags.words import language


def every_page(request: HttpRequest) -> dict[str, Any]:
    """The actor, the language, where one can go, and the addresses of the same page in both languages.

    A page refused before its actor was known is shown to a visitor.
    """
    actor = getattr(request, "actor", Actor(Role.VISITOR))
    other = "en" if language() == "fr" else "fr"
    canonical = request.build_absolute_uri(request.path)
    return {
        "actor": actor,
        "language": language(),
        "other_language": other,
        "other_address": translate_url(request.get_full_path(), other),
        "canonical": canonical,
        "addresses": {code: translate_url(canonical, code) for code, _ in settings.LANGUAGES},
        "places": links(TOP, actor, request.path),
        "about": links(ABOUT, actor, request.path),
        "source_code": settings.ENVIRONMENT.text("CARREAU_SOURCE")
        or translate_url("/mentions-legales", language()) + "#source",
    }
