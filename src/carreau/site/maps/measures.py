"""How each indicator of a release is shown, worked out from what the release itself says of its columns."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

PLACE = ("unit_id", "crs", "size", "north", "east", "as_of", "changed")
CELLS = "cells"
"""Number of cells of a unit with located homes: the one column that the map adds to the released ones."""
LOW, HIGH = "_low", "_high"

Floats = npt.NDArray[np.float64]


class Measure(StrEnum):
    """What the colour tells: how many in each cell, persons in each household, a share in percent, euros."""

    DENSITY = "density"
    RATIO = "ratio"
    SHARE = "share"
    MEAN = "mean"
    RENT = "rent"


EUROS = {"EUR/year": Measure.MEAN, "EUR cents/m²/month": Measure.RENT}
"""Units of money, and what they are shown as."""
DECIMALS = {Measure.DENSITY: 0, Measure.RATIO: 1, Measure.SHARE: 0, Measure.MEAN: -2, Measure.RENT: 1}
"""Decimals of the bounds of classes; -2 is a hundred."""


@dataclass(frozen=True)
class Indicator:
    """An indicator of a release.

    `low` and `high` are its columns (the same where it is told exactly); `over` the column it is divided by, if any.
    `definition`, `unit` and `denominator` are the release's own words.
    """

    name: str
    measure: Measure
    low: str
    high: str
    over: str | None
    definition: str
    unit: str
    denominator: str

    @property
    def factor(self) -> int:
        """What the quotient is multiplied by."""
        return 100 if self.measure is Measure.SHARE else 1

    @property
    def divisor(self) -> int:
        """What the quotient is divided by: rents are told in cents."""
        return 100 if self.measure is Measure.RENT else 1

    @property
    def per(self) -> str:
        """What it is told of, as the keys of its words end: `households`, `homes`, or the column it is a share of."""
        if self.measure is Measure.SHARE:
            return self.denominator
        return self.unit if self.measure is Measure.DENSITY else "households"

    @property
    def summed(self) -> bool:
        """Whether the sum over units means something: of numbers, not of means."""
        return self.measure not in EUROS.values()

    @property
    def decimals(self) -> int:
        """Decimals of the bounds of its classes."""
        return DECIMALS[self.measure]

    @property
    def columns(self) -> tuple[str, ...]:
        """Its columns in the released table."""
        return (self.low,) if self.low == self.high else (self.low, self.high)

    def ends(self, units: pl.DataFrame) -> tuple[Floats, Floats]:
        """Least and most that each unit may have, in the unit of the measure; NaN where nothing is told."""
        low, high, over = self._told(units)
        return self.factor * low / over, self.factor * high / over

    def middle(self, units: pl.DataFrame) -> Floats:
        """What the colour of each unit stands for: the middle of what is told.

        One division of whole numbers: the browser, which does the same one, finds the same class.
        """
        low, high, over = self._told(units)
        return self.factor * (low + high) / (2 * over)

    def _told(self, units: pl.DataFrame) -> tuple[Floats, Floats, Floats]:
        """Both ends and what they are divided by; a share of nothing is NaN."""
        low, high = (units[name].cast(pl.Float64).to_numpy() for name in (self.low, self.high))
        over = units[self.over].cast(pl.Float64).to_numpy() if self.over else np.ones(units.height)
        return low, high, self.divisor * np.where(over == 0, np.nan, over)


def indicators(columns: Sequence[dict[str, Any]], count: str) -> tuple[Indicator, ...]:
    """The indicators of a release in its order, the number of those counted first; `columns` as in `release.json`."""
    names, found = {column["name"] for column in columns}, []
    for column in columns:
        name, high = column["name"], column["name"]
        if name in PLACE or name.endswith(HIGH):
            continue
        if name.endswith(LOW):
            name, high = name.removesuffix(LOW), name.removesuffix(LOW) + HIGH
        measure, over = _measure(column, count, names)
        words = (column["definition"].removeprefix("at least: "), column["unit"], column.get("denominator", ""))
        found.append(Indicator(name, measure, column["name"], high, over, *words))
    return tuple(found)


def _measure(column: dict[str, Any], count: str, names: Collection[str]) -> tuple[Measure, str | None]:
    """How it is shown, and the column it is divided by: money, a share of another column, or numbers.

    Numbers of the units counted are told by household; of homes, or of what has no column to be a share of, by cell.
    """
    name, unit, over = column["name"], column["unit"], column.get("denominator")
    if unit in EUROS:
        return EUROS[unit], None
    if unit == "persons":
        return Measure.RATIO, count
    if name in (count, over) or over not in names:
        return Measure.DENSITY, CELLS
    return Measure.SHARE, over
