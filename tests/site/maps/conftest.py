"""A small map, made by the gate: two cells of 200 m, a square of 1 km, and a few households too far to be published."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from carreau.places.grid import METROPOLE
from carreau.release.gate import Release, protect
from carreau.release.indicators import CELL_KEY, INDICATORS
from carreau.release.natural import natural
from carreau.release.rules import Rules, references
from carreau.site.maps import publishing
from carreau.site.maps.models import Published

THIRTY, TWELVE = (2_746_000, 3_448_000), (2_746_000, 3_448_200)
FIVE, TWENTY = (2_747_000, 3_449_000), (2_747_400, 3_449_600)
ALONE = (2_746_000, 3_456_200)
HOUSEHOLDS = {THIRTY: 30, TWELVE: 12, FIVE: 5, TWENTY: 20, ALONE: 9}
FINE, LARGE = "CRS3035RES200mN2746000E3448000", "CRS3035RES1000mN2747000E3449000"
FACTS = {
    "territory": "Testville",
    "reference_date": "2026-01-01",
    "method": "natural",
    "count": "households",
    "threshold": 11,
    "synthetic": True,
    "licence": "Licence Ouverte 2.0",
    "sources": [{"table": "homes", "text": "Made up"}],
    "rules": references("households"),
}


def household(cell: tuple[int, ...], number: int) -> dict[str, Any]:
    """Of every seven: two persons alone, a lone parent, a family of five; three of seven are poor, fewer in TWELVE."""
    persons = (1, 1, 3, 5, 2, 2, 4)[number % 7]
    north, east, crs = (*cell, METROPOLE)[:3]
    return {
        "cell_crs": crs,
        "cell_north": north,
        "cell_east": east,
        "persons": persons,
        "one_person": persons == 1,
        "lone_parents": number % 7 == 2,
        "five_persons": persons >= 5,
        "poor": number % 7 in (0, 2, 4) and (cell != TWELVE or number < 2),
        "living_standard": 12_000 + 700 * (number % 11),
    }


def made(households: Mapping[tuple[int, ...], int], count: str = "households", **facts: Any) -> Release:
    rows = pl.DataFrame([household(cell, number) for cell, total in households.items() for number in range(total)])
    rows = rows.cast(dict.fromkeys((*CELL_KEY, "persons"), pl.Int32))
    rules = Rules.of(count)
    drawn = natural(rows.group_by(CELL_KEY).len("base"), rules.threshold)
    indicators = INDICATORS if count == "households" else ()
    told = {**FACTS, "count": count, "rules": references(count), **facts}
    return protect(rows, drawn, rows.select(CELL_KEY).unique(), indicators=indicators, rules=rules, facts=told)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> Path:
    """Files of the installation go to a folder of this test."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, home=tmp_path)
    return tmp_path


@pytest.fixture
def release() -> Release:
    return made(HOUSEHOLDS)


@pytest.fixture
def published(release: Release) -> Published:
    return publishing.publish(release)


@pytest.fixture
def publish() -> Callable[..., Published]:
    """Publishes another small map."""
    return lambda *args, **facts: publishing.publish(made(*args, **facts))
