"""The first quartile of a territory's applicants (L441-1 CCH): the published threshold, or one computed and said so."""

from dataclasses import dataclass
from datetime import date
from functools import cache

import polars as pl

from carreau.errors import BadInput
from carreau.places.communes import Communes
from carreau.rules.composition import age
from carreau.rules.parameters import in_force, load
from carreau.rules.rent.burden import consumption_units

PUBLISHED, COMPUTED = "published", "computed"


@dataclass(frozen=True)
class Threshold:
    """Resources by consumption unit, in whole euros a year, under which an applicant is of the first quartile.

    `territory` is the SIREN of the EPCI, or the region whose EPCIs share one threshold. `basis` is `published` (then
    `reference` is the arrêté) or `computed` (then from `applicants` applications, and `reference` is the method's).
    """

    territory: str
    day: date
    amount: int
    basis: str
    applicants: int | None
    reference: str
    certainty: str


def threshold(epci: str, day: date, applications: pl.DataFrame | None = None) -> Threshold:
    """The threshold of an EPCI on a day: the published one of that year, else computed from `applications`.

    An amount is published for one year and is never carried over to the next. `applications` has the columns of the
    register; those count that wish for a commune of the territory. Raises BadInput for an EPCI that no commune belongs
    to, and when nothing is published for that year and no application wishes for the territory.
    """
    territory = _territory(epci, day)
    for table in load("first_quartile")["threshold"].values:
        if table.start.year == day.year and territory in table.value:
            amount = table.value[territory]
            return Threshold(territory, day, amount, PUBLISHED, None, table.reference, table.certainty)
    if applications is None:
        raise BadInput(f"no first-quartile threshold is known for {territory} in {day.year}: give the applications")
    wishing = applications.filter(_wishes(territory))
    if wishing.is_empty():
        raise BadInput(
            f"no first-quartile threshold is known for {territory} in {day.year}, and no application is there"
        )
    method = in_force(load("first_quartile")["months"].values, day)
    amount = lower_quartile(wishing.select(resources_per_unit(day)).to_series(), day)
    return Threshold(territory, day, amount, COMPUTED, len(wishing), method.reference, "to verify")


def resources_per_unit(day: date) -> pl.Expr:
    """Euros a year by consumption unit of an application: its monthly `resources` × 12 over the units of its `births`.

    Unborn children are no unit yet. The first person counts as an adult at any age.
    """
    adult_age = load("consumption_units")["adult_age"].on(day)
    others = pl.col("births").list.slice(1)
    grown = others.list.eval(age(pl.element(), day) >= adult_age).list.sum().cast(pl.Int64)
    units = consumption_units(1 + grown, others.list.len().cast(pl.Int64) - grown, day)
    yearly = pl.col("resources").cast(pl.Int64) * load("first_quartile")["months"].on(day)
    return (yearly * 10 / units).alias("resources_per_unit")


def lower_quartile(amounts: pl.Series, day: date) -> int:
    """The highest amount of the poorest quarter, to the euro: of n sorted amounts, that of rank n / 4 rounded up.

    Raises BadInput when there is none.
    """
    if amounts.is_empty():
        raise BadInput("no quartile of no application")
    quarter = amounts.quantile(load("first_quartile")["share"].on(day), interpolation="lower")
    return int((quarter or 0.0) + 0.5)


def in_first_quartile(limit: Threshold) -> pl.Expr:
    """Whether an application is of the first quartile: resources by unit below the threshold, as L441-1 says."""
    return (resources_per_unit(limit.day) < limit.amount).alias("first_quartile")


def _territory(epci: str, day: date) -> str:
    regions = _communes().filter(pl.col("epci") == epci)["region"].drop_nulls()
    if regions.is_empty():
        raise BadInput(f"no commune belongs to the EPCI {epci!r}: give its SIREN")
    shared = [region for region in load("first_quartile")["regional"].on(day) if region in regions]
    return shared[0] if shared else epci


def _wishes(territory: str) -> pl.Expr:
    column = "region" if len(territory) == 2 else "epci"  # a SIREN has nine digits
    codes = _communes().filter(pl.col(column) == territory)["code"].to_list()
    return pl.col("wanted_communes").list.eval(pl.element().is_in(codes)).list.any()


@cache
def _communes() -> pl.DataFrame:
    return Communes.shipped().lookup.select("code", "epci", "region")
