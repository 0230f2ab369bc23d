"""The groups that law lets an audit observe, and what is held equal between them. Nothing else is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import polars as pl

from carreau import plain_yaml
from carreau.rules.composition import age, months_since
from carreau.rules.quartile import Threshold, in_first_quartile

LIKE_FOR_LIKE = ("commune", "rooms", "priority_class", "seniority_band", "income_class")
"""Held equal: the first commune wanted, the fewest rooms wanted, and what law and grids rank by."""

AGES = {"under_25": 25, "from_25": 35, "from_35": 50, "from_50": 65}
YEARS_WAITED = {"under_1": 1, "from_1": 2, "from_2": 3, "from_3": 5}


@dataclass(frozen=True)
class Family:
    """Groups of one kind: the column of that name; `classes` are compared each with all others of the column."""

    name: str
    classes: tuple[str, ...]
    instead_of: tuple[str, ...]
    reference: str
    certainty: str

    @property
    def held_equal(self) -> tuple[str, ...]:
        """What is held equal when these groups are compared."""
        return tuple(one for one in LIKE_FOR_LIKE if one not in self.instead_of)


@cache
def families() -> Mapping[str, Family]:
    """The families that may be compared, in the order of `groups.yaml`."""
    page = plain_yaml.load(files("carreau.allocation.treatment").joinpath("groups.yaml").read_text(encoding="utf-8"))
    return {
        name: Family(name, tuple(one["classes"]), tuple(one.get("instead_of", ())), one["reference"], one["certainty"])
        for name, one in page["families"].items()
    }


def described(applications: pl.DataFrame, day: date, limit: Threshold) -> pl.DataFrame:
    """The groups of each application on a day and what is held equal: `application_id`, `LIKE_FOR_LIKE`, `families()`.

    All but the id and `rooms` are words. `limit` is the territory's threshold of the first quartile. `came_from` tells
    whether the present commune is in the département of the application.
    """
    own = pl.col("present_commune").str.starts_with(pl.col("department"))
    disabled = pl.col("grounds").list.contains("disability") | pl.col("needs_adapted_home")
    first = pl.col("births").list.first()
    return applications.select(
        "application_id",
        pl.col("wanted_communes").list.first().alias("commune"),
        pl.col("wanted_rooms_min").cast(pl.Int16).alias("rooms"),
        priority_class=pl.when("dalo")
        .then(pl.lit("dalo"))
        .when(pl.col("grounds").list.len() > 0)
        .then(pl.lit("ground"))
        .otherwise(pl.lit("none")),
        seniority_band=_band(months_since(pl.col("seniority_from"), day) // 12, YEARS_WAITED, "from_5"),
        income_class=pl.when(in_first_quartile(limit)).then(pl.lit("first_quartile")).otherwise(pl.lit("above")),
        age_class=_band(age(first, day), AGES, "from_65"),
        composition=pl.col("kind").cast(pl.String),
        disability=pl.when(disabled).then(pl.lit("yes")).otherwise(pl.lit("no")),
        present_housing=pl.col("present_housing").cast(pl.String),
        came_from=pl.when(own).then(pl.lit("this_department")).otherwise(pl.lit("another_department")),
    )


def _band(years: pl.Expr, edges: Mapping[str, int], last: str) -> pl.Expr:
    """The first band whose end is above, else the last."""
    word = pl.lit(last)
    for name, end in reversed(list(edges.items())):
        word = pl.when(years < end).then(pl.lit(name)).otherwise(word)
    return word
