"""The cases that a jurist can read, in tests/spec: one test each."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from applicants import DAY, application, applications
from points_by_hand import answered, grid_of, register, row

from carreau.register.vocabulary import CEILING_CLASS
from carreau.rules.ceilings import category, ceiling, eligible, zone
from carreau.rules.composition import with_composition
from carreau.rules.needs import minimum_surface, rooms_needed
from carreau.rules.points import points

SPEC = Path(__file__).parent.parent / "spec"


def cases(family: str) -> list[Any]:
    files = sorted((SPEC / family).glob("*.yaml"))
    written = [one for file in files for one in yaml.safe_load(file.read_text(encoding="utf-8"))]
    return [pytest.param(one, id=one["case"]) for one in written if not {"given", "parameter"} & set(one)]


@pytest.mark.parametrize("case", cases("ceilings"))
def test_ceiling(case: dict[str, Any]) -> None:
    day, home = case["day"], case["home"]
    household = with_composition(applications([application(case["household"], day)]), day).with_columns(
        pl.lit(home["class"], CEILING_CLASS).alias("class"),
        zone(pl.lit(home["commune"]), day).alias("zone"),
        pl.lit(case["income"]).alias("income"),
        category(*(pl.col(c) for c in ("persons", "couple", "dependants", "ages", "disability")), day).alias(
            "category"
        ),
    )
    judged = pl.col("class"), pl.col("zone"), pl.col("category"), pl.col("persons"), day
    found = household.select(
        "zone", "category", ceiling(*judged).alias("ceiling"), eligible(pl.col("income"), *judged).alias("verdict")
    )
    assert found.row(0, named=True) == case["expected"]


@pytest.mark.parametrize("case", cases("needs"))
def test_need(case: dict[str, Any]) -> None:
    household = with_composition(applications([application(case["household"])]), DAY)
    fewest, most = rooms_needed(*(pl.col(c) for c in ("persons", "adults", "children", "unborn")), DAY)
    surface = minimum_surface(pl.col("persons") + pl.col("unborn"), DAY)
    low, high, floor = household.select(fewest.alias("low"), most.alias("high"), surface.alias("floor")).row(0)
    assert {"rooms": [low, high], "surface": floor} == case["expected"]


@pytest.mark.parametrize("case", cases("points"))
def test_points(case: dict[str, Any]) -> None:
    day, answers = case.get("day", DAY), answered([{"application_id": "a", **case.get("answers", {})}])
    found = points(register([row(case["application"], day=day)]), grid_of(case["grid"]), day, answers)
    _, _, total, later = found.totals.row(0)
    told: dict[str, Any] = {"total": total, **dict(found.breakdown.select("criterion", "points").iter_rows())}
    if later != total:
        told |= {"if_validated": later, "pending": dict(found.pending.select("criterion", "points").iter_rows())}
    assert told == case["expected"]


@pytest.mark.parametrize(("family", "least"), [("ceilings", 12), ("needs", 6), ("points", 25)])
def test_every_case_has_a_source(family: str, least: int) -> None:
    read = [one.values[0] for one in cases(family)]
    assert len(read) >= least
    assert [one["case"] for one in read if not one.get("source")] == []
