"""What a home weighs in a household's means: the rent after help, the effort rate, what remains to live on."""

from datetime import date

import polars as pl

from carreau.rules.parameters import load


def rent_after(rent: pl.Expr, rls: pl.Expr, apl: pl.Expr, charges: pl.Expr) -> pl.Expr:
    """What the household pays for its home, in cents a month: rent − RLS − APL + charges.

    APL is already net of 98 % of the RLS: taking both off counts nothing twice. All are cents a month.
    """
    return rent - rls - apl + charges


def effort_rate(cost: pl.Expr, resources: pl.Expr) -> pl.Expr:
    """The cost of the home over the resources of all who live there (arrêté du 10 mars 2011); null without resources.

    `cost` in cents a month: `rent_after`, in which `charges` hold the recoverable charges, the rent of annexes, the
    contribution to energy savings and, when water or heating is paid apart, the landlord's flat sum for the size of
    home and household. `resources` in euros a year.
    """
    return pl.when(resources > 0).then(cost * 12 / (resources * 100))


def remains(cost: pl.Expr, resources: pl.Expr) -> pl.Expr:
    """What remains once the home is paid, in cents a month; below nought when it costs more than comes in."""
    return (resources * 100 / 12 - cost).round(0).cast(pl.Int64)


def remains_per_unit(remaining: pl.Expr, units: pl.Expr) -> pl.Expr:
    """What remains by consumption unit, in cents a month; `units` × 10, as the register stores them."""
    return (remaining * 10 / units).round(0).cast(pl.Int64)


def consumption_units(adults: pl.Expr, children: pl.Expr, day: date) -> pl.Expr:
    """Consumption units × 10 of a household of `adults` (14 or more, at least one) and `children` (under 14)."""
    family = load("consumption_units")
    first, other, child = (family[name].on(day) for name in ("first_adult", "other_adult", "child"))
    return (10 * (first + other * (adults - 1) + child * children)).round(0).cast(pl.Int16)
