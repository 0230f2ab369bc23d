"""What everybody knows of the indicators before reading any number of a release: `relations.yaml`."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from carreau import plain_yaml

COUNTS = ("households", "homes")
PERSONS = "persons"


@cache
def _page() -> dict[str, Any]:
    text = files("carreau.attack").joinpath("relations.yaml").read_text(encoding="utf-8")
    return dict(plain_yaml.load(text))


RELATIONS: tuple[Mapping[str, int], ...] = tuple(_page()["relations"])
"""Sums of quantities that are never above 0."""
DISTRIBUTIONS: tuple[Mapping[str, list[str]], ...] = tuple(_page()["distributions"])
TOTALS: Mapping[str, Mapping[str, int]] = _page()["totals"]
MEANS: tuple[str, ...] = tuple(_page()["means"])
NOT_TRAITS = frozenset({*COUNTS, PERSONS, *MEANS, *_page()["of_homes"]})
"""What nobody minds being nobody's or everybody's; anything else is a trait, whatever a release says of it."""


def whole_of(trait: str, count: str) -> Mapping[str, int]:
    """The sum of quantities that a trait is a part of."""
    return TOTALS.get(trait, {count: 1})


def linked(trait: str) -> frozenset[str]:
    """The quantities that relations link with a trait, itself too; what is counted is linked with all and left out."""
    return _links().get(trait, frozenset({trait}))


def poverty_line(day: str) -> float:
    """The poverty line known on a day (ISO), in euros a year by consumption unit; 0 before the first one."""
    known = [entry["value"] for entry in _page()["poverty_line"] if entry["start"] <= _day(day)]
    return float(known[-1]) if known else 0.0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:  # a release that does not say its day
        return date.max


@cache
def _links() -> dict[str, frozenset[str]]:
    parts: list[set[str]] = []
    for relation in RELATIONS:
        merged = set(relation) - set(COUNTS)
        for part in [part for part in parts if part & merged]:
            merged |= part
            parts.remove(part)
        parts.append(merged)
    return {name: frozenset(part) for part in parts for name in part}
