"""Sentences of the catalogue in templates: `{% say "front.title" count=3 %}`, `{{ value|euros }}`."""

from datetime import date
from typing import Any

from django import template
from django.utils.translation import get_language

from carreau import text

register = template.Library()


def language() -> str:
    """The language of the page: "fr" or "en"."""
    found = (get_language() or "fr")[:2]
    return found if found in text.LANGUAGES else "fr"


@register.simple_tag
def say(key: str, **values: Any) -> str:
    """A sentence of the catalogue in the language of the page. Raises KeyError for a key that it lacks."""
    return text.say(key, language(), **values)


@register.filter
def number(value: float, decimals: int = 0) -> str:
    """A number as the language writes it."""
    return text.number(value, language(), decimals=decimals)


@register.filter
def euros(value: float, decimals: int = 0) -> str:
    """An amount in euros as the language writes it."""
    return text.euros(value, language(), decimals=decimals)


@register.filter
def day(value: date) -> str:
    """A date in words."""
    return text.written_date(value, language())
