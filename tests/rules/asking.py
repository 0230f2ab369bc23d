"""Applicants for the tests, from the few words of a case."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from applicants import born

from carreau.rules.eligibility.account import Applicant

DAY = date(2026, 1, 1)
USUAL: dict[str, Any] = {
    "ages": [40],
    "kind": "alone",
    "wanted_communes": ["59350"],
    "resources": 1_200,
    "reference_income": 12_000,
    "present_housing": "private_tenant",
    "reason": "too_expensive",
    "regular_stay": True,
    "permanent_residence": True,
}


def applicant(given: Mapping[str, Any]) -> Applicant:
    """What a case gives, beside what is usual: a person alone of 40 in Lille, a private tenant with 12,000 a year."""
    told = {**USUAL, "day": DAY, **given}
    births = tuple(told.pop("births", None) or born(told["ages"], date(told["day"].year, 1, 1)))
    del told["ages"]
    for name in ("wanted_communes", "grounds"):
        if name in told:
            told[name] = tuple(told[name])
    return Applicant(births=births, **told)
