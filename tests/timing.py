"""Where a test run's time goes: printed at its end, and kept as JSON when `--timing-file` names one.

Tells the slowest tests and fixtures, the seconds of each room (the folder below `tests/`, two deep for the site), and
for each process how long it worked, how long it waited (for a server, a browser, a clock, a lock) and how long it had
no test to run. A fixture's seconds leave out those of the fixtures that it asks for.
"""

import json
import os
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SHOWN = 20


def room_of(node: str) -> str:
    """The room that a test belongs to: `tests/site/jobs/test_x.py::test_y` is of `site/jobs`."""
    folders = node.split("::")[0].split("/")[1:-1]
    return "/".join(folders[: 2 if folders[:1] == ["site"] else 1]) or "the tree"


def processor() -> float:
    """Seconds of processor that this process and its ended children have used."""
    return sum(os.times()[:4])


class Timing:
    """Collects in each process; the one that reports puts together what the others send."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.began, self.used = time.perf_counter(), processor()
        self.tests: dict[str, float] = defaultdict(float)
        self.work: dict[str, float] = {}
        self.fixtures: dict[str, list[float]] = defaultdict(list)
        self.processes: list[dict[str, Any]] = []
        self._within: list[float] = []
        self._before = 0.0
        self._here = 0.0

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        began = time.perf_counter()
        self._within.append(0.0)
        try:
            return (yield)  # type: ignore[return-value]
        finally:
            whole = time.perf_counter() - began
            own = whole - self._within.pop()
            if self._within:
                self._within[-1] += whole
            self.fixtures[f"{fixturedef.baseid}::{fixturedef.argname}".removeprefix("::")].append(own)

    def pytest_runtest_logstart(self) -> None:
        self._before = processor()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        if call.when == "teardown":
            item.user_properties.append(("processor", processor() - self._before))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        node = report.nodeid.split("@")[0]  # the group of pytest-xdist left out
        self.tests[node] += report.duration
        self.work[node] = dict(report.user_properties).get("processor", 0.0)
        self._here += report.duration

    def own(self) -> dict[str, Any]:
        """What this process did, in seconds."""
        whole = time.perf_counter() - self.began
        name = os.environ.get("PYTEST_XDIST_WORKER", "one process")
        return {"process": name, "seconds": whole, "tests": self._here, "processor": processor() - self.used}

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        sent = getattr(self.config, "workeroutput", None)
        if sent is not None:
            sent["timing"] = {"process": self.own(), "fixtures": dict(self.fixtures)}
        elif not self.processes:
            self.processes.append(self.own())

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        sent = getattr(node, "workeroutput", {}).get("timing")
        if sent:
            self.processes.append(sent["process"])
            for name, each in sent["fixtures"].items():
                self.fixtures[name] += each

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        file = self.config.getoption("--timing-file")
        if file:
            told = {"tests": self.tests, "work": self.work, "fixtures": self.fixtures, "processes": self.processes}
            Path(file).write_text(json.dumps(told, indent=1), encoding="utf-8")
        if self.config.getoption("--timing") and self.tests:
            terminalreporter.section("time")
            for line in self.lines():
                terminalreporter.write_line(line)

    def lines(self) -> Iterator[str]:
        """The tables, a line at a time."""
        yield f"{'seconds':>8} {'worked':>7}  slowest tests, with their fixtures"
        for node, seconds in sorted(self.tests.items(), key=lambda one: -one[1])[:SHOWN]:
            yield f"{seconds:8.1f} {self.work[node]:7.1f}  {node}"
        yield f"{'seconds':>8} {'times':>6}  slowest fixtures"
        for name, each in sorted(self.fixtures.items(), key=lambda one: -sum(one[1]))[:SHOWN]:
            yield f"{sum(each):8.1f} {len(each):6}  {name}"
        rooms: dict[str, list[str]] = defaultdict(list)
        for node in self.tests:
            rooms[room_of(node)].append(node)
        yield f"{'seconds':>8} {'worked':>7} {'tests':>6}  room"
        for name, nodes in sorted(rooms.items(), key=lambda one: -sum(map(self.tests.__getitem__, one[1]))):
            seconds, worked = sum(map(self.tests.__getitem__, nodes)), sum(map(self.work.__getitem__, nodes))
            yield f"{seconds:8.1f} {worked:7.1f} {len(nodes):6}  {name}"
        yield f"{'seconds':>8} {'worked':>7} {'waited':>7} {'no test':>7}  process"
        for one in sorted(self.processes, key=lambda one: str(one["process"])):
            whole, tests, worked = one["seconds"], one["tests"], min(one["processor"], one["seconds"])
            yield f"{whole:8.1f} {worked:7.1f} {max(tests - worked, 0):7.1f} {whole - tests:7.1f}  {one['process']}"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("carreau")
    group.addoption("--timing", action="store_true", help="print where the time of this run went")
    group.addoption("--timing-file", metavar="FILE", help="write where the time of this run went, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Timing(config), "carreau-timing")
