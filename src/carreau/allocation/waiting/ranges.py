"""The ranges that are told: of all who ask, and of those who were housed; or that nothing was let."""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from carreau.allocation.waiting.curve import curve, quartiles
from carreau.allocation.waiting.spells import CELL, housed, spells

WINDOW = timedelta(days=729)
YEAR = timedelta(days=364)


def waiting_times(
    leases: pl.DataFrame,
    homes: pl.DataFrame,
    applications: pl.DataFrame,
    day: date,
    *,
    window: timedelta = WINDOW,
) -> pl.DataFrame:
    """A row a cell (`CELL`) that somebody asks for or was housed in, with waits in days up to `day`.

    - `first`, `median`, `last`: after how many days a quarter, half and three quarters of those who ask are housed in
      that cell, those still waiting counted (see `curve`); null when so many never were.
    - `housed_first`, `housed_median`, `housed_last`: what those housed within the window had waited. Lower: whoever
      still waits is not among them.
    - `housed` and `waiting`: households housed within the window, and asking on `day`.
    - `no_letting`: nobody was housed there in the twelve months up to `day`.

    Exact and private: nothing of it is public before it has passed `carreau.release.tables`.
    """
    return ranges(spells(leases, homes, applications, day - window, day), CELL, housed(leases, homes, day - YEAR, day))


def ranges(found: pl.DataFrame, by: Sequence[str], lately: pl.DataFrame) -> pl.DataFrame:
    """The ranges of spells by other cells than `CELL`, such as those that a release merges; `lately` has `by`."""
    counted = found.group_by(by).agg(
        housed=pl.col("housed").sum().cast(pl.Int32), waiting=(~pl.col("housed")).sum().cast(pl.Int32)
    )
    had = pl.col("left").filter("housed")
    plain = found.group_by(by).agg(
        had.quantile(share, "lower").cast(pl.Int32).alias(f"housed_{name}")
        for name, share in (("first", 0.25), ("median", 0.5), ("last", 0.75))
    )
    reached = quartiles(curve(found, by), by)
    let = lately.select(by).unique().with_columns(no_letting=pl.lit(False))
    made = counted
    for more in (reached, plain, let):
        made = made.join(more, on=list(by), how="left", nulls_equal=True)
    return made.with_columns(pl.col("no_letting").fill_null(True)).sort(by)
