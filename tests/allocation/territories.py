"""Small made-up territories for the tests of allocation."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from carreau.register.tables import Applications, Homes, Vacancies
from carreau.register.territory import Territory, write

DAY = date(2026, 1, 1)


def home(home_id: str, **given: Any) -> dict[str, Any]:
    """A PLUS T2 of 45 m² in Nantes, but for what is given."""
    usual = {"commune": "44109", "rooms": 2, "surface": 45, "ceiling_class": "PLUS", "access": "none"}
    fixed = {"home_id": home_id, "year": 2026, "residence_id": "r", "department": "44", "description_origin": "real"}
    return {**fixed, **usual, **given}


def vacancy(vacancy_id: str, home_id: str, available: date = DAY) -> dict[str, Any]:
    """A vacancy without reserver."""
    kept = {"vacated": available, "available": available, "reserver": "none", "origin": "synthetic"}
    return {"vacancy_id": vacancy_id, "home_id": home_id, **kept}


def application(application_id: str, **given: Any) -> dict[str, Any]:
    """A person alone of 40 who wants a T1 or T2 in Nantes with 15,000 euros a year, but for what is given."""
    usual = {
        "application_id": application_id,
        "department": "44",
        "filed": DAY,
        "seniority_from": date(2025, 1, 1),
        "kind": "alone",
        "births": [date(1986, 1, 1)],
        "expected_births": 0,
        "needs_adapted_home": False,
        "resources": 1250,
        "reference_income": 15_000,
        "present_housing": "private_tenant",
        "present_commune": "44109",
        "reason": "too_expensive",
        "grounds": [],
        "dalo": False,
        "relocated_for_renewal": False,
        "reserver": "none",
        "wanted_communes": ["44109"],
        "wanted_rooms_min": 1,
        "wanted_rooms_max": 2,
        "origin": "synthetic",
    }
    return {**usual, **given}


def territory(
    path: Path,
    homes: list[dict[str, Any]],
    vacancies: list[dict[str, Any]],
    applications: list[dict[str, Any]],
    facts: Mapping[str, Any] | None = None,
) -> Territory:
    """Write such rows as a territory folder."""
    tables = {
        "homes": frame_of(homes, Homes),
        "vacancies": frame_of(vacancies, Vacancies),
        "applications": frame_of(applications, Applications),
    }
    return write(path, tables, {"name": "Made up", "reference_date": DAY.isoformat(), **(facts or {})})


def frame_of(rows: list[dict[str, Any]], table: Any) -> pl.DataFrame:
    """Rows of a table of the register; what a row lacks is null."""
    schema = table.create_empty().schema
    whole = [{name: row.get(name) for name in schema} for row in rows]
    return pl.DataFrame(whole, schema=schema)
