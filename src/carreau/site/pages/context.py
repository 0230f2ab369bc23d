"""What every page shows or needs."""

from typing import Any

from django.http import HttpRequest
from django.urls import translate_url

from carreau.site.pages.templatetags.words import language


def every_page(request: HttpRequest) -> dict[str, Any]:
    """The actor, the language, and the same page in the other language."""
    other = "en" if language() == "fr" else "fr"
    return {
        "actor": request.actor,  # type: ignore[attr-defined]
        "language": language(),
        "other_language": other,
        "other_address": translate_url(request.get_full_path(), other),
    }
