"""The quotas of a policy on the homes to let: what each asks of which homes, and the most that could be reached."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from carreau.allocation.fit.pairs import Pairs
from carreau.allocation.market import NOBODY, OPEN, Assignment, Ints, Reserve, claimed
from carreau.allocation.policy import Policy
from carreau.allocation.populations import CLASS
from carreau.allocation.quotas import LEVELS, Quota, in_scope, least, member

LOOKED_AT_ONCE = 1_024


@dataclass(frozen=True, eq=False)
class Asked:
    """What a quota asks of one group (of its `level`): at least a `share`, in thousandths, of its leases.

    `scope` are the homes to let that count (places), `homes` those of them on which the quota may be met (of its
    contingent, or all), `seats` how many of these it asks for. `counted` and `reached` are of the year's leases before.
    """

    quota: Quota
    level: str
    group: str | None
    share: int
    scope: Ints
    homes: Ints
    seats: int
    counted: int
    reached: int

    def reserve(self) -> Reserve:
        """The seats as a reserve of the market: never one that leaves a home empty."""
        name = self.quota.name if self.group is None else f"{self.quota.name} {self.group}"
        return Reserve(name, self.homes, CLASS[self.quota.population], self.seats)


def asked(homes: pl.DataFrame, leases: pl.DataFrame | None, quotas: tuple[Quota, ...], day: date) -> list[Asked]:
    """What each quota asks of the homes to let, by group of its level, in the order of the quotas, then of the names.

    `homes` as `fit.offers`; `leases` those of the territory with `in_qpv`, `landlord_id` and `epci`: the ones signed
    since 1 January count (None: none). Homes of an unknown group make one of their own.
    """
    return [one for quota in quotas for one in _of_quota(homes, _of_year(leases, homes, day), quota, day)]


def seats(homes: pl.DataFrame, leases: pl.DataFrame | None, policy: Policy, day: date) -> list[Quota | None]:
    """The quota whose seat each home to let is, None for an open one: of the hard quotas that still lack leases.

    `homes` and `leases` as `asked`. The homes of a year, in their order, have the seats that an allocation of them
    gives; a home alone is a seat of the first quota that would be missed once its lease is signed.
    """
    claims = [one for one in asked(homes, leases, policy.quotas, day) if one.quota.hard and one.seats]
    found = claimed(homes.height, [one.reserve() for one in claims])
    return [claims[number].quota if number != OPEN else None for number in found.tolist()]


def figures(one: Asked, assignment: Assignment, classes: Ints) -> tuple[int, int, int]:
    """Leases counted, target and reached once the homes proposed are signed."""
    counted = one.counted + int((assignment.application[one.scope] != NOBODY).sum())
    proposed = assignment.application[one.homes]
    members = classes[proposed[proposed != NOBODY]] & CLASS[one.quota.population]
    return counted, least(one.share, counted), one.reached + int((members != 0).sum())


def reachable(together: Sequence[Asked], pairs: Pairs, classes: Ints) -> int:
    """The most leases that could count for these groups of a quota: those before, and as many homes as can go to
    different members.
    """
    bit = CLASS[together[0].quota.population]
    homes = np.concatenate([one.homes for one in together])
    members = {}
    for lot in np.unique(pairs.lot[homes]).tolist():
        some = pairs.application[pairs.starts[lot] : pairs.starts[lot + 1]]
        members[lot] = some[(classes[some] & bit) != 0]
    possible = [members[lot] for lot in pairs.lot[homes].tolist() if members[lot].size]
    return sum(one.reached for one in together) + _most_matched(possible, classes.size)


def _most_matched(possible: list[Ints], applications: int) -> int:
    """The size of a largest matching; when those with the fewest choices choose first and all are served, theirs."""
    taken = np.zeros(applications, dtype=np.bool_)
    served = 0
    for some in sorted(possible, key=lambda one: one.size):
        for start in range(0, some.size, LOOKED_AT_ONCE):
            free = np.flatnonzero(~taken[some[start : start + LOOKED_AT_ONCE]])
            if free.size:
                taken[some[start + free[0]]] = True
                served += 1
                break
    if served == len(possible):
        return served
    sizes = np.cumsum([0, *(one.size for one in possible)])
    graph = csr_array(
        (np.ones(sizes[-1], dtype=np.int8), np.concatenate(possible), sizes), shape=(len(possible), applications)
    )
    return int((maximum_bipartite_matching(graph, perm_type="column") >= 0).sum())


def _of_year(leases: pl.DataFrame | None, homes: pl.DataFrame, day: date) -> pl.DataFrame:
    columns = ["in_qpv", "reserver", *LEVELS.values()]
    if leases is None:
        nothing = homes.select(list(dict.fromkeys(columns))).clear()
        flags = ("first_quartile", "relocated_for_renewal", "priority", "dalo", "transfer")
        return nothing.with_columns(pl.lit(None, pl.Boolean).alias(name) for name in flags)
    return leases.filter(pl.col("signed").is_between(date(day.year, 1, 1), day)).with_columns(
        pl.col("reserver").cast(pl.String)
    )


def _of_quota(homes: pl.DataFrame, leases: pl.DataFrame, quota: Quota, day: date) -> Iterator[Asked]:
    shares = quota.shares(day)
    by = quota.by if None in shares else "reserver"
    level = LEVELS[by]
    placed = homes.with_row_index("place").filter(in_scope(quota.scope))
    before = leases.filter(in_scope(quota.scope))
    for (group,), part in sorted(
        placed.partition_by(level, as_dict=True).items(), key=lambda one: (one[0][0] is None, one[0][0])
    ):
        share = shares.get(None, shares.get(group))
        if share is None:
            continue
        signed = before.filter(pl.col(level).eq_missing(group))
        on_contingent = pl.lit(True) if quota.contingent is None else pl.col("reserver") == quota.contingent
        reached = signed.filter(member(quota.population), on_contingent).height
        target = least(share, signed.height + part.height)
        places = part.filter(on_contingent)["place"].to_numpy().astype(np.int64)
        seats = min(max(target - reached, 0), places.size)
        scope = part["place"].to_numpy().astype(np.int64)
        yield Asked(quota, by, group, share, scope, places, seats, signed.height, reached)
