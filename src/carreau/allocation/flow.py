"""One home now: its ranked candidates among applications that were ranked once and are kept in memory."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from carreau.allocation.fit.offers import DESCRIBED, KIND, described
from carreau.allocation.fit.pairs import Finder
from carreau.allocation.policy import Policy
from carreau.allocation.populations import CLASS
from carreau.allocation.quotas import Quota
from carreau.allocation.reserves import seats
from carreau.allocation.standing import Places, Standing, standing
from carreau.errors import BadInput
from carreau.register.tables import Homes

RANKED = pl.Schema(
    {
        "rank": pl.Int32(),
        "application_id": pl.String(),
        "points": pl.Int32(),
        "seniority_from": pl.Date(),
        "effort": pl.Int32(),
        "quota": pl.String(),
    }
)


@dataclass(frozen=True, eq=False)
class Index:
    """Applications ranked under a policy on a day; nothing in it changes when homes are asked about."""

    policy: Policy
    day: date
    standing: Standing
    finder: Finder


@dataclass(frozen=True, eq=False)
class Ranked:
    """Who may be presented for one home: `candidates` (`RANKED`), of `eligible` in the running out of `wanting`.

    `quota` of a candidate names the one whose seat put it first, null where right alone did. `refused`: how many each
    condition of `fit.conditions` sets aside; `relax` and `would_fit`, when nobody is eligible, as in
    `Allocation.vacancies`.
    """

    candidates: pl.DataFrame
    eligible: int
    wanting: int
    refused: Mapping[str, int]
    relax: Sequence[str]
    would_fit: int


def index(
    applications: pl.DataFrame, policy: Policy, day: date, *, epcis: Sequence[str] = (), seed: str = "1"
) -> Index:
    """Rank applications once for `rank_one` (see `standing.standing`)."""
    ranked = standing(applications, policy, day, epcis=epcis, seed=seed)
    no_kind = pl.DataFrame(schema=dict.fromkeys(KIND, pl.Int32))
    return Index(policy, day, ranked, Finder(ranked, policy, day, no_kind))


def rank_one(
    index: Index,
    home: Mapping[str, Any],
    *,
    reserver: str = "none",
    seat: Quota | None = None,
    without: Collection[str] = (),
    most: int = 0,
) -> Ranked:
    """The best placed applications that fit a home, as many as the policy presents, or `most`.

    `home` has columns of the register's homes: what it does not say is unknown. `reserver`: on whose contingent it is
    (`contingents.oriented` where the policy turns it). `seat`: the quota that the home is a seat of, if it is
    (`seat_now`): the best placed of its population comes first, if one fits. `without` are applications that are no
    longer in the running: withdrawn since, or proposed elsewhere. Raises BadInput for a home without a commune.
    """
    frame = _asking(index, home, reserver)
    finder = index.finder.knowing(frame.select(KIND))
    found = finder.of_home(frame.row(0, named=True))
    names = index.standing.frame["application_id"]
    gone = _places(names, without) if without else np.empty(0, dtype=np.int64)
    running, favoured = _seated(index, found.application[~np.isin(found.application, gone)], seat)
    chosen = running[: most or index.policy.candidates]
    people = index.standing.frame[chosen].select("application_id", "points", "seniority_from")
    effort = pl.Series("effort", finder.efforts.of_home(frame.row(0, named=True), chosen)).replace(-1, None)
    rank = pl.Series("rank", np.arange(1, chosen.size + 1))
    told = pl.DataFrame([rank]).hstack(people).hstack([effort])
    by = pl.when(rank == 1).then(pl.lit(seat.name if seat and favoured else None, pl.String))
    relax, would_fit = ([], 0) if found.application.size else found.relax()
    return Ranked(
        told.with_columns(by.alias("quota")).select(pl.col(name).cast(kind) for name, kind in RANKED.items()),
        int(running.size),
        found.wanting,
        found.refused_by_name,
        relax,
        would_fit,
    )


def seat_now(
    index: Index, home: Mapping[str, Any], leases: pl.DataFrame | None, *, reserver: str = "none"
) -> Quota | None:
    """The quota that a home now is a seat of, after the leases of the year (`reserves.seats`); None: an open home.

    `leases`: those of the territory, with `signed`, `reserver`, the columns of the populations, and `in_qpv`,
    `landlord_id` and `epci` of their homes; None for none. Raises BadInput for a home without a commune.
    """
    return seats(_asking(index, home, reserver), leases, index.policy, index.day)[0]


def _asking(index: Index, home: Mapping[str, Any], reserver: str) -> pl.DataFrame:
    if not home.get("commune"):
        raise BadInput("the home has no commune", column="commune")
    row = {**{name: home.get(name) for name in DESCRIBED}, "reserver": reserver}
    types = {name: kind for name, kind in Homes.create_empty().schema.items() if name in DESCRIBED}
    return described(pl.DataFrame([row], schema={**types, "reserver": pl.String}), index.day)


def _seated(index: Index, running: Places, seat: Quota | None) -> tuple[Places, bool]:
    """Those in the running with the first of a seat's population before the others, and whether that moved it."""
    if seat is None:
        return running, False
    classes = index.standing.frame["classes"].to_numpy()[running]
    members = np.flatnonzero(classes & CLASS[seat.population])
    if not members.size or members[0] == 0:
        return running, False
    first = members[0]
    return np.concatenate([running[first : first + 1], running[:first], running[first + 1 :]]), True


def _places(names: pl.Series, ids: Collection[str]) -> np.ndarray[Any, np.dtype[np.int64]]:
    return names.is_in(list(ids)).arg_true().to_numpy().astype(np.int64)
