"""How apart tenants live, and a policy that brings them nearer."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from territories import DAY, application, frame_of, home, vacancy

from carreau.allocation.allocate import allocate
from carreau.allocation.mixing import dissimilarity
from carreau.allocation.policy import Policy
from carreau.register.tables import Applications, Homes, Households, Vacancies
from carreau.register.territory import Territory, write


def tenant(home_id: str, income: int) -> dict[str, Any]:
    usual = {"tenure": "social", "kind": "alone", "births": [DAY], "consumption_units": 10, "origin": "synthetic"}
    incomes = {"disposable_income": income, "reference_income": income, "poor": False}
    return {"household_id": f"t-{home_id}", "home_id": home_id, **usual, **incomes}


def two_residences(path: Path) -> Territory:
    """Five tenants in each of two residences, the poorer all in one; and a home to let in each."""
    homes = [home(f"{place}{n}", residence_id=place, in_qpv=False) for place in ("poor", "rich") for n in range(6)]
    people = [tenant(f"{place}{n}", income) for place, income in (("poor", 2_000), ("rich", 30_000)) for n in range(5)]
    waiting = [application("a-poor", resources=300, reference_income=3_000)]
    waiting += [application(f"b{n}") for n in range(7)]
    tables = {
        "homes": frame_of(homes, Homes),
        "households": frame_of(people, Households),
        "vacancies": frame_of([vacancy("v1", "poor5"), vacancy("v2", "rich5")], Vacancies),
        "applications": frame_of(waiting, Applications),
    }
    return write(path, tables, {"name": "Made up", "reference_date": DAY.isoformat()})


def test_the_index_is_of_textbooks() -> None:
    assert dissimilarity(np.array([5, 5]), np.array([7, 7])) == 0
    assert dissimilarity(np.array([5, 0]), np.array([0, 9])) == 10_000
    assert dissimilarity(np.array([3, 1]), np.array([1, 3])) == 5_000
    assert dissimilarity(np.array([0, 0]), np.array([1, 3])) == 0


def test_mix_first_puts_the_poorer_household_where_fewer_are(tmp_path: Path) -> None:
    town = two_residences(tmp_path / "t")
    by_points, by_mix = (allocate(town, Policy.load(name)) for name in ("points", "mix"))
    homes = {name: dict(one.assignments.select("application_id", "home_id").iter_rows()) for name, one in
             (("points", by_points), ("mix", by_mix))}  # fmt: skip
    assert homes["points"]["a-poor"] == "poor5"
    assert homes["mix"]["a-poor"] == "rich5"
    points, mix = (dict(one.figures.iter_rows()) for one in (by_points, by_mix))
    assert points["mix_before"] == mix["mix_before"] == 10_000
    assert mix["mix_after"] < points["mix_after"]
    assert mix["reached_mix"] == mix["bound_mix"]


def test_without_tenants_the_mix_is_not_known(tmp_path: Path) -> None:
    tables = {
        "homes": frame_of([home("h")], Homes),
        "vacancies": frame_of([vacancy("v", "h")], Vacancies),
        "applications": frame_of([application("a")], Applications),
    }
    town = write(tmp_path / "t", tables, {"name": "Made up", "reference_date": DAY.isoformat()})
    assert allocate(town, Policy.load("mix")).figures.filter(pl.col("figure").str.starts_with("mix")).is_empty()
