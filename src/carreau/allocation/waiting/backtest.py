"""Whether the ranges told on a day hold for the leases signed afterwards."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from carreau.allocation.waiting.curve import curve
from carreau.allocation.waiting.ranges import WINDOW, ranges
from carreau.allocation.waiting.spells import CELL, spells

FEWEST = 11


@dataclass(frozen=True)
class Backtest:
    """What came of the ranges told on `day`, by the leases signed after it.

    Of `leases` in cells that had at least `FEWEST` leases before, the share `covered` had waited within the range of
    those housed before (half is right), and `below` less than it (a quarter). `expected` is how many of those asking
    would be housed in the time that followed, by the curve of all who ask, and `observed` how many were.
    """

    day: date
    leases: int
    covered: float | None
    below: float | None
    expected: float
    observed: int


def backtest(
    leases: pl.DataFrame,
    homes: pl.DataFrame,
    applications: pl.DataFrame,
    day: date,
    until: date,
    *,
    window: timedelta = WINDOW,
) -> Backtest:
    """Tell ranges on `day` from what was known then, and look at the leases after it, up to `until`.

    Known on `day` are the leases signed by then, and as asking: those of `applications` (asking on `until`) that had
    begun, and the households of later leases, who were waiting. Whoever withdrew before `until` is in no table.
    """
    known = _known(leases, homes, applications, day, until, window)
    told = ranges(known, CELL, known.clear()).filter(pl.col("housed") >= FEWEST)
    later = spells(leases, homes, applications, day + timedelta(days=1), until)
    housed = later.filter("housed").join(told, on=CELL, how="inner")
    within = housed.select(pl.col("left").is_between("housed_first", "housed_last").mean()).item()
    below = housed.select((pl.col("left") < pl.col("housed_first")).mean()).item()
    compared = later.join(told.select(CELL), on=CELL, how="semi")
    return Backtest(day, housed.height, within, below, _expected(compared, known), int(compared["housed"].sum()))


def _known(
    leases: pl.DataFrame, homes: pl.DataFrame, applications: pl.DataFrame, day: date, until: date, window: timedelta
) -> pl.DataFrame:
    """The spells up to `day`: those who sign later are asking, in the cell where they will be housed."""
    first = day - window
    before = spells(leases.filter(pl.col("signed") <= day), homes, applications, first, day)
    began = pl.col("signed") - pl.duration(days=pl.col("waited"))
    after = leases.filter(pl.col("signed") > day, pl.col("signed") <= until, began <= day)
    late = after.with_columns(
        waited=(pl.col("waited") - (pl.col("signed") - day).dt.total_days()).cast(pl.Int32), signed=pl.lit(day)
    )
    asking = spells(late, homes, applications.clear(), first, day).with_columns(housed=pl.lit(False))
    return pl.concat([before, asking])


def _expected(later: pl.DataFrame, known: pl.DataFrame) -> float:
    """The sum over spells of the hazards of the days that they cover (Nelson and Aalen)."""
    hazards = curve(known, CELL).select(*CELL, "day", total=pl.col("hazard").cum_sum().over(CELL)).sort("day")
    rows = later.with_row_index("row")
    ends = []
    for name, at in (("to", pl.col("left")), ("from", pl.col("entered") - 1)):
        asked = rows.select("row", *CELL, day=at.cast(pl.Int32)).sort("day")
        joined = asked.join_asof(hazards, on="day", by=list(CELL), strategy="backward", check_sortedness=False)
        ends.append(joined.select("row", pl.col("total").fill_null(0.0).alias(name)))
    both = ends[0].join(ends[1], on="row")
    return float((both["to"] - both["from"]).sum())
