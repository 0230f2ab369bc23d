"""Income ceilings of social homes: zone, category of household, ceiling, and who is within it (R441-1 CCH).

Expressions in, expressions out, so that millions of applications are judged at once.
"""

from datetime import date

import polars as pl

from carreau.register.vocabulary import CEILING_CLASS
from carreau.rules.parameters import load

ZONE = pl.Enum(["paris", "idf", "other"])
VERDICT = pl.Enum(["within", "over", "not_determined"])
CATEGORIES = 6
OVERSEAS = ("97", "98")
FUNDED = ("PLAI", "PLUS", "PLS")


def zone(commune: pl.Expr, day: date) -> pl.Expr:
    """The ceiling zone of an Insee commune code: `paris` (with the adjoining communes), `idf` or `other`.

    Null overseas, where other ceilings hold that Carreau does not know yet.
    """
    family = load("ceilings")
    department = commune.str.slice(0, 2)
    return (
        pl.when(department.is_in(OVERSEAS))
        .then(None)
        .when(commune.is_in(family["paris_communes"].on(day)))
        .then(pl.lit("paris"))
        .when(department.is_in(family["idf_departments"].on(day)))
        .then(pl.lit("idf"))
        .when(commune.is_not_null())
        .then(pl.lit("other"))
        .cast(ZONE)
    )


def category(
    persons: pl.Expr, couple: pl.Expr, dependants: pl.Expr, ages: pl.Expr, disability: pl.Expr, day: date
) -> pl.Expr:
    """The category 1 to 6 of a household.

    The number of persons, and one more for a person alone with dependants only, a couple without dependants whose
    `ages` add up to the limit at most, or a disability. The text lists these as alternatives: they do not add up.
    """
    young = couple & (persons == 2) & (ages <= load("ceilings")["young_couple_ages"].on(day))
    alone_with_dependants = ~couple & (dependants > 0) & (persons == dependants + 1)
    one_more = young.fill_null(False) | alone_with_dependants | disability
    return pl.min_horizontal(persons + one_more.cast(pl.Int16), pl.lit(CATEGORIES, pl.Int16)).cast(pl.Int16)


def counted_class(ceiling_class: pl.Expr, day: date) -> pl.Expr:
    """The class whose ceiling is applied: the home's own; PLUS when unknown; for PLI the class under it (PLS)."""
    family = load("ceilings")
    words = ceiling_class.cast(pl.String)
    counted = words.fill_null(family["unknown_class"].on(day)).replace("PLI", family["PLI_floor"].on(day))
    return counted.cast(CEILING_CLASS)


def ceiling(ceiling_class: pl.Expr, zone: pl.Expr, category: pl.Expr, persons: pl.Expr, day: date) -> pl.Expr:
    """The ceiling in euros a year of reference income, from the table in force on a day; null in an unknown zone.

    `persons` beyond six add the amount of an extra person. For PLI it is the ceiling that is surely low enough (see
    `eligible`). Raises BadInput when no table is known for that day.
    """
    counted = counted_class(ceiling_class, day)
    cases = [
        pl.when((counted == name) & (zone == place)).then(_amount(name, place, category, persons, day))
        for name in FUNDED
        for place in ZONE.categories
    ]
    return pl.coalesce(cases).cast(pl.Int32)


def eligible(
    reference_income: pl.Expr, ceiling_class: pl.Expr, zone: pl.Expr, category: pl.Expr, persons: pl.Expr, day: date
) -> pl.Expr:
    """Whether a household may have a home of this class: `within` (income ≤ ceiling), `over` or `not_determined`.

    PLI ceilings of the year are not known; they are above those of PLS, so a household within PLS is within PLI, and
    above it nothing is said. Overseas nothing is said either.
    """
    limit = ceiling(ceiling_class, zone, category, persons, day)
    is_pli = ceiling_class.cast(pl.String).fill_null("") == "PLI"
    return (
        pl.when(limit.is_null() | reference_income.is_null())
        .then(pl.lit("not_determined"))
        .when(reference_income <= limit)
        .then(pl.lit("within"))
        .when(is_pli)
        .then(pl.lit("not_determined"))
        .otherwise(pl.lit("over"))
        .cast(VERDICT)
    )


def _amount(name: str, place: str, category: pl.Expr, persons: pl.Expr, day: date) -> pl.Expr:
    table = load("ceilings")[f"{name}.{place}"].on(day)
    extra_persons = (persons - CATEGORIES).clip(lower_bound=0).cast(pl.Int32)
    base = category.replace_strict(list(range(1, CATEGORIES + 1)), table[:CATEGORIES], return_dtype=pl.Int32)
    return base + pl.lit(table[CATEGORIES], pl.Int32) * extra_persons
