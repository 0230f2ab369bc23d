"""Whether a test notices a change: each mutant in a copy of the tree, against the tests that reach it."""

import queue
import shutil
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from .copies import Copy, Ended
from .mutants import Mutant
from .reaching import Chosen, Reached


class Outcome(StrEnum):
    """What became of a mutant."""

    FOUND = "found"
    TIMEOUT = "found, by the time limit"
    SURVIVED = "survived"
    UNREACHED = "survived, no test reaches it"
    EQUIVALENT = "equivalent"
    LATE = "not tried, the room's time was over"
    BROKEN = "not tried, pytest could not run"


FOUND = (Outcome.FOUND, Outcome.TIMEOUT)
SURVIVED = (Outcome.SURVIVED, Outcome.UNREACHED)


@dataclass(frozen=True)
class Patience:
    """Seconds: of tests for a mutant at most, for all mutants, and how much longer than expected a run may take."""

    tests: float = 60.0
    room: float = 2400.0
    times: float = 3.0
    more: float = 20.0

    def limit(self, chosen: Chosen) -> float:
        """When a run of tests is given up."""
        return self.times * chosen.seconds + self.more


@dataclass(frozen=True)
class Tried:
    """A mutant, its outcome, the tests that were run for it, how many slower ones were not, which one failed."""

    mutant: Mutant
    outcome: Outcome
    tests: tuple[str, ...] = ()
    left: int = 0
    by: str | None = None
    seconds: float = 0.0
    printed: str = ""


def try_all(
    mutants: Sequence[Mutant],
    equivalent: Collection[Mutant],
    reached: Reached,
    copies: Sequence[Copy],
    patience: Patience,
    told: Callable[[Tried], None],
) -> list[Tried]:
    """Try mutants, as many at once as there are copies, until the room's time is over. In the order they were given."""
    free: queue.SimpleQueue[Copy] = queue.SimpleQueue()
    for copy in copies:
        free.put(copy)
    end = time.monotonic() + patience.room

    def outcome(mutant: Mutant) -> Tried:
        if mutant in equivalent:
            return Tried(mutant, Outcome.EQUIVALENT)
        chosen = reached.choose(mutant, patience.tests)
        if not chosen.tests:
            return Tried(mutant, Outcome.UNREACHED)
        copy = free.get()
        try:
            left = end - time.monotonic()
            return _tried(mutant, chosen, copy, min(patience.limit(chosen), left), left)
        finally:
            free.put(copy)

    def one(mutant: Mutant) -> Tried:
        tried = outcome(mutant)
        told(tried)
        return tried

    with ThreadPoolExecutor(len(copies)) as pool:
        return list(pool.map(one, mutants))


def _tried(mutant: Mutant, chosen: Chosen, copy: Copy, limit: float, left: float) -> Tried:
    if left <= 0:
        return Tried(mutant, Outcome.LATE)
    ended = run_changed(mutant, chosen, copy, limit)
    outcome = _outcome(ended)
    if outcome is Outcome.TIMEOUT and limit == left:
        outcome = Outcome.LATE
    by = ended.record.get("failed")
    return Tried(mutant, outcome, chosen.tests, chosen.left, by, ended.seconds, ended.printed)


def run_changed(mutant: Mutant, chosen: Chosen, copy: Copy, limit: float) -> Ended:
    """Run the chosen tests on a copy in which the change is made, and undo it."""
    source = (copy.root / mutant.file).read_bytes()
    files = list(dict.fromkeys(test.split("::")[0] for test in chosen.tests))
    aside, before = copy.folder / "made-once", _names(copy.made_once)
    if chosen.databases and before:
        copy.made_once.rename(aside)
    copy.write(mutant.file, mutant.made(source))
    try:
        return copy.run(("chosen",), {"tests": chosen.tests, "first_failure": True}, files, limit)
    finally:
        copy.write(mutant.file, source)
        if aside.exists():
            shutil.rmtree(copy.made_once, ignore_errors=True)
            aside.rename(copy.made_once)
        for name in _names(copy.made_once) - before:
            shutil.rmtree(copy.made_once / name, ignore_errors=True)


def _names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir() if one.is_dir()} if folder.exists() else set()


def _outcome(ended: Ended) -> Outcome:
    """A test failed, could not be collected or crashed: found. That pytest did not get to a test says nothing."""
    if ended.code is None:
        return Outcome.TIMEOUT
    if ended.code == 0:
        return Outcome.SURVIVED if ended.record.get("passed") else Outcome.BROKEN
    collected = ended.code in (1, 2) or ended.code < 0
    return Outcome.FOUND if collected or "conftest" in ended.printed else Outcome.BROKEN
