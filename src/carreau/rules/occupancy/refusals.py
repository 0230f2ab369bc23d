"""Three refusals of a fitting home and the right to stay: who keeps it, who may lose it (L442-3-1 to L442-3-3)."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

import polars as pl

from carreau.rules.composition import age
from carreau.rules.parameters import load


def exceptions(day: date) -> Mapping[str, pl.Expr]:
    """What keeps a tenant's right to stay under L442-3-1, by code, on the columns of `facts.described`; null unknown.

    `over_65` (any of the couple, from the day after the birthday), `disability` and `loss_of_autonomy` (the tenant's or
    a dependant's), `qpv`, `former_zus` (living by the end of 2014 in a ZUS that did not become a QPV). Under L442-3-2
    only `over_65` does.
    """
    family = load("occupancy")
    before = day - timedelta(days=1)
    lived_there = pl.col("moved_in") <= family["former_zus_until"].on(day)
    return {
        "over_65": _any_tenant(lambda birth: age(birth, before) >= family["protected_age"].on(day)),
        "disability": pl.col("disability"),
        "loss_of_autonomy": pl.col("loss_of_autonomy"),
        "qpv": pl.col("in_qpv"),
        "former_zus": pl.col("former_zus") & lived_there,
    }


def refusals_left(refused_offers: pl.Expr, day: date) -> pl.Expr:
    """How many fitting offers may still be refused before the right to stay is at stake; null where unknown."""
    return (load("occupancy")["offers"].on(day) - refused_offers).clip(lower_bound=0).cast(pl.Int32)


def may_end_lease(obliged: pl.Expr, protected: pl.Expr, refused_offers: pl.Expr, day: date) -> pl.Expr:
    """Whether three refusals have cost the right to stay: null where something that would decide is unknown.

    `obliged`: in the case of the article and, for L442-3-1, in the territories of the law of 1948. `protected`: any
    exception of the article holds. `refused_offers` counts offers that fit article 13 bis of that law. Never about
    arrears nor effort.
    """
    return obliged & ~protected & (refusals_left(refused_offers, day) == 0)


def leave_by(under_occupied: pl.Expr, adapted_home_left: pl.Expr, day: date) -> pl.Expr:
    """The day all title is lost: so many months after the notice of the third offer; null where unknown or not lost.

    The two tell whether the right is lost by each article; the longer delay, after the death of a disabled dependant,
    is of L442-3-2 alone.
    """
    family = load("occupancy")
    short, long = (
        pl.col("third_offer_on").dt.offset_by(f"{family[name].on(day)}mo")
        for name in ("months_to_leave", "months_to_leave_after_death")
    )
    died = pl.col("disabled_dependant_died")
    by_adapted = pl.when(died).then(long).when(~died).then(short)
    return pl.when(under_occupied).then(short).when(adapted_home_left).then(by_adapted)


def lost_by_income(far_above: pl.Expr, day: date) -> pl.Expr:
    """Whether two surveys above the limit have cost the right to stay (L442-3-3), but for age, disability and QPV."""
    years = load("occupancy")["income_protected_age"].on(day)
    aged = _any_tenant(lambda birth: birth.dt.year() + years <= day.year + 1)
    protected = aged | pl.col("disability") | pl.col("in_qpv")
    return far_above & pl.col("over_before") & pl.col("tense_zone") & ~protected


def leave_by_income(lost: pl.Expr, day: date) -> pl.Expr:
    """The day it is lost: eighteen months after the 1 January that follows the survey of `day`'s year."""
    months = load("occupancy")["income_months_to_leave"].on(day)
    return pl.when(lost).then(pl.lit(date(day.year + 1, 1, 1)).dt.offset_by(f"{months}mo"))


def _any_tenant(is_so: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    first, second = (pl.col("births").list.get(place, null_on_oob=True) for place in (0, 1))
    return is_so(first) | (pl.col("couple") & is_so(second))
