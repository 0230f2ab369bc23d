"""Published waits as the page shows them: by place, in words, and as bars on one scale of years."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from carreau.allocation.waiting.wording import YEAR, duration
from carreau.site.homes.wording import commune_name
from carreau.site.pages.templatetags.words import language, say

LEAST_YEARS, MOST_MARKS = 2, 6
GAP, DASH = 2.0, 3.0
"""Of the dashes that an open end is drawn with, in hundredths of the scale."""


@dataclass(frozen=True)
class Bar:
    """From a quarter to three quarters of those who ask, in hundredths of the scale; `median` and `open_from` if any.

    An end that is not reached is drawn as `dashes` up to the end of the scale.
    """

    start: float
    width: float
    median: float | None
    dashes: Sequence[float]


@dataclass(frozen=True)
class Line:
    """One published cell in words; waits are "" where nothing was let."""

    size: str
    priority: str
    no_letting: bool
    first: str
    median: str
    last: str
    housed: str
    bar: Bar | None


@dataclass(frozen=True)
class Place:
    """One or several communes that are told together."""

    name: str
    codes: Sequence[str]
    lines: Sequence[Line]


def scale(rows: Iterable[Mapping[str, Any]]) -> int:
    """Whole years that hold every wait that is told."""
    days = [row[name] or 0 for row in rows for name in ("first", "median", "last")]
    return max(LEAST_YEARS, -int(-max(days, default=0) // YEAR))


def marks(years: int) -> list[int]:
    """The years written above the bars, from 0, as many as can be read."""
    step = next(step for step in (1, 2, 5, 10, years) if years / step <= MOST_MARKS)
    return list(range(0, years + 1, step))


def places(rows: Iterable[Mapping[str, Any]], years: int) -> list[Place]:
    """The cells by place, in the order of names; the smallest homes first."""
    found: dict[tuple[str, ...], list[Line]] = {}
    order = ("rooms_from", "priority")
    for row in sorted(rows, key=lambda one: tuple(one[name] or 0 for name in order)):
        found.setdefault(tuple(row["communes"]), []).append(_line(row, years))
    made = [Place(_named(codes), codes, lines) for codes, lines in found.items()]
    return sorted(made, key=lambda one: (len(one.codes) > 1, one.name))


def _named(codes: Sequence[str]) -> str:
    return ", ".join(sorted(commune_name(code) for code in codes))


def _line(row: Mapping[str, Any], years: int) -> Line:
    least, most = row["rooms_from"], row["rooms_to"]
    size = say("waiting.size", rooms=least) if least == most else say("waiting.sizes", least=least, most=most)
    who = {None: "everybody", True: "priority", False: "others"}[row["priority"]]
    quiet = row["no_letting"]
    waits = {name: "" if quiet else _wait(row[name]) for name in ("first", "median", "last")}
    known = not quiet and row["housed_first"] is not None
    housed = {name: duration(row[f"housed_{name}"], language()) for name in ("first", "last")} if known else {}
    return Line(
        size=size,
        priority=say(f"waiting.{who}"),
        no_letting=quiet,
        housed=say("waiting.housed_range", **housed) if known else "",
        bar=None if quiet or row["first"] is None else _bar(row, years),
        **waits,
    )


def _wait(days: int | None) -> str:
    return say("waiting.unseen") if days is None else duration(days, language())


def _bar(row: Mapping[str, Any], years: int) -> Bar:
    first, median, last = (
        None if row[name] is None else round(100 * row[name] / (years * YEAR), 1)
        for name in ("first", "median", "last")
    )
    end = next(one for one in (last, median, first) if one is not None)
    dashes = []
    if last is None:
        at = end + GAP
        while at + DASH <= 100:
            dashes.append(round(at, 1))
            at += DASH + GAP
    return Bar(first or 0, round(max(end - (first or 0), 0.8), 1), median, dashes)
