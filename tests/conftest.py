"""What some tests need beyond Python: said when it is missing, demanded when CARREAU_REQUIRE_ALL=1."""

import glob
import os
import shutil
from dataclasses import dataclass

import pytest
from hypothesis import settings


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
settings.register_profile("carreau", parent=settings.default, deadline=None, derandomize=ALL)
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
    """Run at once, a file stays on one processor, and so do all tests that share the served installation."""
    for item in items:
        shared = item.path.parent.name == "browser"
        item.add_marker(pytest.mark.xdist_group("browser" if shared else str(item.path)))


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


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser, for tests marked `browser`."""
    path = shutil.which("chromium")
    assert path, "mark the test with @pytest.mark.browser"
    return path
