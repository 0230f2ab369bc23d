"""A moment in words, to the second and in Paris time: the order of what was said, frozen and known is what counts."""

from datetime import datetime

from django import template
from django.utils import timezone

from carreau import text
from carreau.site.pages.templatetags.words import language, say

register = template.Library()


@register.filter
def moment(value: datetime) -> str:
    """On which day and at what time."""
    return say("oversight.at", day=on(value), time=clock(value))


@register.filter
def on(value: datetime) -> str:
    """The day, where the site is."""
    return text.written_date(timezone.localtime(value).date(), language())


@register.filter
def clock(value: datetime) -> str:
    """The time, where the site is: to the minute where the seconds are none."""
    local = timezone.localtime(value)
    return f"{local:%H:%M:%S}" if local.second or local.microsecond else f"{local:%H:%M}"
