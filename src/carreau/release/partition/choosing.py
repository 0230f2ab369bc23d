"""The best partition of a few units and the ground around them: every shape worth considering, then one choice."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import mul

from carreau.release.partition.ground import BARRED, EMPTY, Ground
from carreau.release.partition.shapes import Effort, Shape, shapes


@dataclass(frozen=True)
class Place:
    """What is solved at once: cells to place, empty cells that may bridge them, and cells that may stay alone.

    `alone` are cells that hold enough by themselves; at most `giving_way` of their people may end in larger units.
    """

    cells: list[int]
    empty: list[int]
    alone: frozenset[int]
    giving_way: int


@dataclass(frozen=True)
class Piece:
    """A shape as it is chosen: its nodes as bits, and what it adds.

    People times cells above the bound, bridges, whether it is on both sides of a border, people who gave way.
    """

    nodes: int
    above: int
    bridges: int
    mixed: bool
    giving_way: int


def best(
    ground: Ground, place: Place, least: Mapping[int, int], allowance: int, effort: Effort
) -> list[list[int]] | None:
    """The units, as cells, that cover the cells of a place for the least Σ people × cells, then bridges, then borders.

    Only partitions at most `allowance` above Σ people × `least` are looked at, which must include one: an eighth of
    it first, since the best may be near. None when there is too much to look at.
    """
    nodes = place.cells + place.empty
    number = {cell: node for node, cell in enumerate(nodes)}
    beside = [sum(1 << number[cell + step] for step in ground.steps if cell + step in number) for cell in nodes]
    people = [ground.base[cell] for cell in place.cells]
    fewest = [least[cell] for cell in place.cells]
    for part in (8, 4, 2, 1):
        found = shapes(beside, people, fewest, ground.threshold, allowance // part, effort)
        if found is None:
            return None
        found = [shape for shape in found if not _stray(shape.nodes, beside, len(people))]
        kept, above, sizes = _worth(found, people, fewest, ground.threshold, allowance // part)
        pieces = [_piece(ground, place, nodes, shape, _above(shape, people, sizes)) for shape in kept]
        choice = _Choice(pieces, len(place.cells), above, place.giving_way, effort)
        if chosen := choice.made():
            return [[nodes[node] for node in _bits(piece.nodes)] for piece in chosen]
        if effort.left < 0:
            return None
    return None


def _worth(
    found: list[Shape], people: list[int], least: list[int], threshold: int, allowance: int
) -> tuple[list[Shape], int, list[int]]:
    """The shapes that may still be chosen once each cell's smallest one is known, what is then left of the allowance.

    A shape that leaves fewer people than the threshold to the others goes, and so does one that is too far above the
    bound, which rises with the `least` cells of the shapes left; those are given too.
    """
    first = sum(map(mul, people, least))
    total, placed = sum(people), (1 << len(people)) - 1
    found = [one for one in found if one.nodes & placed == placed or total - one.people >= threshold]
    while True:
        least = [min((one.cells for one in found if one.nodes >> node & 1), default=0) for node in range(len(people))]
        if 0 in least:
            return [], 0, least
        left = allowance - sum(map(mul, people, least)) + first
        kept = [one for one in found if _above(one, people, least) <= left]
        if len(kept) == len(found):
            return kept, left, least
        found = kept


def _stray(nodes: int, beside: Sequence[int], placed: int) -> bool:
    """Whether a bridge leads nowhere."""
    return any((beside[node] & nodes).bit_count() < 2 for node in _bits(nodes >> placed << placed))


def _above(shape: Shape, people: list[int], least: list[int]) -> int:
    bound = sum(people[node] * least[node] for node in _bits(shape.nodes) if node < len(people))
    return shape.people * shape.cells - bound


def _piece(ground: Ground, place: Place, nodes: Sequence[int], shape: Shape, above: int) -> Piece:
    members = [nodes[node] for node in _bits(shape.nodes) if node < len(place.cells)]
    return Piece(
        shape.nodes,
        above,
        shape.cells - len(members),
        len({ground.side[cell] for cell in members}) > 1,
        sum(ground.base[cell] for cell in members if cell in place.alone) if shape.cells > 1 else 0,
    )


class _Choice:
    """Pieces that cover each of the first `cells` nodes once and no other twice: depth first, the cheapest first."""

    def __init__(self, pieces: Sequence[Piece], cells: int, allowance: int, giving_way: int, effort: Effort) -> None:
        ordered = sorted(pieces, key=lambda one: (one.above, one.bridges, one.mixed, one.nodes))
        self.over = {node: [one for one in ordered if one.nodes >> node & 1] for node in range(cells)}
        self.order = sorted(self.over, key=lambda node: (len(self.over[node]), node))
        self.limit = (allowance, 10**9, 10**9)
        self.giving_way, self.effort = giving_way, effort
        self.seen: dict[tuple[int, int], tuple[int, int, int]] = {}
        self.best: list[Piece] | None = None

    def made(self) -> list[Piece] | None:
        """The best choice; None when it took too long to be sure of it."""
        self._choose(0, [], (0, 0, 0), 0)
        return self.best if self.effort.left >= 0 else None

    def _choose(self, taken: int, chosen: list[Piece], price: tuple[int, int, int], giving_way: int) -> None:
        node = next((node for node in self.order if not taken >> node & 1), None)
        if node is None:
            if price < self.limit:
                self.limit, self.best = price, list(chosen)
            return
        if self.seen.get((taken, giving_way), self.limit) <= price:
            return
        self.seen[taken, giving_way] = price
        for piece in self.over[node]:
            if price[0] + piece.above > self.limit[0] or self.effort.left < 0:
                return
            self.effort.left -= 1
            if piece.nodes & taken or giving_way + piece.giving_way > self.giving_way:
                continue
            dearer = (price[0] + piece.above, price[1] + piece.bridges, price[2] + piece.mixed)
            if dearer < self.limit:
                self._choose(taken | piece.nodes, [*chosen, piece], dearer, giving_way + piece.giving_way)


def _bits(number: int) -> Iterator[int]:
    while number:
        bit = number & -number
        yield bit.bit_length() - 1
        number ^= bit


def around(ground: Ground, units: Iterable[int], reach: int) -> tuple[list[int], list[int]]:
    """The commune's cells of some units, and the empty cells that they hold or that lie within `reach` of them."""
    cells = {cell for unit in units for cell in ground.units[unit]}
    own = sorted(cell for cell in cells if cell in ground.base)
    empty = {cell for cell in cells if cell not in ground.base}
    ring = cells
    for _ in range(reach):
        ring = {
            cell + step
            for cell in ring
            for step in ground.steps
            if ground.holder[cell + step] == EMPTY and ground.open[cell + step] != BARRED
        } - empty
        empty |= ring
    return own, sorted(empty)
