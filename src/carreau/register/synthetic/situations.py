"""Why a household asks, on which grounds of L441-1, and how many rooms it wants."""

import numpy as np
import polars as pl

from carreau.register import vocabulary as words
from carreau.register.synthetic.margins import Margins, Random, ranks

ADULT = 18
MOST_ROOMS = 7


def reasons(margins: Margins, applications: pl.DataFrame, random: Random) -> pl.Series:
    """The reason of each application in the cited shares; "too small" goes to the most crowded."""
    transfer = (applications["present_housing"] == "social_tenant").to_numpy()
    crowding = (applications["persons"] / applications["present_rooms"].fill_null(2)).to_numpy()
    result = np.empty(applications.height, dtype=object)
    for chosen, shares in (
        (np.flatnonzero(transfer), margins.assumed["reasons_transfer"]),
        (np.flatnonzero(~transfer), margins.assumed["reasons_first"]),
    ):
        order = ranks(-crowding[chosen] + 0.3 * random.standard_normal(len(chosen)))
        others = [name for name in shares if name not in ("too_small", "too_large")]
        names = ["too_small", *others, "too_large"] if "too_large" in shares else ["too_small", *others]
        counts = np.array([shares[name] for name in names]) / sum(shares.values())
        picked = np.searchsorted(np.cumsum(counts), (order + 0.5) / max(len(chosen), 1)).clip(max=len(names) - 1)
        middle = (picked > 0) & (np.array(names)[picked] != "too_large")
        picked[middle] = random.permutation(picked[middle])
        result[chosen] = np.array(names)[picked]
    return pl.Series("reason", result.tolist(), dtype=words.REASON)


def grounds(margins: Margins, applications: pl.DataFrame, random: Random) -> pl.Expr:
    """The grounds that follow from the situation, each recorded for the assumed share of those in it."""
    share = margins.assumed["ground_given_situation"] / 100
    housing, reason = pl.col("present_housing").cast(pl.String), pl.col("reason").cast(pl.String)
    minor = (pl.col("youngest_age") < ADULT) & (pl.col("persons") > 1)
    situations = {
        "homeless_or_hosted": housing.is_in(["homeless", "hosted_by_others"]),
        "temporary_housing": housing.is_in(["shelter", "employer_or_hotel"]),
        "eviction_threat": reason == "eviction",
        "disability": (reason == "health") & pl.Series(random.random(applications.height) < 0.5),
        "minor_in_bad_housing": (reason == "too_small") & minor,
        "domestic_violence": (reason == "family") & pl.Series(random.random(applications.height) < 0.1),
    }
    found = [
        pl.when(situation & pl.Series(random.random(applications.height) < share)).then(pl.lit(name))
        for name, situation in situations.items()
    ]
    return pl.concat_list(found).list.drop_nulls().cast(pl.List(words.GROUND)).alias("grounds")


def wanted_rooms(margins: Margins, applications: pl.DataFrame, random: Random) -> list[pl.Expr]:
    """Fewest and most rooms wanted: by size, with the assumed shares of those content with two.

    A tenant whose home is too small wants a room more than it has, one whose home is too large a room less.
    """
    small = margins.assumed["small_home_wanted"]
    draw = pl.Series(random.random(applications.height) * 100)
    kind, persons = pl.col("kind"), pl.col("persons")
    two_at_most = (
        pl.when(kind == "alone").then(draw < small["alone"])
        .when(kind == "couple").then(draw < small["couple"])
        .when((kind == "lone_parent") & (persons == 2)).then(draw < small["lone_parent_of_one"])
        .otherwise(pl.lit(value=False))
    )  # fmt: skip
    least = pl.when(persons == 1).then(1).when(persons <= 2).then(2).when(persons == 3).then(3).otherwise(persons - 1)
    least = pl.when((kind == "alone") & ~two_at_most).then(2).otherwise(least.clip(1, 6))
    most = pl.when(two_at_most).then(2).when(persons <= 2).then(3).otherwise(persons.clip(4, 7))
    present = pl.col("present_rooms").cast(pl.Int64)
    more = pl.when(pl.col("reason") == "too_small").then((present + 1).clip(1, MOST_ROOMS))
    fewer = pl.when(pl.col("reason") == "too_large").then((present - 1).clip(1, MOST_ROOMS))
    least, most = pl.max_horizontal(least, more), pl.min_horizontal(most, fewer)
    least = pl.when(pl.col("reason") == "too_large").then(pl.min_horizontal(least, most)).otherwise(least)
    return [
        least.cast(pl.Int8).alias("wanted_rooms_min"),
        pl.max_horizontal(least, most).cast(pl.Int8).alias("wanted_rooms_max"),
    ]
