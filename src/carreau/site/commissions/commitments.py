"""What landlords committed to in a territory's convention (CIA, L441-1-6 CCH), and what each reached."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl
from django.db import transaction

from carreau.allocation.quotas import meters
from carreau.release.rules import Rules
from carreau.rules.commission.procedure import Refused
from carreau.site.accounts.models import Kind, Organisation
from carreau.site.commissions.counting import frame, quotas, reached_by_landlord
from carreau.site.commissions.models import Commitment, Lease
from carreau.site.commissions.wording import quota_name

LEAST = Rules.of("households").least
"""Fewest leases of which another organisation is told anything: each is a household's, and so is what is reached."""


@dataclass(frozen=True)
class Reached:
    """A landlord and a quota in a year: per cent asked by the law, committed, and reached of `counted` leases.

    `counted` is None where the number is not for the reader: of too few leases (`few`), and beside them, because the
    quotas of a landlord count the same leases.
    """

    landlord: str
    quota: str
    law: float
    committed: float | None
    reached: float | None
    counted: int | None
    few: bool = False

    @property
    def threshold(self) -> float:
        """What is to be reached: the commitment, the law's share without one."""
        return self.law if self.committed is None else self.committed

    @property
    def short(self) -> bool:
        """Whether it is not reached."""
        return self.reached is not None and self.reached < self.threshold


def commit(territory: Organisation, landlord: Organisation, quota: str, year: int, share: Decimal) -> Commitment:
    """Write a commitment, in the place of the one of that year. Raises Refused under the share of the law."""
    thousandths = int(share * 10)
    asked = next(one for one in quotas() if one.name == quota)
    if thousandths < max(asked.shares(date(year, 12, 31)).values()):
        raise Refused("under_the_law")
    with transaction.atomic():
        found, _ = Commitment.objects.select_for_update().get_or_create(
            organisation=territory, landlord=landlord, year=year, quota=quota, defaults={"share": thousandths}
        )
        found.share = thousandths
        found.save()
        return found


def rows(organisation: Organisation, year: int) -> list[Reached]:
    """For a territory every landlord with leases or a commitment there; for a landlord its own.

    To anybody but the landlord itself, nothing is told of fewer leases than `LEAST`.
    """
    told = reached_by_landlord(organisation, year) if organisation.kind == Kind.TERRITORY else _own(organisation, year)
    committed = {
        (one.landlord_id, one.quota): one.share / 10 for one in Commitment.objects.of(organisation).filter(year=year)
    }
    law = {one.name: max(one.shares(date(year, 12, 31)).values()) / 10 for one in quotas()}
    figures = {(row["landlord"], row["quota"]): (row["reached"], row["counted"]) for row in told.iter_rows(named=True)}
    keys = sorted({*committed, *figures}, key=lambda key: (key[0], list(law).index(key[1]) if key[1] in law else 0))
    names = dict(Organisation.objects.filter(pk__in={key[0] for key in keys}).values_list("pk", "name"))
    withheld = {key for key in keys if key[0] != organisation.pk and figures.get(key, (0, 0))[1] < LEAST}
    beside = {landlord for landlord, _ in withheld}
    found = []
    for landlord, quota in keys:
        held, counted = figures.get((landlord, quota), (0, 0))
        few = (landlord, quota) in withheld
        found.append(
            Reached(
                landlord=names[landlord],
                quota=quota_name(quota),
                law=law.get(quota, 0),
                committed=committed.get((landlord, quota)),
                reached=round(100 * held / counted, 1) if counted and not few else None,
                counted=None if landlord in beside else counted,
                few=few,
            )
        )
    return found


def _own(landlord: Organisation, year: int) -> pl.DataFrame:
    leases = frame(Lease.objects.of(landlord).filter(signed_on__year=year))
    told = meters(leases, quotas(), date(year, 12, 31)).filter(pl.col("by") == "landlord")
    return told.select(pl.col("group").cast(pl.Int64).alias("landlord"), "quota", "reached", "counted")
