"""The five cases of L442-5-2 CCH, as expressions: true, false, or null when what they ask is not known."""

from datetime import date

import polars as pl

from carreau.rules.ceilings import ceiling, eligible
from carreau.rules.needs import minimum_surface
from carreau.rules.parameters import load
from carreau.rules.rent.supplement import exempt_class, overrun

CASES = ("over_occupied", "under_occupied", "adapted_home_left", "adapted_home_needed", "ceiling_exceeded")


def over_occupied(persons: pl.Expr, surface: pl.Expr, day: date) -> pl.Expr:
    """1°: the living surface (m²) is under the least for so many persons (L822-10, R822-25)."""
    return surface < minimum_surface(persons, day)


def under_occupied(
    persons: pl.Expr, visiting_children: pl.Expr, rooms: pl.Expr, work_rooms: pl.Expr, day: date
) -> pl.Expr:
    """2°: more habitable rooms, kitchen excluded, than persons and one (L621-2).

    Children who come by a right of visit count as persons, rooms that a profession needs are not counted; where these
    two are unknown they are taken as none. See `surely_under_occupied`.
    """
    counted = rooms.cast(pl.Int32) - work_rooms.fill_null(0)
    return counted > persons.cast(pl.Int32) + visiting_children.fill_null(0) + load("needs")["rooms_above_persons"].on(
        day
    )


def surely_under_occupied(
    persons: pl.Expr, visiting_children: pl.Expr, rooms: pl.Expr, work_rooms: pl.Expr, day: date
) -> pl.Expr:
    """As `under_occupied`, but null where visiting children or work rooms are unknown and could change it."""
    found = under_occupied(persons, visiting_children, rooms, work_rooms, day)
    unknown = visiting_children.is_null() | work_rooms.is_null()
    return pl.when(found & unknown).then(None).otherwise(found)


def adapted_home_left(access: pl.Expr, disabled_occupant_left: pl.Expr, disability: pl.Expr) -> pl.Expr:
    """3°: an adapted home that its disabled occupant has left, nobody disabled remaining (L442-3-2)."""
    return (access == "adapted") & disabled_occupant_left & ~disability


def adapted_home_needed(access: pl.Expr, needs_adapted_home: pl.Expr) -> pl.Expr:
    """4°: a disability or loss of autonomy that needs an adapted home, in one that is not."""
    return (access != "adapted") & needs_adapted_home


def ceiling_exceeded(day: date) -> pl.Expr:
    """5°: the income is above the ceiling of the home's class, by a euro or more.

    Reads the columns of `facts.described`. Null for an unknown class, overseas, above PLS in a PLI, and where only an
    unknown disability (one category more) would decide.
    """
    verdicts = [
        eligible(
            pl.col("reference_income"), pl.col("ceiling_class"), pl.col("zone"), pl.col(name), pl.col("persons"), day
        )
        for name in ("least_category", "most_category")
    ]
    return _sure(pl.col("ceiling_class").is_not_null(), verdicts[1] == "over", verdicts[0] == "within")


def owes_supplement(day: date) -> pl.Expr:
    """Whether the SLS is due: an overrun of 20 % at least (L441-3), but in a QPV, a rural zone or a PLI."""
    threshold = load("sls")["threshold"].on(day)
    least, most = (_overrun("ceiling_class", name, day) for name in ("least_category", "most_category"))
    due = _sure(pl.col("ceiling_class").is_not_null(), most >= threshold, least < threshold)
    return due & ~exempt_class(pl.col("ceiling_class"), day) & ~pl.col("in_qpv") & ~pl.col("rural_zone")


def far_above_ceiling(day: date) -> pl.Expr:
    """Whether the income is above the limit of L442-3-3 (150 % of the PLS ceiling); false in a PLI."""
    share = load("occupancy")["income_overrun"].on(day)
    above = [
        pl.col("reference_income").cast(pl.Int64) * 100
        > share * ceiling(pl.lit("PLS"), pl.col("zone"), pl.col(name), pl.col("persons"), day)
        for name in ("least_category", "most_category")
    ]
    social = pl.col("ceiling_class") != "PLI"
    return _sure(pl.lit(True), above[1], ~above[0]) & social


def _overrun(ceiling_class: str, category: str, day: date) -> pl.Expr:
    limit = ceiling(pl.col(ceiling_class), pl.col("zone"), pl.col(category), pl.col("persons"), day)
    return overrun(pl.col("reference_income"), limit)


def _sure(known: pl.Expr, yes: pl.Expr, no: pl.Expr) -> pl.Expr:
    return pl.when(known & yes).then(True).when(known & no).then(False)
