"""A person's own case: their home reviewed, with the texts that decide."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

import polars as pl

from carreau.errors import BadInput
from carreau.register.tables import COMMUNE, Homes, Households
from carreau.register.vocabulary import ACCESS, CEILING_CLASS, KIND_OF_HOUSEHOLD
from carreau.rules.occupancy.facts import COUNTS, FACTS
from carreau.rules.occupancy.review import review
from carreau.rules.parameters import Text, texts_behind

TEXTS = {
    "occupancy": (
        "review_years",
        "offers",
        "months_to_leave",
        "months_to_leave_after_death",
        "protected_age",
        "former_zus_until",
        "income_overrun",
        "income_months_to_leave",
        "income_protected_age",
    ),
    "needs": ("minimum_surface", "rooms_above_persons"),
    "sls": ("threshold",),
    "effort_rate": ("practice_limit",),
}


@dataclass(frozen=True)
class Occupancy:
    """A household in its home on a day; None is unknown. Euros a year for incomes, cents for `cost` and `arrears`.

    Fields are those of `facts.FROM_REGISTER` and `facts.FACTS`; `births` holds the reference person first, then the
    partner of a couple. Raises BadInput for what cannot be.
    """

    day: date
    commune: str
    births: tuple[date, ...]
    kind: str
    reference_income: int | None = None
    disposable_income: int | None = None
    moved_in: date | None = None
    rooms: int | None = None
    surface: int | None = None
    access: str | None = None
    ceiling_class: str | None = None
    in_qpv: bool | None = None
    disability: bool | None = None
    loss_of_autonomy: bool | None = None
    needs_adapted_home: bool | None = None
    disabled_occupant_left: bool | None = None
    disabled_dependant_died: bool | None = None
    visiting_children: int | None = None
    work_rooms: int | None = None
    tense_zone: bool | None = None
    territory_1948: bool | None = None
    former_zus: bool | None = None
    rural_zone: bool | None = None
    over_before: bool | None = None
    refused_offers: int | None = None
    third_offer_on: date | None = None
    cost: int | None = None
    arrears: int | None = None

    def __post_init__(self) -> None:
        if not self.births or max(self.births) > self.day:
            raise BadInput("births: one person at least, nobody born after the day")
        if self.moved_in and self.moved_in > self.day:
            raise BadInput(f"moved_in {self.moved_in}: a day up to {self.day} is expected")
        if not re.match(COMMUNE, self.commune):
            raise BadInput(f"commune {self.commune}: an Insee code of five characters is expected")
        for name, words in (("kind", KIND_OF_HOUSEHOLD), ("access", ACCESS), ("ceiling_class", CEILING_CLASS)):
            given = getattr(self, name)
            if given is not None and given not in words.categories:
                raise BadInput(f"{name} {given}: one of {', '.join(words.categories)} is expected")
        for name in ("reference_income", "disposable_income", *COUNTS):
            given = getattr(self, name)
            if given is not None and given < 0:
                raise BadInput(f"{name} {given}: a number from nought on is expected")
        for name, most in (("rooms", 9), ("surface", 2000)):
            given = getattr(self, name)
            if given is not None and not 1 <= given <= most:
                raise BadInput(f"{name} {given}: a number from 1 to {most} is expected")


@dataclass(frozen=True)
class OccupancyAccount:
    """One household's review: the columns of `review` by name, and the texts behind them."""

    given: Occupancy
    found: Mapping[str, Any]
    references: tuple[Text, ...]


def account(given: Occupancy) -> OccupancyAccount:
    """Review one household's home, as `review` does. Raises BadInput for a day before the first ceilings known."""
    row = review(as_tenants([given]), given.day).row(0, named=True)
    return OccupancyAccount(given, MappingProxyType(row), texts_behind(TEXTS, given.day))


def as_tenants(cases: list[Occupancy]) -> pl.DataFrame:
    """Cases as the frame that `review` takes; `household_id` is their place in the list."""
    register = dict(Homes.create_empty().schema) | dict(Households.create_empty().schema)
    rows = [asdict(case) | {"household_id": str(place)} for place, case in enumerate(cases)]
    names = [name for name in ("household_id", *asdict(cases[0])) if name != "day"] if cases else []
    return pl.DataFrame(rows, schema={name: (register | FACTS)[name] for name in names})
