"""Which tests reach a line: recorded once for a state of the tree, kept for the next run."""

import hashlib
import json
import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from coverage import CoverageData

from .copies import Copy
from .mutants import Mutant
from .rooms import Room

DATABASES = "::django_db_setup"
PARTS = ("src", "tests", "tools/mutation")


@dataclass(frozen=True)
class Chosen:
    """The tests for a mutant, fastest first; how many more reach it and are too slow; how long they should take.

    `databases` says that the line runs while databases are made, so that none made before may be used.
    """

    tests: tuple[str, ...]
    left: int
    seconds: float
    databases: bool


@dataclass(frozen=True)
class Reached:
    """Who runs each line: names of tests, and of what tests share ("" while modules are imported).

    `lines` by module and line; `seconds` and `uses` (what is used of what is shared) by name; `start` is how long a
    run of pytest takes before its first test.
    """

    lines: Mapping[str, Mapping[int, frozenset[str]]]
    seconds: Mapping[str, float]
    uses: Mapping[str, frozenset[str]]
    passed: frozenset[str]
    failed: tuple[str, ...]
    start: float

    def choose(self, mutant: Mutant, longest: float) -> Chosen:
        """The tests that reach a mutant, as many of the fastest as `longest` seconds allow, at least one."""
        reached = self._who(mutant)
        asked = [test for test in self.passed if test in reached or self._shared[test] & reached]
        tests, paid, seconds = [], set[str](), 0.0
        for test in sorted(asked, key=lambda one: (self._cost(one, set()), one)):
            cost = self._cost(test, paid)
            if not tests or seconds + cost <= longest:
                tests.append(test)
                seconds += cost
                paid |= self._shared[test]
        databases = any(DATABASES in one for one in reached)
        return Chosen(tuple(tests), len(asked) - len(tests), self.start + seconds, databases)

    def _who(self, mutant: Mutant) -> set[str]:
        """Who runs the changed lines, else the statement; of what runs at import, whoever runs any of the module."""
        lines = self.lines.get(mutant.file, {})
        for first, last in (mutant.lines, mutant.statement):
            found = set().union(*(lines.get(line, ()) for line in range(first, last + 1)))
            if found - {""}:
                return found
            if found:
                whole = set().union(*lines.values()) - {""}
                return whole or set(self.passed)
        return set()

    @cached_property
    def _shared(self) -> Mapping[str, frozenset[str]]:
        """By test, all that it uses of what is shared, and what that uses in turn."""
        found = {}
        for test in self.passed:
            seen, waiting = set[str](), [test]
            while waiting:
                more = self.uses.get(waiting.pop(), frozenset()) - seen
                seen |= more
                waiting += more
            found[test] = frozenset(seen)
        return found

    def _cost(self, test: str, paid: set[str]) -> float:
        """What a test takes beside what others paid for already; databases are copied, they were made before."""
        asked = {test, *self._shared[test]} - paid
        return sum(self.seconds.get(name, 0.0) for name in asked if DATABASES not in name)


def digest(root: Path, room: Room) -> str:
    """Of a room's table and of every file of the tree that a test may read."""
    told = hashlib.sha256(repr(room).encode())
    for file in sorted(file for part in PARTS for file in (root / part).rglob("*") if file.is_file()):
        if "__pycache__" not in file.parts:
            told.update(f"{file.relative_to(root)}\0".encode() + file.read_bytes() + b"\0")
    return told.hexdigest()[:16]


def reached(room: Room, copies: Sequence[Copy], kept: Path) -> Reached:
    """Run the room's tests once, a part of them in each copy; or read what a former run kept in the folder `kept`."""
    root = copies[0].root
    made = kept / f"{digest(root, room)}.json"
    if not made.exists():
        files = room.test_files(root)
        modules = room.modules(root)
        shares = [(part, len(copies)) for part in range(len(copies))]
        with ThreadPoolExecutor(len(copies)) as pool:
            records = list(pool.map(lambda copy, share: _recorded(copy, share, files, modules), copies, shares))
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        if copies[0].made_once.exists():
            shutil.copytree(copies[0].made_once, kept / "made-once")
        made.write_text(json.dumps(_together(records)), encoding="utf-8")
    for copy in copies:
        if (kept / "made-once").exists() and not copy.made_once.exists():
            shutil.copytree(kept / "made-once", copy.made_once)
    return _read(json.loads(made.read_text(encoding="utf-8")))


def _recorded(copy: Copy, share: tuple[int, int], files: Sequence[str], modules: Iterable[str]) -> dict[str, Any]:
    """What one run of a share of the tests recorded, its lines among it."""
    data, told = copy.folder / "lines", copy.folder / "reached.json"
    traced = [str(copy.root / module) for module in modules]
    plan = {"share": share, "data": str(data), "reached": str(told), "modules": traced}
    ended = copy.run(("recorder", "chosen"), plan, files, limit=3600)
    if ended.code not in (0, 1, 5) or not told.exists():
        raise RuntimeError(f"the tests do not run unchanged:\n{ended.printed[-3000:]}")
    record: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
    lines = CoverageData(str(data))
    lines.read()
    record["lines"] = {
        module: {str(line): names for line, names in lines.contexts_by_lineno(str(copy.root / module)).items()}
        for module in modules
    }
    record["start"] = ended.seconds - sum(seconds for name, seconds in record["seconds"].items() if name)
    return record


def _together(records: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Records of parts of the tests as one: what is shared by several parts took as long as in the slowest."""
    lines: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    seconds: dict[str, float] = defaultdict(float)
    uses: dict[str, set[str]] = defaultdict(set)
    whole: dict[str, Any] = {"passed": [], "failed": [], "start": 0.0}
    for record in records:
        for module, found in record["lines"].items():
            for line, names in found.items():
                lines[module][line] |= set(names)
        for name, taken in record["seconds"].items():
            seconds[name] = max(seconds[name], taken)
        for name, used in record["uses"].items():
            uses[name] |= set(used)
        whole["passed"] += record["passed"]
        whole["failed"] += record["failed"]
        whole["start"] = max(whole["start"], record["start"])
    told = {module: {line: sorted(names) for line, names in found.items()} for module, found in lines.items()}
    return {**whole, "lines": told, "seconds": seconds, "uses": {name: sorted(used) for name, used in uses.items()}}


def _read(record: Mapping[str, Any]) -> Reached:
    return Reached(
        lines={
            module: {int(line): frozenset(names) for line, names in found.items()}
            for module, found in record["lines"].items()
        },
        seconds=record["seconds"],
        uses={name: frozenset(used) for name, used in record["uses"].items()},
        passed=frozenset(record["passed"]),
        failed=tuple(record["failed"]),
        start=record["start"],
    )
