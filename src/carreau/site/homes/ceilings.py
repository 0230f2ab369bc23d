"""The income ceilings of one home, by number of persons."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from carreau.register.vocabulary import CEILING_CLASS
from carreau.rules.ceilings import CATEGORIES, ceiling, zone
from carreau.rules.parameters import in_force, load
from carreau.site.homes.models import Home


@dataclass(frozen=True)
class Ceilings:
    """`amounts`: euros a year of reference income by number of persons, 1 to 6; and the text that sets them."""

    amounts: list[tuple[int, int]]
    reference: str


def ceilings(home: Home, day: date) -> Ceilings | None:
    """The ceilings of a home's class where it is; None where Carreau knows none."""
    asked = pl.DataFrame({"persons": range(1, CATEGORIES + 1)}, schema={"persons": pl.Int16}).with_columns(
        pl.lit(home.ceiling_class or None, CEILING_CLASS).alias("class"),
        zone(pl.lit(home.commune), day).alias("zone"),
    )
    persons = pl.col("persons")
    found = asked.select(persons, ceiling(pl.col("class"), pl.col("zone"), persons, persons, day).alias("amount"))
    if found["amount"].null_count():
        return None
    counted = home.ceiling_class if home.ceiling_class in ("PLAI", "PLUS", "PLS") else "PLUS"
    place = asked["zone"].cast(pl.String)[0]
    return Ceilings(list(found.iter_rows()), in_force(load("ceilings")[f"{counted}.{place}"].values, day).reference)
