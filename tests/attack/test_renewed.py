"""Rows of the same ground told again: those who came or went are a region of their own."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from carreau.attack.findings import BROKEN, SAFE, Attack
from carreau.attack.published import read
from carreau.attack.searching import attack
from carreau.attack.sentences import sentence

BEFORE = Path(__file__).parent / "broken"
CELL = "CRS3035RES200mN2890000E3770{:03}"
FIRST, SECOND = "2025-01-01", "2026-01-01"


def together(*folders: Path) -> Attack:
    return attack([table for folder in folders for table in read(folder)])


def release(folder: Path, date: str, *rows: dict[str, Any], previous: int = 0) -> Path:
    """A release of units of one cell each."""
    folder.mkdir()
    names = [CELL.format(200 * place) for place, _ in enumerate(rows)]
    page = {"count": "households", "reference_date": date, "method": "finest", "previous": [{}] * previous}
    (folder / "release.json").write_text(json.dumps(page), encoding="utf-8")
    pl.DataFrame([{"unit_id": name, **row} for name, row in zip(names, rows, strict=True)]).write_csv(
        folder / "units.csv"
    )
    pl.DataFrame({"cell_id": names, "unit_id": names}).write_csv(folder / "cells.csv")
    return folder


def row(households: int, poor: int, *, day: str = FIRST, changed: int | None = None, **more: Any) -> dict[str, Any]:
    return {"as_of": day, "changed": changed, "households": households, "poor_low": poor, "poor_high": poor, **more}


@pytest.mark.parametrize(
    ("later", "kinds"),
    [
        ("h4", {("nobody", "poor")}),
        ("h5", {("small", "households")}),
    ],
)
def test_what_was_published_before_is_broken_today(later: str, kinds: set[tuple[str, str]]) -> None:
    result = together(BEFORE / f"{later}-1", BEFORE / f"{later}-2")
    assert result.verdict == BROKEN
    assert kinds <= {(one.kind, one.quantity) for one in result.findings if one.way == "renewed"}


def test_twelve_that_came_and_are_all_alike() -> None:
    found = {(one.kind, one.quantity) for one in together(BEFORE / "h5-1", BEFORE / "h5-3").findings}
    assert ("nobody", "poor") in found


@pytest.mark.parametrize("second", ["h6-1b", "h6-2"])
def test_one_newcomer_is_found_with_an_income(second: str) -> None:
    result = together(BEFORE / "h6-1", BEFORE / second)
    small, income = result.findings
    assert (small.kind, small.low, small.high) == ("small", 1, 1)
    assert [(term.sign, term.low) for term in small.terms] == [(1, 12), (-1, 11)]
    assert (income.kind, income.low, income.high) == ("income", 20_050, 21_850)
    assert sentence(small, "en").startswith("Those who came to or left the cell CRS3035RES200m")


@pytest.mark.parametrize(
    ("before", "after", "changed", "found"),
    [
        ((30, 6), (35, 6), None, "small"),  # nobody says that others moved
        ((30, 6), (35, 3), 11, "nobody"),  # 8 came and 3 went: none of those poor, all of these
        ((30, 6), (35, 6), 11, None),
        ((30, 6), (35, 14), 11, "everybody"),
        ((30, 6), (60, 6), None, "nobody"),
        ((30, 6), (60, 9), None, None),
        ((30, 6), (60, 36), None, "everybody"),
        ((30, 6), (31, 6), None, "small"),
        ((30, 6), (30, 6), 0, None),
    ],
)
def test_a_row_told_again(
    before: tuple[int, int], after: tuple[int, int], changed: int | None, found: str | None, tmp_path: Path
) -> None:
    first = release(tmp_path / "first", FIRST, row(*before))
    second = release(tmp_path / "second", SECOND, row(*after, day=SECOND, changed=changed), previous=1)
    result = together(first, second)
    assert [one.kind for one in result.findings] == ([found] if found else [])


def test_a_second_edition_tells_the_persons_of_one_household(tmp_path: Path) -> None:
    first = release(tmp_path / "first", FIRST, row(30, 6, persons_low=90, persons_high=90))
    second = release(
        tmp_path / "second", FIRST, row(31, 6, day=f"{FIRST} (2)", persons_low=94, persons_high=94), previous=1
    )
    (small,) = together(first, second).findings
    assert (small.kind, small.low) == ("small", 1)


def test_children_of_those_who_came_where_nobody_went(tmp_path: Path) -> None:
    first = release(
        tmp_path / "first", FIRST, row(30, 6, persons_low=90, persons_high=90, children_low=40, children_high=40)
    )
    same = {"persons_low": 130, "persons_high": 130, "children_low": 40, "children_high": 40}
    second = release(tmp_path / "second", SECOND, row(50, 10, day=SECOND, **same), previous=1)
    assert {(one.kind, one.quantity) for one in together(first, second).findings} == {("nobody", "children")}


def test_a_row_that_stayed_is_the_same_row(tmp_path: Path) -> None:
    kept, other = row(30, 6), row(40, 9)
    first = release(tmp_path / "first", FIRST, kept, other)
    second = release(tmp_path / "second", SECOND, kept, row(42, 12, day=SECOND, changed=14), previous=1)
    assert together(first, second).verdict == SAFE
    assert together(second).verdict == SAFE
