"""The slow, obvious twin of `points`: one application, plain values, the grid read line by line.

Also the rows of the register and the answers that its tests score, and the example of the reference page.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
from applicants import DAY, born

from carreau.register.tables import Applications
from carreau.rules.grids import Grid, load_grid, parse
from carreau.rules.grids.grid import Criterion, Rubric

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "points-grids.md"
REGISTER = Applications.create_empty().schema


@cache
def grid_of(name: str) -> Grid:
    """A shipped grid, or the example of the reference page."""
    if name != "example":
        return load_grid(name)
    (text,) = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return parse(text, PAGE.name)


def row(given: Mapping[str, Any], application_id: str = "a", day: date = DAY) -> dict[str, Any]:
    """A whole row of the register from the few words of a case; `ages` stands for births on the first of January."""
    usual = {
        "application_id": application_id,
        "department": "44",
        "filed": day,
        "seniority_from": day,
        "renewed": None,
        "kind": "alone",
        "births": born(given.get("ages", [40]), day),
        "expected_births": 0,
        "needs_adapted_home": False,
        "resources": 1500,
        "reference_income": 18_000,
        "present_housing": "private_tenant",
        "present_commune": "44109",
        "present_rooms": None,
        "present_home_id": None,
        "present_charge": None,
        "reason": "too_small",
        "grounds": [],
        "dalo": False,
        "relocated_for_renewal": False,
        "reserver": "none",
        "wanted_communes": ["44109"],
        "wanted_rooms_min": 2,
        "wanted_rooms_max": 3,
        "origin": "synthetic",
    }
    return {**usual, **{name: value for name, value in given.items() if name != "ages"}}


def register(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=REGISTER)


def answered(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """A frame of answers; a list of criteria validated may be empty."""
    return pl.DataFrame(rows, schema_overrides={"validated": pl.List(pl.String)}, infer_schema_length=None)


def by_hand(grid: Grid, asked: Mapping[str, Any], answers: Mapping[str, Any], day: date) -> dict[str, Any]:
    """`total`, `if_validated`, the points of each line of the breakdown and those pending, by name."""
    housed = asked["present_housing"] == "social_tenant"
    apart = {"dalo": asked["dalo"], "relocated_for_renewal": asked["relocated_for_renewal"], "transfer": housed}
    mine = [t for t in grid.tables if t.applicants in ("everyone", "transfer" if housed else "new")]
    if any(apart[one] for one in grid.not_scored) or not mine:
        return {"total": None, "if_validated": None, "lines": {}, "pending": {}}
    validated = answers.get("validated") or []
    lines: dict[str, int] = {}
    pending: dict[str, int] = {}
    possible = 0
    for rubric in mine[0].rubrics:
        worth = {one.name: worth_of(one, rubric, asked, answers, day) for one in rubric.criteria}
        waiting = {one.name for one in rubric.criteria if one.counts != "declared" and one.name not in validated}
        for name, given in counted(rubric, {name: 0 if name in waiting else p for name, p in worth.items()}).items():
            lines[name] = lines.get(name, 0) + given
        pending |= {name: worth[name] for name in waiting if worth[name]}
        possible += sum(counted(rubric, worth).values())
    shown = {name: given for name, given in lines.items() if given}
    return {"total": sum(lines.values()), "if_validated": possible, "lines": shown, "pending": pending}


def counted(rubric: Rubric, worth: dict[str, int]) -> dict[str, int]:
    """What each criterion of a rubric gives once its mode and its cap are applied."""
    given = dict(worth)
    if rubric.mode == "best":
        best = max(worth, key=lambda name: worth[name])
        given = {name: points if name == best else 0 for name, points in worth.items()}
    if rubric.cap is not None and sum(given.values()) > rubric.cap:
        given["rubric_cap"] = rubric.cap - sum(given.values())
    return given


def worth_of(one: Criterion, rubric: Rubric, asked: Mapping[str, Any], answers: Mapping[str, Any], day: date) -> int:
    if rubric.mode == "ticked" and answers.get(f"ticked_{rubric.name}") != one.name:
        return 0
    if one.kind == "seniority":
        return seniority(one, asked, day)
    if one.kind == "measure":
        return banded(one, measured(one.of, asked, answers, day))
    if one.kind == "refusals":
        times = max(0, (answers.get("fitting_refusals") or 0) - one.first + 1)
        return one.points * (times if one.most is None else min(times, one.most))
    holds = {
        "dalo": lambda: asked["dalo"],
        "ground": lambda: bool(set(asked["grounds"]) & set(one.any_of)),
        "present_housing": lambda: asked["present_housing"] in one.any_of,
        "household": lambda: asked["kind"] in one.any_of,
        "over_occupied": lambda: asked["present_rooms"] is not None and asked["present_rooms"] < rooms(asked, day),
        "transfer": lambda: asked["present_housing"] == "social_tenant",
        "answer": lambda: answers.get(one.of) is True,
        "box": lambda: True,
    }
    return one.points if holds[one.kind]() else 0


def seniority(one: Criterion, asked: Mapping[str, Any], day: date) -> int:
    months = slow_months(asked["seniority_from"], day)
    points = months * one.points_per_month
    points = points if one.cap is None else min(points, one.cap)
    delays = [delay for fewest, delay in one.abnormal_after if asked["wanted_rooms_min"] >= fewest]
    return points + (one.abnormal_points if delays and months >= delays[-1] else 0)


def slow_months(start: date, day: date) -> int:
    """Months counted one at a time."""
    months = 0
    while True:
        year, month = divmod(start.year * 12 + start.month - 1 + months + 1, 12)
        if (year, month + 1, start.day) > (day.year, day.month, day.day):
            return months
        months += 1


def banded(one: Criterion, found: float | None) -> int:
    if found is None:
        return 0
    if any(band.below is not None for band in one.bands):
        inside = [band for band in one.bands if found < band.below]
        return min(inside, key=lambda band: band.below).points if inside else 0
    inside = [band for band in one.bands if found >= band.start]
    return max(inside, key=lambda band: band.start).points if inside else 0


def ages(asked: Mapping[str, Any], day: date) -> list[int]:
    return [day.year - b.year - ((b.month, b.day) > (day.month, day.day)) for b in asked["births"]]


def others(asked: Mapping[str, Any], day: date) -> list[int]:
    couple = asked["kind"] in ("couple", "couple_children") and len(asked["births"]) >= 2
    return ages(asked, day)[2 if couple else 1 :]


def rooms(asked: Mapping[str, Any], day: date) -> int:
    """The fewest rooms needed: everybody apart with the living room slept in, or two children a bedroom."""
    young = sum(age < 18 for age in others(asked, day))
    grown = len(others(asked, day)) - young
    return min(1 + grown + young, 2 + grown + -(-young // 2), 5)


def measured(of: str, asked: Mapping[str, Any], answers: Mapping[str, Any], day: date) -> float | None:
    persons = len(asked["births"])
    if of == "age":
        return ages(asked, day)[0]
    if of == "persons":
        return persons
    if of == "dependants":
        return sum(age < 21 for age in others(asked, day))
    if of == "persons_per_room":
        return persons / asked["present_rooms"] if asked["present_rooms"] else None
    if of == "resources_per_unit":
        aged = ages(asked, day)[1:]
        return asked["resources"] * 12 / (1 + sum(0.5 if age >= 14 else 0.3 for age in aged))
    return answers.get(of)
