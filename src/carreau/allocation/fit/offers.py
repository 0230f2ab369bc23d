"""The homes to let, in the order in which they are taken, and what each asks; those that ask the same share a kind."""

from datetime import date

import polars as pl

from carreau.errors import BadInput
from carreau.register.territory import Territory
from carreau.rules.ceilings import zone
from carreau.rules.needs import minimum_surface

KIND = ("rooms", "floor", "zone", "ceiling_class", "adapted", "student")
MOST_PERSONS = 20
DESCRIBED = (
    "home_id", "landlord_id", "residence_id", "commune", "department", "epci", "in_qpv", "kind", "rooms", "surface",
    "ceiling_class", "agreement", "access", "rent", "cell_crs", "cell_north", "cell_east",
)  # fmt: skip


def offers(territory: Territory) -> pl.DataFrame:
    """One row a vacancy of a territory, by the day it can be let again, then id: the vacancy, its home, its kind.

    Raises BadInput when a vacancy's home is not among the homes.
    """
    homes = territory.table("homes").select(*DESCRIBED, pl.lit(True).alias("known"))
    vacancies = territory.table("vacancies").select("vacancy_id", "home_id", "available", "reserver")
    joined = vacancies.join(homes, on="home_id", how="left").sort("available", "vacancy_id").collect()
    if (lost := joined.filter(pl.col("known").is_null())).height:
        first = lost["vacancy_id"][0]
        raise BadInput(f"{lost.height} vacancies name a home that is not in homes, first {first}", file=territory.path)
    return described(joined.drop("known"), territory.reference_date)


def described(homes: pl.DataFrame, day: date) -> pl.DataFrame:
    """Homes with what they ask on a day: the columns of `KIND`, and `kind_of_home`, their row among `kinds`.

    `floor` is the most m² that somebody may need (R822-25 CCH) and still fit, null where the surface is not known.
    """
    floors = pl.select(minimum_surface(pl.int_range(1, MOST_PERSONS + 1), day)).to_series().unique()
    surface = pl.col("surface").cast(pl.Int32)
    frame = homes.with_columns(
        zone(pl.col("commune"), day).cast(pl.String).alias("zone"),
        pl.col("ceiling_class", "reserver").cast(pl.String),
        (pl.col("access").cast(pl.String) == "adapted").fill_null(False).alias("adapted"),
        (pl.col("kind").cast(pl.String) == "student").fill_null(False).alias("student"),
        pl.col("rooms").cast(pl.Int16),
        pl.when(surface.is_not_null())
        .then(pl.max_horizontal(pl.lit(0), *(pl.when(surface >= one).then(one) for one in floors)))
        .cast(pl.Int32)
        .alias("floor"),
    )
    numbered = kinds(frame).with_row_index("kind_of_home")
    return frame.join(numbered, on=KIND, how="left", maintain_order="left", nulls_equal=True)


def kinds(homes: pl.DataFrame) -> pl.DataFrame:
    """The distinct kinds of these homes, a row each, in an order that does not depend on that of the rows."""
    return homes.select(KIND).unique().sort(KIND, nulls_last=True)
