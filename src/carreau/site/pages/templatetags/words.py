"""What templates say: sentences of the catalogue, numbers, days; and what they may offer.

`{% say "front.title" count=3 %}`, `{{ value|euros }}`, `{% if actor|may:"see_jobs" %}`.
"""

from datetime import date
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from carreau import text
from carreau.site.accounts.actor import Actor
from carreau.site.accounts.rights import Action

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


@register.filter
def may(actor: Actor, action: str) -> bool:
    """Whether an actor may do something: `{% if actor|may:"see_jobs" %}`. Raises ValueError for an unknown action."""
    return actor.may(Action(action))


@register.simple_tag
def address(name: str, *args: Any) -> str:
    """The address of a page by name, or nothing where this installation has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
