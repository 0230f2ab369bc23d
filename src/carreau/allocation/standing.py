"""Where each application stands before any home is looked at: its place in the ranking and what it could accept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from carreau.allocation.policy import Policy
from carreau.register.vocabulary import CEILING_CLASS
from carreau.rules.ceilings import ZONE, category, eligible
from carreau.rules.composition import with_composition
from carreau.rules.needs import minimum_surface, rooms_needed
from carreau.rules.points import points

Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
UNKNOWN_CLASS = "unknown"
CITY_OF_ARRONDISSEMENT = {
    **{str(code): "75056" for code in range(75101, 75121)},
    **{str(code): "69123" for code in range(69381, 69390)},
    **{str(code): "13055" for code in range(13201, 13217)},
}


@dataclass(frozen=True)
class Standing:
    """Applications in the order of the ranking, best first, and who wants which commune.

    `frame` has `application_id`, `points` (null when the policy gives none), `seniority_from`, `rooms_min`,
    `rooms_max` (what is wanted and needed at once), `surface`, `needs_adapted_home`, `present_home_id` and a truth
    value `within_<zone>_<class>` for each. `wanting` gives the places in that order by commune code.
    """

    frame: pl.DataFrame
    breakdown: pl.DataFrame
    wanting: Mapping[str, Places]

    def places_wanting(self, commune: str) -> Places:
        """Places of the applications that want this commune, or the city that it is an arrondissement of."""
        nobody = np.empty(0, dtype=np.int64)
        own = self.wanting.get(commune, nobody)
        city = self.wanting.get(CITY_OF_ARRONDISSEMENT.get(commune, ""), nobody)
        return np.union1d(own, city) if len(city) else own


def standing(applications: pl.DataFrame, policy: Policy, day: date) -> Standing:
    """Rank applications under a policy on a day: points, then seniority, then application id."""
    described = with_composition(applications, day)
    breakdown, totals = _score(described, policy, day)
    ranked = (
        _acceptable(described, day)
        .join(totals, on="application_id", how="left", validate="1:1")
        .sort(["points", "seniority_from", "application_id"], descending=[True, False, False], nulls_last=True)
    )
    wishes = (
        ranked.select(pl.int_range(pl.len(), dtype=pl.Int64).alias("place"), pl.col("wanted_communes").list.unique())
        .explode("wanted_communes", empty_as_null=False)
        .sort("place")
    )
    wanting = {one["wanted_communes"][0]: one["place"].to_numpy() for one in wishes.partition_by("wanted_communes")}
    return Standing(ranked.drop("wanted_communes"), breakdown, wanting)


def within_column(zone: str, ceiling_class: str | None) -> str:
    """The name of the column of `Standing.frame` that says who is within the ceiling of a home."""
    return f"within_{zone}_{ceiling_class or UNKNOWN_CLASS}"


def _score(described: pl.DataFrame, policy: Policy, day: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    if policy.grid is not None:
        found = points(described, policy.grid, day)
        return found.breakdown.drop("state"), found.totals.select("application_id", "points")
    nothing = {"application_id": pl.String, "rubric": pl.String, "criterion": pl.String, "points": pl.Int32}
    return pl.DataFrame(schema=nothing), described.select("application_id", pl.lit(None, pl.Int32).alias("points"))


def _acceptable(described: pl.DataFrame, day: date) -> pl.DataFrame:
    persons, unborn = pl.col("persons"), pl.col("unborn")
    fewest, most = rooms_needed(persons, pl.col("adults"), pl.col("children"), unborn, day)
    couple, dependants, ages, disability = (pl.col(name) for name in ("couple", "dependants", "ages", "disability"))
    counted = category(persons, couple, dependants, ages, disability, day)
    return described.with_columns(counted.alias("category")).select(
        "application_id",
        "seniority_from",
        "wanted_communes",
        "needs_adapted_home",
        "present_home_id",
        pl.max_horizontal("wanted_rooms_min", fewest).cast(pl.Int16).alias("rooms_min"),
        pl.min_horizontal("wanted_rooms_max", most).cast(pl.Int16).alias("rooms_max"),
        minimum_surface(persons + unborn, day).alias("surface"),
        *[
            _within(zone, ceiling_class, day).alias(within_column(zone, ceiling_class))
            for zone in ZONE.categories
            for ceiling_class in (*CEILING_CLASS.categories, None)
        ],
    )


def _within(zone: str, ceiling_class: str | None, day: date) -> pl.Expr:
    verdict = eligible(
        pl.col("reference_income"),
        pl.lit(ceiling_class, dtype=CEILING_CLASS),
        pl.lit(zone, dtype=ZONE),
        pl.col("category"),
        pl.col("persons"),
        day,
    )
    return verdict == "within"
