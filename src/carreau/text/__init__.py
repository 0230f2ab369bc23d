"""The one catalogue of sentences, in French and English, and the way each language writes numbers.

The engine returns codes and values; whoever shows them says them here. Sentences live in `fr.yaml` and `en.yaml`, and
in `<room>.fr.yaml` and `<room>.en.yaml` for a room that has many, with the same keys in both languages. A sentence is a
template: `{name}` writes a value (whole numbers with the language's separators), `{name:euros}` an amount of money,
`{name:raw}` the value as it is. An entry with `one` and `other` is chosen by `count`.
"""

import string
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from carreau import plain_yaml

LANGUAGES = ("fr", "en")
NARROW_SPACE, NO_BREAK_SPACE = "\u202f", "\u00a0"

Entry = str | Mapping[str, str]


def say(key: str, language: str, **values: Any) -> str:
    """The sentence `key` in `language` ("fr" or "en") with its values written in.

    Raises KeyError for a key that the catalogue lacks or a value that the sentence needs, ValueError for another
    language.
    """
    entry = catalogue(language)[key]
    if not isinstance(entry, str):
        entry = entry["one" if _is_one(values["count"], language) else "other"]
    return _Writer(language).vformat(entry, (), values)


def knows(key: str) -> bool:
    """Whether the catalogue has this key."""
    return key in catalogue(LANGUAGES[0])


@cache
def catalogue(language: str) -> Mapping[str, Entry]:
    """Every entry of a language by key. Raises ValueError for a language that Carreau does not speak."""
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r} is not one of {', '.join(LANGUAGES)}")
    found: dict[str, Entry] = {}
    for file in sorted(resources.files("carreau.text").iterdir(), key=lambda one: one.name):
        if file.name == f"{language}.yaml" or file.name.endswith(f".{language}.yaml"):
            said = file.read_text(encoding="utf-8")
            entries: dict[str, Entry] = plain_yaml.load(said) or {}
            if twice := sorted(found.keys() & entries.keys()):
                raise ValueError(f"{file.name}: said already elsewhere: {', '.join(twice)}")
            found |= entries
    return found


def number(value: float, language: str, *, decimals: int = 0) -> str:
    """A number as the language writes it: 1 234,5 with a narrow no-break space in French, 1,234.5 in English."""
    written = f"{value:,.{decimals}f}"
    if language == "fr":
        written = written.replace(",", NARROW_SPACE).replace(".", ",")
    return written.replace("-", "\u2212")


def euros(value: float, language: str, *, decimals: int = 0) -> str:
    """An amount of money in euros: 1 234 € in French, €1,234 in English."""
    if language == "fr":
        return f"{number(value, language, decimals=decimals)}{NO_BREAK_SPACE}€"
    amount = number(abs(value), language, decimals=decimals)
    return f"\u2212€{amount}" if value < 0 else f"€{amount}"


def written_date(day: date, language: str) -> str:
    """A date in words: 3 mars 2024, 3 March 2024; the first of a month is 1er in French."""
    written = "1er" if language == "fr" and day.day == 1 else str(day.day)
    return f"{written} {say(f'month.{day.month}', language)} {day.year}"


def _is_one(count: int, language: str) -> bool:
    return abs(count) < 2 if language == "fr" else abs(count) == 1


class _Writer(string.Formatter):
    def __init__(self, language: str) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "raw":
            return str(value)
        if format_spec == "euros":
            return euros(value, self.language)
        if format_spec == "" and isinstance(value, int) and not isinstance(value, bool):
            return number(value, self.language)
        return str(super().format_field(value, format_spec))
