"""Households whose home weighs too much: whom to help stay (maintien). Never a reason to exclude anybody."""

from datetime import date

import polars as pl

from carreau.rules.parameters import load
from carreau.rules.rent.burden import effort_rate


def risks(day: date) -> dict[str, pl.Expr]:
    """What puts a household at risk, by code, on the columns of `facts.described`; null where unknown.

    `effort_rate`: the cost of the home after help is above the usual share of the resources of all who live there (a
    usage, that no text sets), or there are none and it costs something. `arrears`: rent is owed.
    """
    limit = load("effort_rate")["practice_limit"].on(day)
    heavy = pl.when(pl.col("disposable_income") <= 0).then(pl.col("cost") > 0).otherwise(effort() > limit)
    return {"effort_rate": heavy, "arrears": pl.col("arrears") > 0}


def effort() -> pl.Expr:
    """The effort rate of `cost` over `disposable_income`; null without resources or where the cost is unknown."""
    return effort_rate(pl.col("cost"), pl.col("disposable_income"))
