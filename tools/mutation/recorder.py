"""A plugin of pytest that records which tests reach which lines, and how long each takes. It imports nothing of ours.

What is made once and used by many (a fixture of a module or of the whole run, a cached function) is recorded under its
own name, with all who used it: whoever uses it depends on its lines, though only the first to ask ran them. Reads its
plan, a JSON file, from MUTATION_PLAN: `root`, `modules` (to be traced), `data` and `reached` (files to be written).
"""

import functools
import json
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import coverage
import pytest
from _pytest.fixtures import FixtureDef

PLAN = json.loads(Path(os.environ["MUTATION_PLAN"]).read_text(encoding="utf-8"))
FAILED: set[str] = set()
PASSED: set[str] = set()


class Contexts:
    """Whose lines are running now: a test's, or those of something that it shares with others; "" before any test."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.uses: dict[str, set[str]] = defaultdict(set)
        self._stack = [""]
        self._since = time.perf_counter()
        self.tracing = coverage.Coverage(
            data_file=PLAN["data"], include=PLAN["modules"], config_file=False, messages=False, branch=False
        )
        self.tracing.start()

    @contextmanager
    def within(self, name: str) -> Iterator[None]:
        """Lines and seconds count for this one meanwhile."""
        self._count()
        self._stack.append(name)
        self.tracing.switch_context(name)
        try:
            yield
        finally:
            self._count()
            self._stack.pop()
            self.tracing.switch_context(self._stack[-1])

    def use(self, name: str) -> None:
        """Whoever is running now uses what is made once under this name."""
        if self._stack[-1] != name:
            self.uses[self._stack[-1]].add(name)

    def _count(self) -> None:
        now = time.perf_counter()
        self.seconds[self._stack[-1]] += now - self._since
        self._since = now


CONTEXTS = Contexts()


def watched(function: Callable[..., Any], cached: Callable[..., Any]) -> Callable[..., Any]:
    """A cached function that tells who asks it, and under whose name it computes."""
    name = f"cache:{function.__module__}.{function.__qualname__}"

    @functools.wraps(function)
    def computed(*args: Any, **kwargs: Any) -> Any:
        with CONTEXTS.within(name):
            return function(*args, **kwargs)

    kept = cached(computed)

    @functools.wraps(function)
    def asked(*args: Any, **kwargs: Any) -> Any:
        CONTEXTS.use(name)
        return kept(*args, **kwargs)

    for attribute in ("cache_clear", "cache_info", "cache_parameters"):
        setattr(asked, attribute, getattr(kept, attribute))
    return asked


def _is_ours(function: Any) -> bool:
    code = getattr(function, "__code__", None)
    return code is not None and code.co_filename.startswith(PLAN["root"])


def _watch_caches() -> None:
    original = functools.lru_cache

    def lru_cache(maxsize: Any = 128, typed: bool = False) -> Any:
        if callable(maxsize):
            return watched(maxsize, original) if _is_ours(maxsize) else original(maxsize)
        keep = original(maxsize, typed)
        return lambda function: watched(function, keep) if _is_ours(function) else keep(function)

    functools.lru_cache = lru_cache  # type: ignore[assignment]
    functools.cache = lambda function: lru_cache(maxsize=None)(function)  # type: ignore[assignment]


def _watch_fixtures() -> None:
    original = FixtureDef.execute

    def execute(self: Any, request: Any) -> Any:
        if self.scope != "function":
            CONTEXTS.use(_name_of(self))
        return original(self, request)

    FixtureDef.execute = execute  # type: ignore[method-assign]


def _name_of(fixture: Any) -> str:
    return f"fixture:{fixture.baseid}::{fixture.argname}"


_watch_caches()
_watch_fixtures()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[Any]:
    """A test, with its own fixtures."""
    with CONTEXTS.within(item.nodeid):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any) -> Iterator[Any]:
    """What several tests share is recorded under its own name."""
    if fixturedef.scope == "function":
        return (yield)
    with CONTEXTS.within(_name_of(fixturedef)):
        return (yield)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Only what passes unchanged can notice a change."""
    if report.when == "call" and report.passed and not hasattr(report, "wasxfail"):
        PASSED.add(report.nodeid)
    if report.failed:
        FAILED.add(report.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Write what was recorded."""
    CONTEXTS.tracing.stop()
    CONTEXTS.tracing.save()
    record = {
        "seconds": CONTEXTS.seconds,
        "uses": {name: sorted(used) for name, used in CONTEXTS.uses.items()},
        "passed": sorted(PASSED - FAILED),
        "failed": sorted(FAILED),
    }
    Path(PLAN["reached"]).write_text(json.dumps(record), encoding="utf-8")
