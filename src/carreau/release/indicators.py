"""The indicators that a release can tell, from `indicators.yaml`: what each is, what it rests on, how it is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import polars as pl

from carreau import plain_yaml
from carreau.errors import BadInput

OPEN, LANDLORD, NEUTRAL, SENSITIVE = "open", "landlord", "neutral", "sensitive"
SENSITIVITIES = (OPEN, LANDLORD, NEUTRAL, SENSITIVE)
EXACT = ("mean", "median", "rent", "homes")
"""Kinds of one column: a number, or nothing where it is withheld."""
READ_FROM = {"median_living_standard": "living_standard", "rent_m2": "rent", "homes": "cell_crs"}
"""The column of the rows that an indicator is worked out from, where it has another name."""
ALL, NONE = "all", "none"


@dataclass(frozen=True)
class Basis:
    """The text that lets somebody collect an indicator, and the one that keeps it secret, as the law names them."""

    collected: str
    secrecy: str
    certainty: str


@dataclass(frozen=True)
class Indicator:
    """What is told of the households of a unit, or of its homes (`kind` is `homes`).

    `kind` says how, see `traits.told`: `count` of households, `total` of persons, `band` of a distribution whose bands
    share a `group`: intervals; `mean`, `median`, `rent`, `homes`: a number. `sensitivity`: with
    `sensitive` nobody can conclude that all or none have it; `open` is in the open register.
    """

    name: str
    kind: str
    definition: str
    unit: str
    denominator: str
    sensitivity: str
    needs: tuple[str, ...]
    basis: Basis
    group: str = ""

    @property
    def sensitive(self) -> bool:
        """Whether it is a trait of persons or households that must never be told of nobody or of everybody."""
        return self.sensitivity == SENSITIVE

    @property
    def open(self) -> bool:
        """Whether the open register tells it anyway."""
        return self.sensitivity == OPEN

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of its columns in a released table."""
        return (self.name,) if self.kind in EXACT else (f"{self.name}_low", f"{self.name}_high")


def _read() -> tuple[Indicator, ...]:
    page = plain_yaml.load(files("carreau.release").joinpath("indicators.yaml").read_text(encoding="utf-8"))
    return tuple(_indicator(name, entry) for name, entry in page["indicators"].items())


def _indicator(name: str, entry: dict[str, Any]) -> Indicator:
    told = {key: value for key, value in entry.items() if key not in ("needs", "basis")}
    return Indicator(name, needs=tuple(entry["needs"]), basis=Basis(**entry["basis"]), **told)


INDICATORS = _read()
BANDS = tuple(one.name for one in INDICATORS if one.group == "ceiling_bands")
"""The bands of the PLUS ceiling, from the lowest: they add up to the households."""


def chosen(names: str) -> tuple[Indicator, ...]:
    """The indicators of a choice: `all`, `none`, or names of indicators and groups with commas between.

    Raises BadInput for an unknown name, with those there are.
    """
    if names in (ALL, NONE):
        return INDICATORS if names == ALL else ()
    asked = [name.strip() for name in names.split(",")]
    known = dict.fromkeys(one.group or one.name for one in INDICATORS)
    for name in asked:
        if name not in known and name not in {one.name for one in INDICATORS}:
            raise BadInput(f"unknown indicator {name!r}; there is {ALL}, {NONE}, {', '.join(known)}")
    return tuple(one for one in INDICATORS if one.name in asked or (one.group and one.group in asked))


def known_of(
    indicators: Sequence[Indicator], households: pl.DataFrame, homes: pl.DataFrame
) -> tuple[tuple[Indicator, ...], tuple[Indicator, ...]]:
    """Those of which the rows know something, and those to be left out: their column is absent, or empty throughout."""
    told = tuple(one for one in indicators if _known(one, homes if one.kind == "homes" else households))
    return told, tuple(one for one in indicators if one not in told)


def _known(one: Indicator, rows: pl.DataFrame) -> bool:
    column = READ_FROM.get(one.name, one.name)
    return column in rows.columns and rows[column].null_count() < rows.height
