"""The mix of residences or cells: how apart tenants of the first quartile live, before and after homes change hands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from carreau.allocation.policy import Mix

WHOLE = 10_000
STEPS = 10
UNITS = {"residence": ("residence_id",), "cell": ("cell_crs", "cell_north", "cell_east")}
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Mixing:
    """Units (places) with how many tenants each has, and how many of the first quartile among them.

    `unit_of` gives the unit of a home of the register, where it is known; `tenant` of a home: whether its present
    tenants are of the first quartile.
    """

    all: Counts
    poorer: Counts
    unit_of: Mapping[str, int]
    tenant: Mapping[str, bool]

    @cached_property
    def index(self) -> int:
        """The dissimilarity index (Duncan and Duncan, 1955) between units, in ten thousandths.

        The share of either group that would have to move for each unit to have the same mix.
        """
        return dissimilarity(self.poorer, self.all - self.poorer)

    def steps(self, homes: Sequence[str]) -> list[int]:
        """What the unit of each home gains when somebody of the first quartile takes it, from -`STEPS` to `STEPS`.

        The tenths by which the share of the first quartile is lower in the unit than everywhere; below nought where it
        is higher. For anybody else the unit gains the same with the other sign. 0 for a home of no known unit.
        """
        everybody, poorer = int(self.all.sum()), int(self.poorer.sum())
        found = np.zeros(self.all.size, dtype=np.int64)
        lived = self.all > 0
        # shares as whole numbers: no rounding decides a step
        lower = poorer * self.all[lived] - everybody * self.poorer[lived]
        whole = np.maximum(everybody * self.all[lived], 1)
        found[lived] = np.sign(lower) * np.minimum((STEPS * np.abs(lower) * 2 + whole) // (2 * whole), STEPS)
        return [int(found[self.unit_of[home]]) if home in self.unit_of else 0 for home in homes]

    def after(self, vacated: list[str], left: list[str], taken: list[tuple[str, bool]]) -> "Mixing":
        """The mix once homes were vacated, tenants left theirs for another, and homes were taken (home, poorer)."""
        everybody, poorer = self.all.copy(), self.poorer.copy()
        for home in {*vacated, *left}:
            if home in self.tenant and home in self.unit_of:
                everybody[self.unit_of[home]] -= 1
                poorer[self.unit_of[home]] -= self.tenant[home]
        for home, is_poorer in taken:
            if home in self.unit_of:
                everybody[self.unit_of[home]] += 1
                poorer[self.unit_of[home]] += is_poorer
        return Mixing(everybody, poorer, self.unit_of, {})


def mixing(homes: pl.DataFrame, households: pl.DataFrame, limits: Mapping[str | None, int], mix: Mix) -> Mixing:
    """The present mix, from the register's `homes` and the tenants among `households`.

    A tenant is of the first quartile when its tax income by consumption unit, the nearest to resources that the
    register has, is under the threshold that applicants of the EPCI are judged by (`limits`, `populations.thresholds`).
    """
    columns = UNITS[mix.unit]
    placed = homes.select("home_id", "epci", *columns).drop_nulls(list(columns))
    numbered = placed.select(columns).unique().sort(columns).with_row_index("unit")
    known = placed.join(numbered, on=columns, how="left")
    limit = pl.lit(limits[None]) if None in limits else pl.col("epci").replace_strict(limits, default=None)
    by_unit = pl.col("reference_income").cast(pl.Int64) * 10 < limit.cast(pl.Int64) * pl.col("consumption_units")
    tenants = (
        households.filter(pl.col("home_id").is_not_null())
        .join(known, on="home_id")
        .select("home_id", "unit", by_unit.fill_null(False).alias("poorer"))
    )
    units = tenants["unit"].to_numpy()
    count = numbered.height
    return Mixing(
        np.bincount(units, minlength=count).astype(np.int64),
        np.bincount(units[tenants["poorer"].to_numpy()], minlength=count).astype(np.int64),
        dict(known.select("home_id", "unit").iter_rows()),
        dict(tenants.select("home_id", "poorer").iter_rows()),
    )


def dissimilarity(one: Counts, other: Counts) -> int:
    """½ Σ |one / its sum − other / its sum|, in ten thousandths rounded down; 0 when either group is empty."""
    first, second = int(one.sum()), int(other.sum())
    if not first or not second:
        return 0
    apart = int(np.abs(one * second - other * first).sum())
    return WHOLE * apart // (2 * first * second)
