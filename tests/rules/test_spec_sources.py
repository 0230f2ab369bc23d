"""Where the figures of tests/spec come from: enough cases a family, and at least half from outside.

`outside: true` says that the expected figure is printed in, or follows word by word from, a text, a published table or
an official example. Without it, it is ours, a practice, or OpenFisca's.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

SPEC = Path(__file__).parent.parent / "spec"
FAMILIES = sorted({file.parent.name for file in SPEC.glob("*/*.yaml")})
OURS = ("fictitious", "openfisca", "docs/decisions", "practice", "worked out", "our reading", "carreau:")


def cases(family: str = "*") -> list[dict[str, Any]]:
    files = sorted(SPEC.glob(f"{family}/*.yaml"))
    return [one for file in files for one in yaml.safe_load(file.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_eight_cases_each_with_a_source(family: str) -> None:
    read = cases(family)
    assert len(read) >= 8
    assert [one["case"] for one in read if not one.get("source")] == []


def test_at_least_half_of_the_figures_come_from_outside(record_property: Callable[[str, object], None]) -> None:
    read = cases()
    outside = sum(bool(one.get("outside")) for one in read)
    record_property("cases", len(read))
    record_property("outside", outside)
    assert len(read) >= 150
    assert 2 * outside >= len(read), f"{outside} of {len(read)} cases come from outside"


def test_what_is_ours_is_not_said_to_come_from_outside() -> None:
    """A source may name ours beside a text; one that begins with ours is not from outside."""
    claimed = [one for one in cases() if one.get("outside")]
    assert [one["case"] for one in claimed if one["source"].lower().startswith(OURS)] == []
