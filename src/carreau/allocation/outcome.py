"""What an allocation does: proposals as leases, quotas reached and reachable, points, mix, days waited."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl

from carreau.allocation.fit.pairs import Pairs
from carreau.allocation.market import NOBODY, Assignment, Ints
from carreau.allocation.mixing import Mixing
from carreau.allocation.quotas import METERS
from carreau.allocation.reserves import Asked, figures, reachable
from carreau.allocation.standing import Standing


def proposals(homes: pl.DataFrame, ranked: Standing, found: Assignment, day: date) -> pl.DataFrame:
    """The proposals as leases signed on a day: the homes (`fit.offers`) that somebody is proposed, and who."""
    let = np.flatnonzero(found.application != NOBODY)
    people = ranked.frame.select(
        "application_id",
        "points",
        "seniority_from",
        "present_home_id",
        "first_quartile",
        "relocated_for_renewal",
        "priority",
        "transfer",
    )
    return homes[let].hstack(people[found.application[let]]).with_columns(pl.lit(day).alias("signed"))


def quota_meters(wanted: Sequence[Asked], fitting: Pairs, found: Assignment, classes: Ints) -> pl.DataFrame:
    """Where the quotas stand once the proposals are signed (`quotas.METERS`), for all and by group of their level.

    `reachable` is the most that any choice among those who fit could give that quota, the others left aside.
    """
    rows: list[tuple[object, ...]] = []
    for name in dict.fromkeys(one.quota.name for one in wanted):
        groups = [one for one in wanted if one.quota.name == name]
        told = [figures(one, found, classes) for one in groups]
        counted, target, reached = (sum(one) for one in zip(*told, strict=True))
        hard, shares = groups[0].quota.hard, {one.share for one in groups}
        share = shares.pop() if len(shares) == 1 else None
        most = reachable(groups, fitting, classes)
        rows.append((name, "all", None, share, hard, counted, target, reached, most))
        for one, (counted, target, reached) in zip(groups, told, strict=True):
            at_most = most if len(groups) == 1 else reachable([one], fitting, classes)
            rows.append((name, one.level, one.group, one.share, hard, counted, target, reached, at_most))
    return pl.DataFrame(rows, schema=METERS, orient="row")


def waits(signed: pl.DataFrame) -> dict[str, int]:
    """Days from the start of seniority to the day that the home can be let, of those who are proposed one."""
    days = signed.select((pl.col("available") - pl.col("seniority_from")).dt.total_days().clip(0)).to_series()
    if days.is_empty():
        return {}
    quarters = {"wait_lower_quartile": 0.25, "wait_median": 0.5, "wait_upper_quartile": 0.75}
    found = {name: int(days.quantile(share, interpolation="lower") or 0) for name, share in quarters.items()}
    return {"wait_mean": int(days.sum()) // days.len(), **found}


def mix_after(present: Mixing, homes: pl.DataFrame, signed: pl.DataFrame) -> Mixing:
    """The mix once the vacated homes are taken by those proposed, who leave the homes of the register they live in."""
    taken = list(signed.select("home_id", "first_quartile").iter_rows())
    return present.after(homes["home_id"].to_list(), signed["present_home_id"].drop_nulls().to_list(), taken)


def frame(values: Mapping[str, int | None]) -> pl.DataFrame:
    """Figures as a table, those that are not known left out."""
    known = {name: value for name, value in values.items() if value is not None}
    return pl.DataFrame(
        {"figure": list(known), "value": list(known.values())}, schema={"figure": pl.String, "value": pl.Int64}
    )
