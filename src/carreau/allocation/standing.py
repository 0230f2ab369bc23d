"""Where each application stands before any home is looked at: its place in the ranking and what it could accept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from carreau.allocation.fit.seekers import PROFILE, Profiles, acceptable, profiles
from carreau.allocation.mechanisms.lottery import tickets
from carreau.allocation.policy import Policy
from carreau.allocation.populations import populations
from carreau.allocation.quotas import member
from carreau.rules.points import points

Places = npt.NDArray[np.int32]
CITY_OF_ARRONDISSEMENT = {
    **{str(code): "75056" for code in range(75101, 75121)},
    **{str(code): "69123" for code in range(69381, 69390)},
    **{str(code): "13055" for code in range(13201, 13217)},
}


@dataclass(frozen=True)
class Standing:
    """Applications in the order of the ranking, best first, and who wants which commune.

    `frame` has `application_id`, `points` (null when the policy gives none), `seniority_from`, `level` (equal for those
    whom only seniority and id tell apart; a lottery: its class), the columns of the populations and their bits
    (`populations`), `reserver`, `present_home_id`, `resources`, and what it could accept (`fit.seekers.acceptable`).
    `profiles` are in the same order. `wanting` gives by commune the places of those who want it, and its position in
    what each stated, from 0.
    """

    frame: pl.DataFrame
    breakdown: pl.DataFrame
    profiles: Profiles
    wanting: Mapping[str, tuple[Places, Places]]

    def who_wants(self, commune: str) -> tuple[Places, Places]:
        """Who wants this commune, or the city that it is an arrondissement of: places, and positions of the wish."""
        nobody = np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int32)
        own = self.wanting.get(commune, nobody)
        city = self.wanting.get(CITY_OF_ARRONDISSEMENT.get(commune, ""), nobody)
        if not len(city[0]):
            return own
        both = np.concatenate([own[0], city[0]]), np.concatenate([own[1], city[1]])
        order = np.lexsort((both[1], both[0]))
        places, first = np.unique(both[0][order], return_index=True)
        return places, both[1][order][first]


def standing(
    applications: pl.DataFrame, policy: Policy, day: date, *, epcis: Sequence[str] = (), seed: str = "1"
) -> Standing:
    """Rank applications under a policy on a day: points, then seniority, then application id.

    A lottery ranks by class, the first population of the policy that an application is of, then by the ticket that
    `seed` gives it (see `mechanisms.lottery`). `epcis` are those whose thresholds tell the first quartile.
    """
    breakdown, totals = _score(applications, policy, day)
    described = (
        applications.select(
            "application_id", "seniority_from", "reserver", "present_home_id", "resources", "wanted_communes"
        )
        .hstack(populations(applications, epcis, day).drop("application_id"))
        .hstack(acceptable(applications, day).drop("application_id"))
        .with_columns(pl.col("reserver").cast(pl.String))
        .join(totals, on="application_id", how="left", validate="1:1", maintain_order="left")
    )
    ranked = _lottery(described, policy, seed) if policy.mechanism == "lottery" else _ranked(described)
    found = ranked.drop("wanted_communes")
    return Standing(found, breakdown, profiles(found.select("application_id", *PROFILE)), _wanting(ranked))


def _ranked(described: pl.DataFrame) -> pl.DataFrame:
    order, falling = ["points", "seniority_from", "application_id"], [True, False, False]
    level = pl.col("points").rle_id().cast(pl.Int32).alias("level")
    return described.sort(order, descending=falling, nulls_last=True).with_columns(level)


def _lottery(described: pl.DataFrame, policy: Policy, seed: str) -> pl.DataFrame:
    level = pl.lit(len(policy.classes), pl.Int32)
    for place, population in reversed(list(enumerate(policy.classes))):
        level = pl.when(member(population)).then(place).otherwise(level)
    drawn = pl.Series("ticket", tickets(described["application_id"], seed))
    frame = described.with_columns(level.cast(pl.Int32).alias("level"), drawn)
    return frame.sort("level", "ticket", "application_id").drop("ticket")


def _score(applications: pl.DataFrame, policy: Policy, day: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    if policy.grid is not None:
        found = points(applications, policy.grid, day)
        return found.breakdown.drop("state"), found.totals.select("application_id", "points")
    nothing = {"application_id": pl.String, "rubric": pl.String, "criterion": pl.String, "points": pl.Int32}
    return pl.DataFrame(schema=nothing), applications.select("application_id", pl.lit(None, pl.Int32).alias("points"))


def _wanting(ranked: pl.DataFrame) -> dict[str, tuple[Places, Places]]:
    wishes = (
        ranked.select(
            pl.int_range(pl.len(), dtype=pl.Int32).alias("place"),
            pl.col("wanted_communes").list.unique(maintain_order=True).alias("commune"),
        )
        .with_columns(pl.int_ranges(pl.col("commune").list.len(), dtype=pl.Int32).alias("position"))
        .explode("commune", "position")
        .sort("commune", "place")
    )
    places, positions = wishes["place"].to_numpy(), wishes["position"].to_numpy()
    sizes = wishes.group_by("commune", maintain_order=True).len()
    ends = sizes["len"].cum_sum().to_list()
    starts = [0, *ends][: len(ends)]
    return {
        commune: (places[start:end], positions[start:end])
        for commune, start, end in zip(sizes["commune"], starts, ends, strict=True)
    }
