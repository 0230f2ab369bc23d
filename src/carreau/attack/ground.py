"""The pieces that the zones of several tables cut the ground into, and what is known of each piece at once."""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from carreau.attack.findings import Term
from carreau.attack.published import Floats, Table
from carreau.errors import BadInput

Sum = dict[int, int]
"""A signed sum of zones: how many times each is taken."""


@dataclass(eq=False)
class Ground:
    """Zones of tables of one count and one date (or taken as such), numbered together, and the pieces between them.

    A piece is all the homes that are in the same zone of each table: `zones_of[piece]` are its zones, `pieces_of[zone]`
    the pieces of a zone, `cells[piece]` where it is. `low` and `high` are told of each zone. `known` has the pieces
    whose number follows by itself: (number, signed sum of zones).

    A ground may be the short form of another, its `whole`: each zone is then what is left of it without the zones in
    `taken` (see `short`).
    """

    tables: Sequence[Table]
    first: list[int]
    zones_of: list[list[int]]
    pieces_of: list[list[int]]
    cells: list[tuple[str, ...]]
    low: Floats
    high: Floats
    known: dict[int, tuple[int, Sum]] = field(default_factory=dict)
    taken: dict[int, list[int]] = field(default_factory=dict)
    whole: "Ground | None" = None

    def table_of(self, zone: int) -> int:
        """The number of the table that a zone is of."""
        return bisect_right(self.first, zone) - 1

    def exact(self, zone: int) -> bool:
        """Whether the zone's number is told exactly."""
        return bool(self.low[zone] == self.high[zone])

    def told(self, zone: int, quantity: str) -> tuple[float, float]:
        """What is told of a quantity in a zone; no limit when nothing is."""
        table = self.table_of(zone)
        if quantity not in self.tables[table].told:
            return 0.0, np.inf
        low, high = self.tables[table].told[quantity]
        return float(low[zone - self.first[table]]), float(high[zone - self.first[table]])

    def term(self, zone: int, sign: int, quantity: str | None = None) -> Term:
        """A zone's number as a part of a derivation; -1 for an end that is not told."""
        table = self.tables[self.table_of(zone)]
        low, high = self.told(zone, quantity or table.count)
        name = table.zones[zone - self.first[self.table_of(zone)]]
        return Term(sign, table.name, name, int(low), int(high) if np.isfinite(high) else -1, quantity or table.count)

    def terms(self, total: Sum, quantity: str | None = None) -> tuple[Term, ...]:
        """A signed sum as parts of a derivation, what is added first."""
        ordered = sorted(self.full(total).items(), key=lambda one: (-one[1], one[0]))
        return tuple(self.term(zone, sign, quantity) for zone, sign in ordered if sign)

    def full(self, total: Sum) -> Sum:
        """A signed sum of what is left of zones as one of whole zones."""
        full = dict(total)
        for zone, times in total.items():
            add(full, dict.fromkeys(self.taken.get(zone, ()), 1), -times)
        return {zone: times for zone, times in full.items() if times}

    def region(self, pieces: Iterable[int]) -> tuple[tuple[str, ...], bool]:
        """The cells of some pieces, and whether other pieces share some of them."""
        if self.whole is not None:
            return self.whole.region(pieces)
        chosen = set(pieces)
        cells = sorted({cell for piece in chosen for cell in self.cells[piece]})
        inside = set(cells)
        near = {other for piece in chosen for zone in self.zones_of[piece] for other in self.pieces_of[zone]} - chosen
        return tuple(cells), any(not inside.isdisjoint(self.cells[other]) for other in near)

    def peel(self) -> None:
        """Fill `known`: a zone with one unknown piece tells it; one with nobody left tells that all are empty.

        Raises BadInput when the numbers contradict each other.
        """
        left = [len(pieces) for pieces in self.pieces_of]
        rest = self.low.copy()
        waiting = deque(zone for zone in range(len(left)) if self.exact(zone))
        while waiting:
            zone = waiting.popleft()
            unknown = [piece for piece in self.pieces_of[zone] if piece not in self.known]
            if rest[zone] < 0 or (not unknown and rest[zone] > 0):
                raise BadInput(f"{self._name(zone)} contradicts what the other tables tell of its parts")
            if len(unknown) != 1 and rest[zone] > 0:
                continue
            for piece in unknown:
                self.known[piece] = (int(rest[zone]), self._without_known(zone) if rest[zone] else {})
                for other in self.zones_of[piece]:
                    left[other] -= 1
                    rest[other] -= self.known[piece][0]
                    if self.exact(other) and other != zone and (left[other] <= 1 or rest[other] <= 0):
                        waiting.append(other)

    def _without_known(self, zone: int) -> Sum:
        total: Sum = {zone: 1}
        for piece in self.pieces_of[zone]:
            if piece in self.known:
                add(total, self.known[piece][1], -1)
        return total

    def _name(self, zone: int) -> str:
        term = self.term(zone, 1)
        return f"{term.table}: {term.zone} ({term.low})"


def add(total: Sum, other: Sum, sign: int) -> None:
    """Add a signed sum to another, `sign` times."""
    for zone, times in other.items():
        total[zone] = total.get(zone, 0) + sign * times


def lay(tables: Sequence[Table], parts: pl.DataFrame | None = None) -> Ground:
    """Cut the ground of some tables into pieces. A cell that a table's zones share is cut in every possible way.

    `parts` are the combinations of `cell` and zones that have homes, a column for each zoning, as far as the open
    register tells: a table whose zones it knows is cut in no other way.
    """
    names = [f"t{number}" for number in range(len(tables))]
    joined = pl.DataFrame(schema={"cell": pl.String})
    if parts is not None:
        numbers = {
            name: own for name, table in zip(names, tables, strict=True) if (own := _told_by(parts, table)) is not None
        }
        joined = parts.select("cell", *(own.alias(name) for name, own in numbers.items())).unique()
    for name, table in zip(names, tables, strict=True):
        if name not in joined.columns:
            joined = joined.join(table.cells.rename({"zone": name}), on="cell", how="full", coalesce=True)
    pieces = (
        joined.with_columns(pl.col(names).fill_null(-1))
        .filter(pl.any_horizontal(pl.col(names) >= 0))
        .group_by(names)
        .agg(pl.col("cell").sort())
        .sort(names)
    )
    sizes = [len(table.zones) for table in tables]
    first = [0, *np.cumsum(sizes).tolist()][: len(sizes)]
    zones_of = [
        [start + zone for start, zone in zip(first, row, strict=True) if zone >= 0]
        for row in pieces.select(names).iter_rows()
    ]
    pieces_of: list[list[int]] = [[] for _ in range(sum(sizes))]
    for piece, zones in enumerate(zones_of):
        for zone in zones:
            pieces_of[zone].append(piece)
    bases = [table.base for table in tables]
    return Ground(
        tables, first, zones_of, pieces_of, [tuple(cells) for cells in pieces["cell"]],
        np.concatenate([low for low, _ in bases]), np.concatenate([high for _, high in bases]),
    )  # fmt: skip


def _told_by(parts: pl.DataFrame, table: Table) -> "pl.Series | None":
    """The zones of a table in the parts that the register tells; None when it does not know them, or others."""
    if table.zoning not in parts.columns:
        return None
    number = parts[table.zoning].replace_strict(
        list(table.zones), range(len(table.zones)), default=None, return_dtype=pl.Int64
    )
    pairs = parts.select("cell", zone=number).drop_nulls().unique()
    mine = table.cells.filter(pl.col("zone") >= 0)
    if pairs.height != mine.height or not pairs.join(mine, on=["cell", "zone"], how="anti").is_empty():
        return None
    return number.fill_null(-1)


@dataclass(frozen=True)
class Core:
    """Pieces that hang together once what is known is taken away, the zones over them, and what is left of each."""

    pieces: tuple[int, ...]
    zones: tuple[int, ...]
    low: dict[int, float]
    high: dict[int, float]


def cores(ground: Ground, *, whole: bool = False) -> list[Core]:
    """The connected parts of what `peel` left unknown; with `whole`, of the ground as it was before."""
    gone = set() if whole else set(ground.known)
    seen, found = set(gone), []
    for start in range(len(ground.zones_of)):
        if start in seen:
            continue
        seen.add(start)
        pieces, zones, waiting = [start], set(), [start]
        while waiting:
            for zone in ground.zones_of[waiting.pop()]:
                if zone in zones:
                    continue
                zones.add(zone)
                fresh = [piece for piece in ground.pieces_of[zone] if piece not in seen]
                seen.update(fresh)
                pieces += fresh
                waiting += fresh
        taken = {z: sum(ground.known[p][0] for p in ground.pieces_of[z] if p in gone) for z in zones}
        found.append(
            Core(
                tuple(sorted(pieces)), tuple(sorted(zones)),
                {z: max(float(ground.low[z]) - taken[z], 0) for z in zones},
                {z: float(ground.high[z]) - taken[z] for z in zones},
            )
        )  # fmt: skip
    return found


def independent(ground: Ground, core: Core) -> tuple[int, ...]:
    """The zones of a core without those that are, piece for piece, a sum of exact zones of one other table."""
    inside = set(core.pieces)
    kept = list(core.zones)
    for zone in sorted(core.zones, key=lambda z: (-len(ground.pieces_of[z]), -z)):
        mine = inside.intersection(ground.pieces_of[zone])
        for table in {ground.table_of(z) for z in kept} - {ground.table_of(zone)}:
            over = {z for p in mine for z in ground.zones_of[p] if ground.table_of(z) == table}
            if not over <= set(kept) or not all(ground.exact(z) for z in over | {zone}):
                continue
            held = [p for z in over for p in ground.pieces_of[z] if p in inside]
            if set(held) == mine:
                kept.remove(zone)
                break
    return tuple(kept)
