"""Cases of tests/spec that give a parameter on a day as a text gives it, for those that no computation reads yet."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from carreau.rules.parameters import load

SPEC = Path(__file__).parent.parent / "spec"


def cases() -> list[Any]:
    files = sorted(SPEC.glob("*/*.yaml"))
    written = [one for file in files for one in yaml.safe_load(file.read_text(encoding="utf-8"))]
    return [pytest.param(one, id=one["case"]) for one in written if "parameter" in one]


@pytest.mark.parametrize("case", cases())
def test_stated(case: dict[str, Any]) -> None:
    family, _, name = case["parameter"].partition("/")
    assert load(family)[name].on(case["day"]) == case["expected"]


def test_every_case_has_a_source_and_most_come_from_outside() -> None:
    read = [one.values[0] for one in cases()]
    assert len(read) >= 50
    assert [one["case"] for one in read if not one.get("source")] == []
    assert 2 * sum(one.get("outside", False) for one in read) >= len(read)
    assert [case for case, times in Counter(one["case"] for one in read).items() if times > 1] == []
