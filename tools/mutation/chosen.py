"""A plugin of pytest that runs the tests it is told, in that order, and says how it went. It imports nothing of ours.

Reads its plan, a JSON file, from MUTATION_PLAN: either `tests` (their names in order) or `share` (which of how many
parts of all tests), and `record`, the file to be written: how many passed, and the name of the one that failed.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PLAN = json.loads(Path(os.environ["MUTATION_PLAN"]).read_text(encoding="utf-8"))
RECORD: dict[str, Any] = {"passed": 0, "failed": None}


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """The same examples each time; a failure is enough, the smallest one is not looked for."""
    if "hypothesis" in sys.modules:
        from hypothesis import Phase, settings

        seen = (Phase.explicit, Phase.generate)
        settings.register_profile("mutation", settings.default, derandomize=True, database=None, phases=seen)
        settings.load_profile("mutation")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Sorted before others sort: pytest-django then takes those that empty the database last, as it must."""
    if "share" in PLAN:
        part, parts = PLAN["share"]
        chosen = items[len(items) * part // parts : len(items) * (part + 1) // parts]
    else:
        places = {name: place for place, name in enumerate(PLAN["tests"])}
        chosen = sorted((one for one in items if one.nodeid in places), key=lambda one: places[one.nodeid])
    items[:] = chosen
    yield


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count those that passed, keep the first that failed."""
    RECORD["passed"] += report.when == "call" and report.passed
    if report.failed and RECORD["failed"] is None:
        RECORD["failed"] = report.nodeid


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Say how it went."""
    Path(PLAN["record"]).write_text(json.dumps(RECORD), encoding="utf-8")
