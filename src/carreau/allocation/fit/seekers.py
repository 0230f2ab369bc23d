"""What each application could accept, before any home is looked at; those alike in everything share a profile."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from carreau.register.vocabulary import CEILING_CLASS
from carreau.rules.ceilings import ZONE, category, eligible
from carreau.rules.composition import younger
from carreau.rules.eligibility.facts import described
from carreau.rules.eligibility.need import needs
from carreau.rules.parameters import load

UNKNOWN_CLASS = "unknown"
CLASSES = (*CEILING_CLASS.categories, UNKNOWN_CLASS)
CEILINGS = tuple((zone, name) for zone in ZONE.categories for name in CLASSES)
PROFILE = ("rooms_min", "rooms_max", "surface", "adapted", "young", "within")


@dataclass(frozen=True)
class Profiles:
    """`frame`: a row a profile, the columns of `PROFILE`; `of`: the row of each application, in the order given."""

    frame: pl.DataFrame
    of: pl.Series


def ceiling_bit(zone: str, ceiling_class: str | None) -> int:
    """The bit of `within` that says who is within the ceiling of a class (null: unknown) in a zone."""
    return 1 << CEILINGS.index((zone, ceiling_class or UNKNOWN_CLASS))


def acceptable(applications: pl.DataFrame, day: date) -> pl.DataFrame:
    """One row an application, in the order given: `application_id`, the columns of `PROFILE`, `couple`, `dependants`.

    Rooms are those wanted and needed at once, `surface` the least in m², `adapted` whether only an adapted home will
    do, `young` whether a home for students may be let to it, `within` the bits of the ceilings that it is under (see
    `ceiling_bit`). Reads the register's columns and `carreau.rules.eligibility.facts.FACTS` where they are given.
    """
    needed = needs(applications, day)
    facts = described(applications, day)
    persons = pl.col("counted_persons")
    counted = category(
        persons, pl.col("couple"), pl.col("counted_dependants"), pl.col("ages"), pl.col("disability"), day
    )
    young = younger(pl.col("births").list.first(), load("lease_conditions")["student_age"].on(day), day)
    told = facts.with_columns(counted.alias("category")).select(
        young.alias("young"), _within(day).alias("within"), "couple", pl.col("dependants").cast(pl.Int16)
    )
    wanted = applications.select("wanted_rooms_min", "wanted_rooms_max")
    return (
        needed.select("application_id", "rooms_min", "rooms_max", "surface", "adapted")
        .hstack(told)
        .hstack(wanted)
        .select(
            "application_id",
            pl.max_horizontal("wanted_rooms_min", "rooms_min").cast(pl.Int16).alias("rooms_min"),
            pl.min_horizontal("wanted_rooms_max", "rooms_max").cast(pl.Int16).alias("rooms_max"),
            pl.col("surface").cast(pl.Int32),
            "adapted",
            "young",
            "within",
            "couple",
            "dependants",
        )
    )


def profiles(accepted: pl.DataFrame) -> Profiles:
    """The profiles of applications (see `acceptable`), in an order that does not depend on that of the rows."""
    frame = accepted.select(PROFILE).unique().sort(PROFILE)
    numbered = frame.with_row_index("profile")
    of = accepted.join(numbered, on=PROFILE, how="left", maintain_order="left", nulls_equal=True)["profile"]
    return Profiles(frame, of.cast(pl.Int32))


def _within(day: date) -> pl.Expr:
    bits = []
    for zone, name in CEILINGS:
        verdict = eligible(
            pl.col("reference_income"),
            pl.lit(None if name == UNKNOWN_CLASS else name, dtype=CEILING_CLASS),
            pl.lit(zone, dtype=ZONE),
            pl.col("category"),
            pl.col("counted_persons"),
            day,
        )
        held = (verdict == "within").fill_null(False)
        bits.append(held.cast(pl.Int32) * ceiling_bit(zone, None if name == UNKNOWN_CLASS else name))
    return pl.sum_horizontal(bits).cast(pl.Int32)
