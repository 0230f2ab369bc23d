"""Where the year's quotas stand on leases signed, before and after a choice; what each landlord reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from carreau.allocation.policy import Policy
from carreau.allocation.quotas import Quota, meters
from carreau.errors import BadInput
from carreau.places.communes import Communes
from carreau.site.accounts.models import Organisation
from carreau.site.bridge.importing import communes_of
from carreau.site.bridge.models import Result
from carreau.site.commissions.models import Lease
from carreau.site.commissions.models.leases import LeaseQuerySet
from carreau.site.commissions.populations import NAMES
from carreau.site.homes.models import Vacancy

LEGAL = "points"
"""The shipped policy whose quotas are those of the law and nothing more."""

COLUMNS: Mapping[str, type[pl.DataType]] = {
    "landlord_id": pl.String,
    "epci": pl.String,
    "signed": pl.Date,
    "reserver": pl.String,
    "in_qpv": pl.Boolean,
    **dict.fromkeys(NAMES, pl.Boolean),
}


@dataclass(frozen=True)
class Meter:
    """A quota on a day: shares in per cent of the leases that it counts, `after` with one more lease if one is chosen.

    `counts` is how many leases are counted, `moved` whether the choice changes the share.
    """

    name: str
    group: str
    threshold: float
    before: float | None
    after: float | None
    counts: int

    @property
    def drawn(self) -> float:
        """The share that the bar shows: with the choice, nothing while no lease is counted."""
        return self.after or 0

    @property
    def moved(self) -> bool:
        """Whether one more lease changes the share."""
        return self.after != self.before


def quotas(result: Result | None = None) -> tuple[Quota, ...]:
    """The quotas of the policy that ranked, those of the law when it is not shipped any more or nothing ranked."""
    try:
        return Policy.load(result.policy["name"] if result else LEGAL).quotas
    except BadInput:
        return Policy.load(LEGAL).quotas


def frame(leases: LeaseQuerySet) -> pl.DataFrame:
    """Leases as `allocation.quotas.meters` reads them."""
    rows = list(leases.values_list("organisation_id", "commune", "signed_on", "reserver", "in_qpv", *NAMES))
    epcis = _epcis({row[1] for row in rows})
    made = [(str(row[0]), epcis.get(row[1]), *row[2:]) for row in rows]
    return pl.DataFrame(made, schema=dict(COLUMNS), orient="row")


def moved(
    leases: pl.DataFrame, asked: Sequence[Quota], day: date, vacancy: Vacancy, told: Mapping[str, bool | None] | None
) -> list[Meter]:
    """Each quota that counts this home, before and after a lease signed on it by a household of these populations."""
    before = _figures(leases, asked, day, vacancy.reserver)
    after = before
    if told is not None:
        one = {
            "landlord_id": str(vacancy.home.landlord_id),
            "epci": _epcis({vacancy.home.commune}).get(vacancy.home.commune),
            "signed": day,
            "reserver": vacancy.reserver,
            "in_qpv": vacancy.home.in_qpv,
            **told,
        }
        after = _figures(pl.concat([leases, pl.DataFrame([one], schema=dict(COLUMNS))]), asked, day, vacancy.reserver)
    return [
        Meter(name, group, threshold, share, after[name, group, threshold][0], count)
        for (name, group, threshold), (share, count) in before.items()
    ]


def reached_by_landlord(territory: Organisation, year: int) -> pl.DataFrame:
    """What each landlord reached in a year in the communes of the territory's registers: a row a landlord and quota.

    `landlord` (id of the organisation), `quota`, `share` (the law's, in thousandths), `counted`, `target`, `reached`.
    """
    leases = frame(Lease.objects.in_communes(communes_of(territory)).filter(signed_on__year=year))
    told = meters(leases, quotas(), date(year, 12, 31))
    return told.filter(pl.col("by") == "landlord").select(
        pl.col("group").cast(pl.Int64).alias("landlord"), "quota", "share", "counted", "target", "reached"
    )


def _figures(
    leases: pl.DataFrame, asked: Sequence[Quota], day: date, reserver: str
) -> dict[tuple[str, str, float], tuple[float | None, int]]:
    """Share in per cent and how many count, by quota, group and threshold: over all, or for the home's reserver."""
    own = leases.with_columns(pl.lit(None, pl.String).alias("epci"), pl.lit(None, pl.String).alias("landlord_id"))
    found = {}
    for quota in asked:
        shares = quota.shares(day)
        by_reserver = None not in shares
        if by_reserver and reserver not in shares:
            continue
        part = own.filter(pl.col("reserver") == reserver) if by_reserver else own
        row = meters(part, [quota], day).filter(pl.col("by") == "all").row(0, named=True)
        share = round(100 * row["reached"] / row["counted"], 1) if row["counted"] else None
        threshold = shares[reserver if by_reserver else None] / 10
        found[quota.name, reserver if by_reserver else "", threshold] = (share, row["counted"])
    return found


def _epcis(codes: set[str]) -> dict[str, str]:
    lookup = Communes.shipped().lookup.filter(pl.col("code").is_in(list(codes)))
    return {code: epci for code, epci in lookup.select("code", "epci").iter_rows() if epci}
