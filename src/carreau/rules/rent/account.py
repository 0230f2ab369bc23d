"""A person's own case: rent, help, effort and what remains, with each step and the text that sets it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from types import MappingProxyType

import numpy as np
import polars as pl

from carreau.errors import BadInput
from carreau.rules.parameters import load
from carreau.rules.rent import openfisca, scale
from carreau.rules.rent.benefit import ZONE_ROW, before_reduction, rent_help
from carreau.rules.rent.burden import consumption_units, effort_rate, remains, remains_per_unit, rent_after
from carreau.rules.rent.scale import MOST_DEPENDANTS, Scale, composition
from carreau.rules.rent.zones import ZONE, is_mixed, zone_of

MOST_RENT, MOST_INCOME = 10_000, 10_000_000


@dataclass(frozen=True)
class Tenant:
    """A household and its home on a day. Euros: `income` a year, `rent` (without charges) and `charges` a month.

    `income` is the yearly resources that count for APL. `teenagers` are the dependants of 14 or more (for consumption
    units). `social` says whether the landlord is a social one or a mixed company. Raises BadInput for what cannot be.
    """

    income: float
    rent: float
    charges: float
    commune: str
    day: date
    couple: bool = False
    dependants: int = 0
    teenagers: int = 0
    social: bool = True

    def __post_init__(self) -> None:
        for name, most in (("income", MOST_INCOME), ("rent", MOST_RENT), ("charges", MOST_RENT)):
            amount = getattr(self, name)
            if not math.isfinite(amount) or not 0 <= amount <= most:
                raise BadInput(f"{name} {amount}: an amount from 0 to {most} euros is expected")
        if not 0 <= self.dependants <= MOST_DEPENDANTS:
            raise BadInput(f"dependants {self.dependants}: a number from 0 to {MOST_DEPENDANTS} is expected")
        if not 0 <= self.teenagers <= self.dependants:
            raise BadInput(f"teenagers {self.teenagers}: they are among the {self.dependants} dependants")

    @property
    def persons(self) -> int:
        """How many live there: one, the partner, the dependants."""
        return 1 + self.couple + self.dependants


@dataclass(frozen=True)
class Source:
    """A text behind a figure: what it sets (`about`, a code), its title, its address, the day its value began."""

    about: str
    title: str
    address: str
    start: date | None


@dataclass(frozen=True)
class RentAccount:
    """What a home costs a household, in euros a month; `effort_rate` a share, null without income; `steps` of APL.

    `effort_limit` is a usage, that no text sets.
    """

    tenant: Tenant
    zone: str
    mixed_zone: bool
    scale_from: date
    reduction_limit: float
    apl: int
    rls: float
    rent_after: float
    effort_rate: float | None
    effort_limit: float
    remains: float
    units: float
    remains_per_unit: float
    steps: Mapping[str, float]
    references: tuple[Source, ...]


def account(tenant: Tenant) -> RentAccount:
    """The whole account of one household.

    Raises BadInput for an unknown commune, one overseas or without a zone, and for a day before the scales known.
    """
    in_scale, zone = Scale.on(tenant.day), zone_of(tenant.commune)
    case = pl.DataFrame(
        {
            "zone": pl.Series([zone], dtype=ZONE),
            "couple": [tenant.couple],
            "dependants": [tenant.dependants],
            "rent": [round(tenant.rent * 100)],
            "charges": [round(tenant.charges * 100)],
            "income": [tenant.income],
            "social": [tenant.social],
        }
    )
    adults = pl.lit(1 + tenant.couple + tenant.teenagers)
    found = (
        case.hstack(rent_help(case, tenant.day))
        .with_columns(cost=rent_after(*(pl.col(name) for name in ("rent", "rls", "apl", "charges"))))
        .with_columns(
            effort=effort_rate(pl.col("cost"), pl.col("income")),
            remains=remains(pl.col("cost"), pl.col("income")),
            units=consumption_units(adults, pl.lit(tenant.dependants - tenant.teenagers), tenant.day),
        )
        .with_columns(each=remains_per_unit(pl.col("remains"), pl.col("units")))
        .row(0, named=True)
    )
    row, column = ZONE_ROW[zone], _column(tenant)
    return RentAccount(
        tenant=tenant,
        zone=zone,
        mixed_zone=is_mixed(tenant.commune),
        scale_from=in_scale.start,
        reduction_limit=float(in_scale.reduction_limit[row, column]),
        apl=found["apl"] // 100,
        rls=found["rls"] / 100,
        rent_after=found["cost"] / 100,
        effort_rate=None if found["effort"] is None else round(found["effort"], 4),
        effort_limit=load("effort_rate")["practice_limit"].on(tenant.day),
        remains=found["remains"] / 100,
        units=found["units"] / 10,
        remains_per_unit=found["each"] / 100,
        steps=MappingProxyType(_steps(in_scale, row, column, tenant)),
        references=sources(zone, tenant.day),
    )


def sources(zone: str, day: date) -> tuple[Source, ...]:
    """The texts behind an account in a zone on a day: OpenFisca's for APL and RLS, our parameters' for the rest."""
    place = f"zone_{ZONE_ROW[zone] + 1}"
    files = {
        "rent_ceiling": f"{scale.CEILINGS}/{place}/personnes_seules",
        "flat_charges": f"{scale.CHARGES}/cas_general",
        "least_share": f"{scale.SHARE}/p0_particip_min/p0_forfait",
        "allowance": f"{scale.ALLOWANCE}/taux_seul",
        "family_rate": f"{scale.FAMILY_RATE}/personnes_isolees",
        "rent_rate": f"{scale.RENT_RATE}/taux/tl_taux_2",
        "rent_decrease": f"{scale.DECREASE}/{place}/degressivite",
        "flat_cut": f"{scale.RENTING}/minoration_forfaitaire",
        "rls_amount": f"{scale.REDUCTION}/montant/par_zone/{place}/personnes_seules",
        "rls_limit": f"{scale.REDUCTION}/plafond_ressources/par_zone/{place}/personnes_seules",
        "rls_share_of_apl": f"{scale.REDUCTION}/fraction_baisse_aide_logement",
        "crds": "prelevements_sociaux/contributions_sociales/crds",
    }
    of_openfisca = [
        Source(about, text.title, text.address, _start(name, day))
        for about, name in files.items()
        for text in openfisca.references(name, day)
    ]
    return (
        *of_openfisca,
        Source("parameters", f"OpenFisca-France {openfisca.version()}", "https://openfisca.org", None),
        Source("zone", "Arrêté du 17 mars 1978, annexes", "", None),
        Source("effort_rate", "Arrêté du 10 mars 2011", "", None),
        Source("consumption_units", "Échelle d’équivalence modifiée de l’OCDE (Insee)", "", None),
    )


def as_figures(made: RentAccount) -> dict[str, object]:
    """The account as plain values: the figures first, the tenant's own values left out, dates as text."""
    figures = {part.name: getattr(made, part.name) for part in fields(made) if part.name != "tenant"}
    figures["steps"] = dict(made.steps)
    figures["scale_from"] = made.scale_from.isoformat()
    figures["references"] = [
        {"about": s.about, "title": s.title, "address": s.address, "from": s.start.isoformat() if s.start else None}
        for s in made.references
    ]
    return figures


def _column(tenant: Tenant) -> int:
    return int(composition(np.array([tenant.couple]), np.array([tenant.dependants]))[0])


def _steps(in_scale: Scale, row: int, column: int, tenant: Tenant) -> dict[str, float]:
    amounts = np.array([round(tenant.rent, 2)]), np.array([float(tenant.income)])
    steps = before_reduction(in_scale, np.array([row]), np.array([column]), *amounts)
    return {name: round(float(amount[0]), 5) for name, amount in steps.items()}


def _start(name: str, day: date) -> date:
    return max(start for start, _ in openfisca.values(name) if start <= day)
