"""What some tests need beyond Python: said when it is missing, demanded when CARREAU_REQUIRE_ALL=1."""

import glob
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from hypothesis import settings
from tests.examples import TIMES, examples

HERE = Path(__file__).parent
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("POLARS_MAX_THREADS", "1")  # each processor has a test process already
LONG = ("demo", "browser", "site/operations", "register/test_killed", "rules/test_mutations")
"""Begun first: a long file that is left to the end keeps one processor busy while the others have nothing to do."""
LEFT = pytest.StashKey[int]()
pytest_plugins = ["tests.timing", "tests.databases"]


@dataclass(frozen=True)
class Need:
    """A program outside Python that the tests carrying `marker` need."""

    marker: str
    name: str
    program: str
    get: str
    folders: str = ""
    also: str = ""

    @property
    def missing(self) -> bool:
        return shutil.which(self.program) is None and not (self.folders and glob.glob(f"{self.folders}/{self.program}"))


ALL = os.environ.get("CARREAU_REQUIRE_ALL") == "1"
# a slow machine is no failure: time is measured by the benchmarks. A submission is judged by the same examples each
# time; every other run looks for new ones.
settings.register_profile("carreau", deadline=None, derandomize=ALL and TIMES == 1, max_examples=examples(25))
settings.load_profile("carreau")

NEEDS = [
    Need("browser", "Chromium", "chromium", "sudo apt-get install chromium"),
    Need(
        "postgresql",
        "PostgreSQL",
        "pg_ctl",
        "sudo apt-get install postgresql",
        folders="/usr/lib/postgresql/*/bin",
        also=" and tests/site on it",
    ),
]


def pytest_configure(config: pytest.Config) -> None:
    missing = [need for need in NEEDS if need.missing]
    if missing and ALL:
        says = "; ".join(f"{need.name} is missing, get it with: {need.get}" for need in missing)
        raise pytest.UsageError(f"CARREAU_REQUIRE_ALL=1 and {says}")


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run at once, a file stays on one processor, unless it says in how many groups its tests may be parted."""
    for item in items:
        spread = item.get_closest_marker("spread")
        part = crc32(item.nodeid.encode()) % spread.args[0] if spread else 0
        item.add_marker(pytest.mark.xdist_group(f"{item.path}-{part}"))
    items.sort(key=lambda item: not item.path.relative_to(HERE).as_posix().startswith(LONG))


def pytest_deselected(items: list[pytest.Item]) -> None:
    """Count the slow tests that are left to `make test-all`."""
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow:
        config = slow[0].config
        config.stash[LEFT] = config.stash.get(LEFT, 0) + len(slow)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left"] = session.config.stash.get(LEFT, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    if hasattr(node, "workeroutput"):  # each process was given the same tests to choose from
        node.config.stash[LEFT] = node.workeroutput["left"]


def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as processors: a third of the time is spent waiting for servers, browsers and clocks."""
    processors = os.cpu_count() or 1
    return processors + processors // 2


def pytest_runtest_setup(item: pytest.Item) -> None:
    for need in NEEDS:
        if item.get_closest_marker(need.marker) and need.missing:
            pytest.skip(f"needs {need.name}")


def pytest_unconfigure(config: pytest.Config) -> None:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(config, "workerinput"):
        return
    skipped = reporter.stats.get("skipped", [])
    for need in NEEDS:
        count = sum(need.marker in report.keywords for report in skipped) if need.missing else 0
        if count:
            reporter.write_line(f"not run: {count} tests that need {need.name}{need.also}; get it with: {need.get}")
    if left := config.stash.get(LEFT, 0):
        reporter.write_line(f"not run: {left} slow tests; make test-all runs them")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser, for tests marked `browser`: without windows where it can be had, at a third of the cost."""
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    assert path, "mark the test with @pytest.mark.browser"
    return path
