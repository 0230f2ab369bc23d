"""The indicators on households that a release can tell, and their exact values: private until `gate` has seen them."""

from dataclasses import dataclass

import polars as pl

from carreau.register.territory import Territory
from carreau.release.partition.drawn import CELL_KEY


@dataclass(frozen=True)
class Indicator:
    """What is told of the households of a unit.

    `kind` says how: `count` of households (an interval), `total` of persons (an interval), `mean`. A sensitive
    indicator never lets one conclude that all or none of the households have the trait.
    """

    name: str
    kind: str
    definition: str
    unit: str
    denominator: str
    sensitive: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of its columns in a released table."""
        return (self.name,) if self.kind == "mean" else (f"{self.name}_low", f"{self.name}_high")


INDICATORS = (
    Indicator("persons", "total", "persons of the households", "persons", "households", sensitive=False),
    Indicator("one_person", "count", "households of one person", "households", "households", sensitive=True),
    Indicator("lone_parents", "count", "lone-parent families", "households", "households", sensitive=True),
    Indicator("five_persons", "count", "households of five or more", "households", "households", sensitive=True),
    Indicator("poor", "count", "households below the poverty line", "households", "households", sensitive=True),
    Indicator(
        "living_standard",
        "mean",
        "mean over persons of their household's disposable income by consumption unit, winsorised and rounded",
        "EUR/year",
        "persons",
        sensitive=True,
    ),
)


def located_homes(territory: Territory) -> pl.LazyFrame:
    """The homes that have a cell: `home_id`, the three columns of the cell, `commune`, and `side` of a QPV's limit.

    The side is the code of the QPV, or whether the home is in one, or nothing where that is not known.
    """
    homes = territory.table("homes").filter(pl.col("cell_crs").is_not_null())
    side = pl.coalesce("qpv", pl.col("in_qpv").cast(pl.String)).fill_null("")
    return homes.select("home_id", *CELL_KEY, "commune", side=side)


def located_households(territory: Territory) -> pl.LazyFrame:
    """One row a household of tenants whose home has a cell: the cell, the six indicators of the household, `origin`.

    Counts are truth values, `persons` the number of persons, `living_standard` whole euros a year by consumption unit
    (`consumption_units` is in tenths).
    """
    persons = pl.col("births").list.len().cast(pl.Int32)
    households = territory.table("households").filter(pl.col("tenure") == "social")
    return households.select(
        "home_id",
        "origin",
        "poor",
        persons=persons,
        one_person=persons == 1,
        lone_parents=pl.col("kind") == "lone_parent",
        five_persons=persons >= 5,
        living_standard=pl.col("disposable_income").cast(pl.Int64) * 10 // pl.col("consumption_units"),
    ).join(located_homes(territory).drop("commune", "side"), on="home_id", how="inner").drop("home_id")  # fmt: skip
