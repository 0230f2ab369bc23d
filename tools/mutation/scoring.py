"""The score of a room, what it leaves out, and the pages where it is kept."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import yaml

from .mutants import Mutant
from .rooms import ROOMS
from .trying import FOUND, SURVIVED, Outcome, Tried

Z = 1.959964
"""Of the 95 % interval of the normal law."""

PAGE = """\
# Mutation scores

Of small changes made to the code of a room, drawn at random, the part that a test noticed. `make mutate ROOM=…`
replaces the room's row; [the decision](../decisions/mutation.md) says what is changed and how. The interval is Wilson's
at 95 %, for all the changes that could have been drawn. Changes named as equivalent, with the reason, in
`tools/mutation/equivalent.yaml` count neither way, and neither do those for which there was no time.

| room | day | tried | found | score | equivalent | no time | seed | survivors |
|---|---|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Equivalent:
    """A change that cannot be noticed, and why. Known by its file, what it is inside of, and its words."""

    file: str
    inside: str
    before: str
    after: str
    reason: str

    def is_of(self, mutant: Mutant) -> bool:
        """Whether it names this mutant."""
        mine = (self.file, self.inside, self.before, self.after)
        return mine == (mutant.file, mutant.inside, mutant.before, mutant.after)


@dataclass(frozen=True)
class Score:
    """How many mutants were found, of how many that were tried and are not equivalent."""

    found: int
    tried: int

    def __str__(self) -> str:
        if not self.tried:
            return "none tried"
        low, high = wilson(self.found, self.tried)
        return f"{self.found / self.tried:.0%} ({low:.0%} to {high:.0%})"


def wilson(found: int, tried: int) -> tuple[float, float]:
    """The 95 % interval of a share: E. B. Wilson, Journal of the American Statistical Association 22 (1927)."""
    share, more = found / tried, Z * Z / tried
    middle = (share + more / 2) / (1 + more)
    half = Z * sqrt(share * (1 - share) / tried + more / (4 * tried)) / (1 + more)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def score(tried: Sequence[Tried]) -> Score:
    """What was found of what was tried."""
    found = sum(one.outcome in FOUND for one in tried)
    return Score(found, found + sum(one.outcome in SURVIVED for one in tried))


def equivalents(file: Path) -> list[Equivalent]:
    """Those that a YAML file names; none where there is no file."""
    return (
        [Equivalent(**one) for one in yaml.safe_load(file.read_text(encoding="utf-8")) or ()] if file.exists() else []
    )


def unknown(named: Sequence[Equivalent], mutants: Sequence[Mutant], modules: Sequence[str]) -> list[Equivalent]:
    """Those named in these modules that are no change of them any more."""
    return [one for one in named if one.file in modules and not any(one.is_of(mutant) for mutant in mutants)]


def survivors(tried: Sequence[Tried]) -> list[str]:
    """Two lines for each survivor, the second for the tests that were tried on it; then those that only time found."""
    lines = []
    for one in sorted(tried, key=lambda one: one.mutant):
        if one.outcome in SURVIVED:
            lines += [str(one.mutant), f"    {one.mutant.inside or 'the module'}: {_tests(one)}"]
    late = sorted(one.mutant for one in tried if one.outcome is Outcome.TIMEOUT)
    return [*lines, *(f"found by the time limit: {mutant}" for mutant in late)]


def _tests(tried: Tried) -> str:
    if tried.outcome is Outcome.UNREACHED:
        return "no test of the room reaches it"
    files = Counter(test.split("::")[0] for test in tried.tests)
    told = ", ".join(f"{file} ({count})" for file, count in sorted(files.items()))
    return f"{told}; {tried.left} slower ones not tried" if tried.left else told


def row(room: str, day: str, seed: int, tried: Sequence[Tried]) -> str:
    """The room's row of the page."""
    counted, by = score(tried), Counter(one.outcome for one in tried)
    left = by[Outcome.LATE] + by[Outcome.BROKEN]
    cells = (room, day, counted.tried, counted.found, counted, by[Outcome.EQUIVALENT], left, seed)
    link = f"[{counted.tried - counted.found}](mutation-survivors/{room}.txt)"
    return f"| {' | '.join(map(str, cells))} | {link} |"


def record(docs: Path, room: str, written: str, lines: Sequence[str]) -> None:
    """Put a room's row in the page and its survivors beside it, in the place of what was there."""
    page, beside = docs / "mutation-scores.md", docs / "mutation-survivors"
    rows = dict(re.findall(r"(?m)^(\| (\w+) \| \d.*\|)$", page.read_text(encoding="utf-8"))) if page.exists() else {}
    kept = {name: line for line, name in rows.items()} | {room: written}
    order = [*(name for name in ROOMS if name in kept), *sorted(kept.keys() - ROOMS.keys())]
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(PAGE + "".join(f"{kept[name]}\n" for name in order), encoding="utf-8")
    beside.mkdir(exist_ok=True)
    (beside / f"{room}.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
