"""The cases of tests/spec that say what an applicant needs, may have and may claim, one test each."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from asking import applicant

from carreau.rules.eligibility.account import as_applications
from carreau.rules.eligibility.conditions import eligibility
from carreau.rules.eligibility.need import needs
from carreau.rules.eligibility.priority import priority
from carreau.rules.quartile import Threshold

SPEC = Path(__file__).parent.parent / "spec"
JUDGE: dict[str, Callable[..., pl.DataFrame]] = {"need": needs, "conditions": eligibility, "priority": priority}


def cases() -> list[Any]:
    files = [
        file for family in ("needs", "eligibility", "priorities") for file in sorted((SPEC / family).glob("*.yaml"))
    ]
    written = [one for file in files for one in yaml.safe_load(file.read_text(encoding="utf-8"))]
    return [pytest.param(one, id=one["case"]) for one in written if "given" in one]


def limit(amount: int, day: date) -> Threshold:
    return Threshold("200093201", day, amount, "published", None, "made up for the case", "to verify")


@pytest.mark.parametrize("case", cases())
def test_case(case: dict[str, Any]) -> None:
    asked = applicant(case["given"])
    for block, expected in case["expected"].items():
        more = (limit(case["threshold"], asked.day),) if block == "priority" and "threshold" in case else ()
        found = JUDGE[block](as_applications([asked]), asked.day, *more).row(0, named=True)
        assert {name: found[name] for name in expected} == expected


def test_every_case_has_a_source() -> None:
    read = [one.values[0] for one in cases()]
    assert len(read) >= 60
    assert [one["case"] for one in read if not one.get("source")] == []
