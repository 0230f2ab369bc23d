"""A person's own case: the home needed, the conditions, the priorities, the documents to bring and the texts behind."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

import polars as pl

from carreau.errors import BadInput
from carreau.register.tables import COMMUNE, Applications
from carreau.register.vocabulary import GROUND, KIND_OF_HOUSEHOLD, PRESENT_HOUSING, REASON
from carreau.rules.eligibility.conditions import eligibility
from carreau.rules.eligibility.delays import Delays
from carreau.rules.eligibility.facts import FACTS, FROM_REGISTER
from carreau.rules.eligibility.need import needs
from carreau.rules.eligibility.priority import priority
from carreau.rules.parameters import Text, texts_behind
from carreau.rules.quartile import Threshold

TEXTS = {
    "needs": ("minimum_surface", "rooms_above_persons", "custody_by_law"),
    "eligibility": ("residence", "income_fall", "own_income", "owner_may_be_refused"),
    "situations": ("dalo", "abnormal_delay", "first_quartile"),
}
MONEY = ("resources", "reference_income", "own_reference_income", "recent_income")


@dataclass(frozen=True)
class Applicant:
    """An applicant and its household on a day; None is unknown. Euros: `resources` a month, incomes a year.

    Fields are those of `facts.FROM_REGISTER` and `facts.FACTS`; `births` holds the applicant first, then the partner of
    a couple; `wanted_communes` begins with the preferred one. Raises BadInput for what cannot be.
    """

    day: date
    births: tuple[date, ...]
    kind: str
    wanted_communes: tuple[str, ...]
    resources: int
    reference_income: int
    present_housing: str
    reason: str = "no_own_home"
    seniority_from: date | None = None
    expected_births: int = 0
    needs_adapted_home: bool = False
    grounds: tuple[str, ...] = ()
    dalo: bool = False
    relocated_for_renewal: bool = False
    wanted_rooms_min: int = 1
    present_rooms: int | None = None
    alternating_children: int | None = None
    visiting_children: int | None = None
    carer: bool | None = None
    present_surface: int | None = None
    housed_since: date | None = None
    regular_stay: bool | None = None
    permanent_residence: bool | None = None
    owns_suitable_home: bool | None = None
    protection_order: bool | None = None
    divorcing: bool | None = None
    own_reference_income: int | None = None
    recent_income: int | None = None

    def __post_init__(self) -> None:
        if not self.births or max(self.births) > self.day:
            raise BadInput("births: one person at least, nobody born after the day")
        if self.seniority_from and self.seniority_from > self.day:
            raise BadInput(f"seniority_from {self.seniority_from}: a day up to {self.day} is expected")
        if not self.wanted_communes or not all(re.match(COMMUNE, one) for one in self.wanted_communes):
            raise BadInput("wanted_communes: Insee codes of five characters are expected, one at least")
        lists = {"kind": KIND_OF_HOUSEHOLD, "present_housing": PRESENT_HOUSING, "reason": REASON, "grounds": GROUND}
        for name, words in lists.items():
            given = getattr(self, name)
            for word in given if name == "grounds" else (given,):
                if word not in words.categories:
                    raise BadInput(f"{name} {word}: one of {', '.join(words.categories)} is expected")
        for name in (*MONEY, "expected_births", "visiting_children", "alternating_children", "present_surface"):
            given = getattr(self, name)
            if given is not None and given < 0:
                raise BadInput(f"{name} {given}: a number from nought on is expected")


@dataclass(frozen=True)
class ApplicantAccount:
    """One applicant before the rules: the columns of `needs`, `eligibility` and `priority` by name, and the texts."""

    given: Applicant
    need: Mapping[str, Any]
    conditions: Mapping[str, Any]
    priority: Mapping[str, Any]
    documents: tuple[str, ...]
    references: tuple[Text, ...]


def account(given: Applicant, limit: Threshold | None = None, delays: Delays | None = None) -> ApplicantAccount:
    """One applicant's case, as `needs`, `eligibility` and `priority` judge it; `documents` are all those asked.

    `limit` and `delays` as in `priority`. Raises BadInput as they do.
    """
    frame = as_applications([given])
    found = [needs(frame, given.day), eligibility(frame, given.day), priority(frame, given.day, limit, delays)]
    need, conditions, claimed = (MappingProxyType(one.row(0, named=True)) for one in found)
    asked = dict.fromkeys([*conditions["proofs"], *need["proofs"], *claimed["proofs"]])
    texts = texts_behind({**TEXTS, "priorities": tuple(claimed["grounds"])}, given.day)
    return ApplicantAccount(given, need, conditions, claimed, tuple(asked), texts)


def as_applications(cases: list[Applicant]) -> pl.DataFrame:
    """Cases as the frame that `needs`, `eligibility` and `priority` take; `application_id` is their place in the list.

    Who did not apply yet counts as applying on the day.
    """
    schema = dict(Applications.create_empty().schema) | FACTS
    rows = [
        asdict(case) | {"application_id": str(place), "seniority_from": case.seniority_from or case.day}
        for place, case in enumerate(cases)
    ]
    return pl.DataFrame(rows, schema={name: schema[name] for name in (*FROM_REGISTER, *FACTS)})
