"""Small frames of applications for the tests of the rules."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

DAY = date(2026, 1, 1)
SCHEMA = {
    "application_id": pl.String,
    "seniority_from": pl.Date,
    "kind": pl.String,
    "births": pl.List(pl.Date),
    "expected_births": pl.Int8,
    "present_housing": pl.String,
    "present_rooms": pl.Int8,
    "grounds": pl.List(pl.String),
    "dalo": pl.Boolean,
}


def born(ages: list[int], day: date = DAY) -> list[date]:
    """Birth dates of persons whose birthday was the first of January."""
    return [date(day.year - age, 1, 1) for age in ages]


def application(given: Mapping[str, Any], day: date = DAY) -> dict[str, Any]:
    """An application from the few words of a case."""
    grounds = ["disability"] if given.get("disability") else []
    return {
        "application_id": "a",
        "seniority_from": given.get("seniority_from", day),
        "kind": given.get("kind", "alone"),
        "births": born(given.get("ages", [40]), day),
        "expected_births": given.get("unborn", 0),
        "present_housing": given.get("present_housing", "private_tenant"),
        "present_rooms": given.get("present_rooms"),
        "grounds": given.get("grounds", grounds),
        "dalo": given.get("dalo", False),
    }


def applications(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """A frame of such applications."""
    return pl.DataFrame(rows, schema=SCHEMA)
