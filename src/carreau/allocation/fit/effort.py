"""The effort rate of an application in a home: rent after housing benefit and rent reduction, over its resources."""

from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from carreau.allocation.policy import Policy
from carreau.rules.rent.benefit import rent_help
from carreau.rules.rent.burden import effort_rate, rent_after
from carreau.rules.rent.scale import FIRST_DAY, MOST_DEPENDANTS
from carreau.rules.rent.zones import with_zone

UNKNOWN = -1
MOST = 9_999
Thousandths = npt.NDArray[np.int32]


class Efforts:
    """Effort rates of the applications of a ranking (its frame), under a policy, on a day.

    Raises BadInput, from the first home on, for a policy that sets aside by effort on a day before the scales known.
    """

    def __init__(self, applications: pl.DataFrame, policy: Policy, day: date) -> None:
        self.applications, self.policy, self.day = applications, policy, day

    @cached_property
    def _known(self) -> bool:
        return self.day >= FIRST_DAY or bool(self.policy.effort and self.policy.effort.hard)

    def of_home(self, home: dict[str, Any], places: npt.NDArray[np.integer[Any]]) -> Thousandths:
        """The effort rates of some applications, by place, in one home (see `of_pairs`)."""
        one = pl.select(
            pl.lit(home["commune"], pl.String).alias("commune"),
            pl.lit(home["rent"], pl.Int32).alias("rent"),
            pl.lit(home["agreement"], pl.Boolean).alias("agreement"),
        )
        return self.of_pairs(one[np.zeros(places.size, dtype=np.int64)], places)

    def of_pairs(self, homes: pl.DataFrame, places: npt.NDArray[np.integer[Any]]) -> Thousandths:
        """The effort rate of each application in the home of the same row, in thousandths, 9,999 at most.

        `homes` has `commune`, `rent` (cents a month) and `agreement`. Monthly resources stand for those of year N-2
        that count for APL. The rent is without charges, which the register lacks. A home without an agreement has no
        rent reduction. -1 is not known: no rent, no zone (overseas), no resources, or a day before the scales known.
        """
        if not self._known or not homes.height:
            return np.full(homes.height, UNKNOWN, dtype=np.int32)
        people = self.applications[places].select("couple", "dependants", "resources")
        rows = with_zone(homes.select("commune", "rent", "agreement")).hstack(people)
        yearly = pl.col("resources").cast(pl.Int64) * 12
        asked = rows.select(
            "zone",
            "couple",
            pl.col("dependants").clip(0, MOST_DEPENDANTS),
            "rent",
            ((yearly + 99) // 100 * 100).alias("income"),
            pl.col("agreement").fill_null(True).alias("social"),
        )
        helped = rows.hstack(rent_help(asked, self.day))
        cost = rent_after(pl.col("rent"), pl.col("rls"), pl.col("apl"), pl.lit(0)).clip(lower_bound=0)
        rate = (1000 * effort_rate(cost, yearly)).round().clip(0, MOST).cast(pl.Int32)
        return helped.select(rate.fill_null(UNKNOWN)).to_series().to_numpy()
