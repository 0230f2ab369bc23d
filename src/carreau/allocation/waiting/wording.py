"""A range of waits in one sentence, rounded up: a wait told too short disappoints more than one told too long."""

from collections.abc import Mapping
from typing import Any

from carreau.text import say

MONTH, YEAR, IN_MONTHS = 30.44, 365.25, 24


def sentence(row: Mapping[str, Any], language: str) -> str:
    """What a row of `ranges` (or of a protected table) says, in "fr" or "en"."""
    if row.get("no_letting"):
        return say("waiting.no_letting", language)
    told = {name: duration(row[name], language) for name in ("first", "median", "last")}
    return say("waiting.range", language, **told)


def duration(days: int | None, language: str) -> str:
    """Days as whole months up to two years, then as whole years; None is longer than can be observed."""
    if days is None:
        return say("waiting.longer", language)
    months = max(1, -int(-days // MONTH))
    if months <= IN_MONTHS:
        return say("waiting.months", language, count=months)
    return say("waiting.years", language, count=-int(-days // YEAR))
