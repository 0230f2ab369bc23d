"""How each indicator of a release is shown, worked out from what the release itself says of its columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

PLACE = ("unit_id", "crs", "size", "north", "east")
CELLS = "cells"
"""Number of cells of a unit with located homes: the one column that the map adds to the released ones."""
LOW, HIGH = "_low", "_high"

Floats = npt.NDArray[np.float64]


class Measure(StrEnum):
    """What the colour tells: how many in each cell, persons in each household, a share in percent, a mean in euros."""

    DENSITY = "density"
    RATIO = "ratio"
    SHARE = "share"
    MEAN = "mean"


DECIMALS = {Measure.DENSITY: 0, Measure.RATIO: 1, Measure.SHARE: 0, Measure.MEAN: -2}
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
    def summed(self) -> bool:
        """Whether the sum over units means something: of numbers, not of means."""
        return self.measure is not Measure.MEAN

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
        over = units[self.over].to_numpy() if self.over else 1
        low, high = (units[name].cast(pl.Float64).to_numpy() for name in (self.low, self.high))
        return self.factor * low / over, self.factor * high / over

    def middle(self, units: pl.DataFrame) -> Floats:
        """What the colour of each unit stands for: the middle of what is told.

        One division of whole numbers: the browser, which does the same one, finds the same class.
        """
        over = units[self.over].to_numpy() if self.over else 1
        low, high = (units[name].cast(pl.Float64).to_numpy() for name in (self.low, self.high))
        return self.factor * (low + high) / (2 * over)


def indicators(columns: Sequence[dict[str, Any]], count: str) -> tuple[Indicator, ...]:
    """The indicators of a release in its order, the number of those counted first; `columns` as in `release.json`."""
    found = []
    for column in columns:
        name, high = column["name"], column["name"]
        if name in PLACE or name.endswith(HIGH) or not _shown(column, count):
            continue
        if name.endswith(LOW):
            name, high = name.removesuffix(LOW), name.removesuffix(LOW) + HIGH
        measure, over = _measure(column, count, interval=high != column["name"])
        words = (column["definition"].removeprefix("at least: "), column["unit"], column.get("denominator", ""))
        found.append(Indicator(name, measure, column["name"], high, over, *words))
    return tuple(found)


def _shown(column: dict[str, Any], count: str) -> bool:
    """Whether the map has a way to show it: what is counted, an interval, a mean in euros. The files have the rest."""
    return column["name"] == count or column["name"].endswith(LOW) or column["unit"] == "EUR/year"


def _measure(column: dict[str, Any], count: str, *, interval: bool) -> tuple[Measure, str | None]:
    if column["name"] == count:
        return Measure.DENSITY, CELLS
    if not interval:
        return Measure.MEAN, None
    return (Measure.SHARE if column["unit"] == column["denominator"] == count else Measure.RATIO), count
