"""Of which populations of the quotas each application is: first quartile, relocated, priority, DALO, transfer."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from carreau.allocation.quotas import POPULATIONS, member
from carreau.places.communes import Communes
from carreau.rules.eligibility.priority import priority
from carreau.rules.quartile import lower_quartile, resources_per_unit, threshold

COLUMNS = ("first_quartile", "relocated_for_renewal", "priority", "dalo", "transfer")
CLASS = {population: 1 << place for place, population in enumerate(POPULATIONS)}
"""The bit of a population in `Market.classes`."""


def populations(applications: pl.DataFrame, epcis: Sequence[str], day: date) -> pl.DataFrame:
    """One row an application, in the order given: `application_id`, the columns of `COLUMNS` and the bits `classes`.

    The first quartile of an application is judged by the threshold of the first EPCI among `epcis` in which it wants a
    commune: published for the year, else computed from those who want one there (L441-1 CCH). Without any EPCI it is
    computed from all the applications.
    """
    grounds = priority(applications, day)
    judged = applications.select("application_id", resources_per_unit(day)).with_columns(
        _limits(applications, epcis, day).alias("limit")
    )
    flags = applications.select(
        "application_id",
        (judged["resources_per_unit"] < judged["limit"]).fill_null(False).alias("first_quartile"),
        "relocated_for_renewal",
        grounds["priority"],
        "dalo",
        (pl.col("present_housing").cast(pl.String) == "social_tenant").alias("transfer"),
    )
    bits = [member(population).cast(pl.Int32) * bit for population, bit in CLASS.items()]
    return flags.with_columns(pl.sum_horizontal(bits).cast(pl.Int32).alias("classes"))


def thresholds(applications: pl.DataFrame, epcis: Sequence[str], day: date) -> dict[str | None, int]:
    """The first-quartile threshold of each EPCI where one is known, in euros a year by consumption unit.

    Under None, when no EPCI is given: the threshold of all the applications as if they were those of one.
    """
    if epcis:
        return {epci: threshold(epci, day, applications).amount for epci in epcis}
    if applications.is_empty():
        return {}
    return {None: lower_quartile(applications.select(resources_per_unit(day)).to_series(), day)}


def _limits(applications: pl.DataFrame, epcis: Sequence[str], day: date) -> pl.Series:
    """The threshold of each application; null where it wants no commune of these EPCIs."""
    if not epcis:
        amount = thresholds(applications, (), day).get(None)
        return pl.repeat(amount, applications.height, dtype=pl.Int64, eager=True).alias("limit")
    lookup = Communes.shipped().lookup.filter(pl.col("epci").is_in(list(epcis))).select("code", "epci")
    wished = (
        applications.select(pl.int_range(pl.len()).alias("place"), pl.col("wanted_communes").alias("code"))
        .explode("code")
        .join(lookup, on="code", how="left", maintain_order="left")
        .group_by("place", maintain_order=True)
        .agg(pl.col("epci").drop_nulls().first())
    )
    limits = thresholds(applications, sorted(set(wished["epci"].drop_nulls())), day) if wished["epci"].count() else {}
    return wished["epci"].replace_strict(limits, default=None, return_dtype=pl.Int64).alias("limit")
