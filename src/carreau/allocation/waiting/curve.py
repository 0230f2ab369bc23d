"""How many still wait after so many days: the product-limit estimate with delayed entry, for many cells at once.

Of those who have waited t days and were observed on that day, a part is housed: the product of what is left over all t
is the share still waiting (Kaplan & Meier, JASA 53, 1958; with delayed entry Tsai, Jewell & Wang, Biometrika 74, 1987).
Days on which fewer than `LEAST_AT_RISK` are observed are passed over, since one household among two would empty the
curve (Lai & Ying, Annals of Statistics 19, 1991).
"""

from collections.abc import Sequence

import polars as pl

LEAST_AT_RISK = 5
QUARTILES = {"first": 0.75, "median": 0.5, "last": 0.25}


def curve(spells: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """A row a cell and day of waiting on which somebody was housed, in order: `day`, `observed`, `hazard`, `still`.

    `observed` wait on that day, a part `hazard` of them is housed, and the share `still` waits afterwards. `spells` as
    in `spells.spells`; a cell is one of `by`.
    """
    entering = spells.group_by(*by, day="entered").agg(entering=pl.len().cast(pl.Int64))
    leaving = spells.group_by(*by, day=pl.col("left") + 1).agg(leaving=pl.len().cast(pl.Int64))
    housed = spells.filter("housed").group_by(*by, day="left").agg(housed=pl.len().cast(pl.Int64))
    days = (
        pl.concat([entering, leaving, housed], how="diagonal")
        .group_by(*by, "day")
        .agg(pl.col("entering", "leaving", "housed").sum())
        .sort(*by, "day")
    )
    observed = (pl.col("entering") - pl.col("leaving")).cum_sum().over(by)
    told = days.with_columns(observed=observed).filter(pl.col("housed") > 0, pl.col("observed") >= LEAST_AT_RISK)
    return told.with_columns(hazard=pl.col("housed") / pl.col("observed")).select(
        *by, "day", "observed", "hazard", still=(1 - pl.col("hazard")).cum_prod().over(by)
    )


def quartiles(found: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """After how many days a quarter, half and three quarters are housed: `first`, `median`, `last`; null when never."""
    reached = [
        pl.col("day").filter(pl.col("still") <= share + 1e-12).min().alias(name) for name, share in QUARTILES.items()
    ]
    return found.group_by(by).agg(reached).sort(by)
