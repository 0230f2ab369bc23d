"""The rooms and the surface that a household needs, from its composition."""

from datetime import date

import polars as pl

from carreau.rules.parameters import load


def rooms_needed(
    persons: pl.Expr, adults: pl.Expr, children: pl.Expr, unborn: pl.Expr, day: date
) -> tuple[pl.Expr, pl.Expr]:
    """The fewest and the most rooms of a fitting home, living room included (a T3 has three).

    Fewest, a practice: a room for the couple or the person alone and one for each other (the living room serves as a
    bedroom), or, when fewer, a living room, a bedroom for them, one for each other adult and one for two children.
    Most, L621-2 CCH: one room more than persons. Unborn children count. Never about income.
    """
    family = load("needs")
    share, cap = family["children_in_a_bedroom"].on(day), family["largest_minimum"].on(day)
    young = children + unborn
    everyone = persons + unborn
    other_adults = everyone - adults - young
    sleeping_in_living_room = 1 + other_adults + young
    sharing = 2 + other_adults + (young + share - 1) // share
    fewest = pl.min_horizontal(sleeping_in_living_room, sharing, pl.lit(cap)).cast(pl.Int16)
    return fewest, (everyone + family["rooms_above_persons"].on(day)).cast(pl.Int16)


def custody_change(use: str, day: date) -> pl.Expr:
    """What children of separated parents add to the persons of a household, or take from them, for a `use`.

    `use`: `ceiling`, `most_rooms` (the law, L442-12 CCH), `fewest_rooms` or `surface` (practice). Reads
    `alternating_children` (they are among the persons) and `visiting_children` (they are not).
    """
    family = load("needs")
    rules = family["custody_in_practice"].on(day), family["custody_by_law"].on(day)
    counts = next(rule for rule in rules if use in rule["visiting"])
    change = pl.lit(0, pl.Int16)
    if counts["visiting"][use]:
        change = change + pl.col("visiting_children")
    if not counts["alternating"][use]:
        change = change - pl.col("alternating_children")
    return change.cast(pl.Int16)


def minimum_surface(persons: pl.Expr, day: date) -> pl.Expr:
    """The living surface in m² under which these persons would be overcrowded (R822-25 CCH)."""
    floor = load("needs")["minimum_surface"].on(day)
    more = pl.min_horizontal(floor["two"] + floor["each_more"] * (persons.cast(pl.Int32) - 2), pl.lit(floor["cap"]))
    return pl.when(persons <= 1).then(floor["one"]).otherwise(more).cast(pl.Int32)
