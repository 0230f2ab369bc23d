"""Who lives in a residence, before and after a household moves in: for the landlord whose residence it is."""

from dataclasses import dataclass

import polars as pl

from carreau.errors import BadInput
from carreau.register.territory import Territory
from carreau.rules.bands import ceiling_shares
from carreau.site.bridge.snapshot import home_folder
from carreau.site.homes.models import Home

FEWEST = 11
"""Fewer households than this in a residence, and nothing is said of it: members of a commission are many."""

LOW = 60
"""Per cent of the PLUS ceiling under which the occupancy surveys count a household's means as low."""

MEASURES = ("low", "lone_parent", "alone", "large")


@dataclass(frozen=True)
class Change:
    """A share of a residence's households in per cent, before and after one more of them moves in."""

    measure: str
    before: float
    after: float


def change(home: Home, household: pl.DataFrame | None) -> list[Change]:
    """What a household (a row of applications) changes in the residence of a home; nothing where it is not told.

    Empty when the register has no households, or fewer than 11 in the residence. Measures: means under 60 % of the
    PLUS ceiling, one-parent families, people alone, households of five and more.
    """
    living = _living(home)
    if living.height < FEWEST:
        return []
    day = home.register.reference_date
    try:
        before = _shares(living.with_columns(ceiling_shares(living, day)))
        coming = None if household is None else _coming(household, home)
        both = living if coming is None else pl.concat([living, coming], how="vertical_relaxed")
        after = _shares(both.with_columns(ceiling_shares(both, day)))
    except BadInput:
        return []
    return [Change(name, before[name], after[name]) for name in MEASURES]


def _living(home: Home) -> pl.DataFrame:
    folder = home_folder() / home.register.folder
    try:
        territory = Territory.open(folder)
        households = territory.table("households")
    except BadInput:
        return pl.DataFrame()
    homes = Home.objects.filter(residence_id=home.residence_id, register=home.register).values_list(
        "home_id", flat=True
    )
    found = households.filter(pl.col("home_id").is_in(list(homes))).select("births", "kind", "reference_income")
    return found.with_columns(pl.col("kind").cast(pl.String), pl.lit(home.commune).alias("commune")).collect()


def _coming(household: pl.DataFrame, home: Home) -> pl.DataFrame:
    return household.select(
        "births", pl.col("kind").cast(pl.String), "reference_income", pl.lit(home.commune).alias("commune")
    )


def _shares(frame: pl.DataFrame) -> dict[str, float]:
    persons = pl.col("births").list.len()
    counted = frame.select(
        (pl.col("ceiling_share") < LOW).alias("low"),
        (pl.col("kind") == "lone_parent").alias("lone_parent"),
        (pl.col("kind") == "alone").alias("alone"),
        (persons >= 5).alias("large"),
    )
    return {name: round(100 * float(counted[name].mean() or 0), 1) for name in MEASURES}  # type: ignore[arg-type]
