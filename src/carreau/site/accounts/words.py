"""Sentences of the catalogue that are said when they are shown, in the language of that page."""

from typing import Any

from django.utils.functional import lazy

from carreau import text
from carreau.site.pages.templatetags.words import language


def _said(key: str, **values: Any) -> str:
    return text.say(key, language(), **values)


say_later = lazy(_said, str)
