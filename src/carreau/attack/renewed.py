"""What follows from rows of the same ground that were told again: about those alone who came or went in between.

Neighbours see who moves in and out, so that a difference of two rows is a sum over those households. A later row says
how many they are at least (`changed`); where it says nothing, the difference of the two numbers is the least.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from carreau.attack.findings import BAND, SMALL, Finding, Term
from carreau.attack.knowledge import PERSONS, TOTALS
from carreau.attack.published import Table

Key = tuple[str, str, int]
"""Count, day and edition."""


@dataclass(frozen=True)
class Row:
    """What a table told of one of its zones."""

    table: Table
    zone: int

    @property
    def when(self) -> tuple[str, int]:
        """Its day and edition."""
        return self.table.date, self.table.edition

    @property
    def as_of(self) -> str:
        """Its day as it is written."""
        return self.table.as_of[self.zone] if self.table.as_of else self.table.date

    def changed(self, older: "Row") -> int:
        """How many households it says came or went since an older row, at least; 0 where it does not say."""
        least = int(self.table.changed[self.zone]) if self.table.changed is not None else 0
        return self.table.changes.get((self.table.zones[self.zone], older.as_of), least)

    def told(self, quantity: str) -> tuple[float, float] | None:
        """The ends that it tells of a quantity."""
        ends = self.table.told.get(quantity)
        return None if ends is None else (float(ends[0][self.zone]), float(ends[1][self.zone]))

    def term(self, sign: int, quantity: str) -> Term:
        """A part of a derivation; -1 for an end that is not told."""
        low, high = self.told(quantity) or (0.0, float("inf"))
        return Term(sign, self.table.name, self.table.zones[self.zone], int(low), int(min(high, 1e12)), quantity)


@dataclass(frozen=True)
class Moves:
    """Those who came or went between two rows: how many in all, how many came and how many went, at the least."""

    all: int
    came: int
    went: int


def renewed(tables: Sequence[Table], searched: Counter[str]) -> list[Finding]:
    """The regions of those who came or went between two rows of the same ground: too few, or all alike."""
    found: list[Finding] = []
    for rows in _same_ground(tables):
        for older, newer in combinations(sorted(rows, key=lambda row: row.when), 2):
            if older.when == newer.when or _alike(older, newer):
                continue
            searched["rows of the same ground told again"] += 1
            found += _between(older, newer)
    return found


def dated(groups: Mapping[Key, list[Table]]) -> dict[Key, list[Table]]:
    """The tables by count, day and edition, each row among those of the day that it is of; a row told twice is one."""
    found: dict[Key, list[Table]] = {key: [] for key in groups}
    older: list[tuple[Key, Table]] = []
    for key, group in groups.items():
        for table in group:
            parts = _by_day(table)
            found[key] += [part for day, part in parts if day is None]
            older += [((key[0], *day), part) for day, part in parts if day is not None]
    for key, part in older:
        known = {(one.zoning, ground) for one in found.get(key, ()) for ground in one.grounds}
        kept = [zone for zone, ground in enumerate(part.grounds) if (part.zoning, ground) not in known]
        if kept:
            found.setdefault(key, []).append(part.only(kept) if len(kept) < len(part.zones) else part)
    return {key: group for key, group in found.items() if group}


def _by_day(table: Table) -> Iterator[tuple[tuple[str, int] | None, Table]]:
    """The table in parts, by the day and edition of the rows; None for the latest of its own day."""
    days = [_day_of(day) for day in table.as_of]
    own = max((day for day in days if day[0] == table.date), default=(table.date, 0))
    mine = [zone for zone, day in enumerate(days) if day != own]
    if not mine:
        yield None, table
        return
    for day in sorted({table.as_of[zone] for zone in mine}):
        date, edition = _day_of(day)
        kept = [zone for zone in mine if table.as_of[zone] == day]
        yield (date, edition), table.only(kept, name=f"{table.name} ({day})", date=date, edition=edition)
    rest = [zone for zone in range(len(table.zones)) if zone not in set(mine)]
    if rest:
        yield None, table.only(rest)


def _day_of(text: str) -> tuple[str, int]:
    """The day and the edition of `2026-01-01 (2)`: the second edition is number 1."""
    day, _, rest = text.partition(" (")
    return day, int(rest.rstrip(")")) - 1 if rest.rstrip(")").isdigit() else 0


def _between(older: Row, newer: Row) -> Iterator[Finding]:
    count = newer.table.count
    before, after = older.told(count), newer.told(count)
    if before is None or after is None or before[0] != before[1] or after[0] != after[1]:
        return
    more = int(after[0] - before[0])
    number = max(abs(more), newer.changed(older))
    moves = Moves(number, (number + more + 1) // 2, (number - more) // 2)
    if 1 <= number <= SMALL:
        yield _finding("small", count, (number, number), older, newer, [count])
        return
    if number < BAND:
        return
    for trait in newer.table.traits:
        if trait not in TOTALS:
            yield from _one_sided(trait, moves, older, newer)
    for trait, whole in TOTALS.items():
        if moves.went == 0 and trait in newer.table.told:
            yield from _among_persons(trait, whole, older, newer)


def _one_sided(trait: str, moves: Moves, older: Row, newer: Row) -> Iterator[Finding]:
    """Nobody who came has the trait and all who went have it, but for one household at most; or the reverse."""
    low, high = _difference(trait, older, newer)
    for kind, least, most in (
        ("nobody", low + moves.went, high + moves.went),
        ("everybody", moves.came - high, moves.came - low),
    ):
        if least <= 0 and most < BAND - 1:
            yield _finding(kind, trait, (0, max(0, int(most))), older, newer, [newer.table.count, trait])


def _among_persons(trait: str, whole: Mapping[str, int], older: Row, newer: Row) -> Iterator[Finding]:
    """The same of a number of persons, where nobody went: `whole` is what the number is a part of."""
    low, high = _difference(trait, older, newer)
    ends = {name: _difference(name, older, newer) for name in whole}
    all_low = sum(times * ends[name][times < 0] for name, times in whole.items())
    all_high = sum(times * ends[name][times > 0] for name, times in whole.items())
    names = [newer.table.count, PERSONS, trait]
    if low <= 0 and high < BAND - 1:
        yield _finding("nobody", trait, (0, max(0, int(high))), older, newer, names)
    if all_low - high <= 0 and all_high - low < BAND - 1:
        yield _finding("everybody", trait, (0, max(0, int(all_high - low))), older, newer, names)


def _difference(quantity: str, older: Row, newer: Row) -> tuple[float, float]:
    before, after = older.told(quantity), newer.told(quantity)
    if before is None or after is None:
        return -float("inf"), float("inf")
    return after[0] - before[1], after[1] - before[0]


def _finding(
    kind: str, quantity: str, bounds: tuple[int, int], older: Row, newer: Row, names: Sequence[str]
) -> Finding:
    told = [name for name in dict.fromkeys(names) if newer.told(name) is not None and older.told(name) is not None]
    terms = tuple(row.term(sign, name) for name in told for row, sign in ((newer, 1), (older, -1)))
    cells = tuple(newer.table.places[newer.zone])
    count = PERSONS if quantity in TOTALS else newer.table.count
    return Finding(kind, "renewed", quantity, *bounds, cells, terms, True, count)


def _alike(one: Row, other: Row) -> bool:
    """Whether two rows tell the same: the row of one release, kept by another."""
    names = {*one.table.told} & {*other.table.told}
    return one.table.count == other.table.count and all(one.told(name) == other.told(name) for name in names)


def _same_ground(tables: Sequence[Table]) -> Iterator[list[Row]]:
    """The rows of each ground that several tables tell: the same cells, the empty ones of a unit too."""
    rows: dict[tuple[str, str, tuple[str, ...]], list[Row]] = {}
    for table in tables:
        if table.count != "households":
            continue
        for zone, ground in enumerate(table.grounds):
            key = (table.zoning, table.zones[zone] if table.zoning else "", ground)
            rows.setdefault(key, []).append(Row(table, zone))
    yield from (found for found in rows.values() if len(found) > 1)
