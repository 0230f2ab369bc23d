"""The units that can be made around given cells: how small at best, and which ones are worth considering."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from carreau.release.partition.ground import BARRED, Ground


@dataclass(frozen=True)
class Shape:
    """A lawful unit: its nodes as bits, how many people and cells."""

    nodes: int
    people: int
    cells: int


@dataclass
class Effort:
    """How many more sets of cells, or choices among them, may be looked at: work, never time, so that runs agree."""

    left: int

    @contextmanager
    def part(self, most: int) -> Iterator["Effort"]:
        """Spend some of it, and no more."""
        given = min(self.left, most)
        part = Effort(given)
        yield part
        self.left -= given - max(part.left, 0)


def least_cells(ground: Ground, cell: int) -> int:
    """No unit that holds this cell and the threshold has fewer cells than this.

    It counts the fullest cells that are near enough to be reached with that many, and forgets that they must also be
    linked to each other.
    """
    people, threshold, open_, steps = ground.base[cell], ground.threshold, ground.open, ground.steps
    seen, ring, near = {cell}, [cell], list[int]()
    size = 1
    while people + sum(near[: size - 1]) < threshold and ring:
        following = []
        for one in ring:
            for step in steps:
                other = one + step
                if other not in seen and (brings := open_[other]) != BARRED:
                    seen.add(other)
                    following.append(other)
                    if brings:
                        near.append(brings)
        near.sort(reverse=True)
        ring, size = following, size + 1
    return size


def shapes(
    neighbours: Sequence[int], people: Sequence[int], least: Sequence[int], threshold: int, allowance: int,
    effort: "Effort",
) -> list[Shape] | None:  # fmt: skip
    """Every unit that a partition no worse than `allowance` above the bound may contain; None when effort runs out.

    Nodes are cells: first those to place, each with its `people` and the `least` cells of a unit that holds it, then
    empty ones. `neighbours` are bits. The bound is Σ people × least: a unit that takes more cells than its people need
    is above it by at least the people it holds, times the cells too many.
    """
    search = _Search(neighbours, people, least, threshold, allowance, effort)
    for root in range(len(least)):
        above = -1 << (root + 1)
        search.widen(1 << root, neighbours[root] & above, neighbours[root] | ~above, people[root], 1, root)
        if effort.left < 0:
            return None
    return search.found


class _Search:
    """Connected sets of nodes, each found once: Wernicke's ESU, cut where nothing cheap enough can follow."""

    def __init__(
        self, neighbours: Sequence[int], people: Sequence[int], least: Sequence[int], threshold: int, allowance: int,
        effort: "Effort",
    ) -> None:  # fmt: skip
        self.neighbours, self.people, self.least = neighbours, people, least
        self.threshold, self.allowance, self.effort = threshold, allowance, effort
        self.most = max(least)
        self.found: list[Shape] = []
        self.bound = [count * cells for count, cells in zip(people, least, strict=False)]

    def widen(self, nodes: int, more: int, closed: int, people: int, cells: int, newest: int, bound: int = -1) -> None:
        """Look at a set, then at each that has one more of the nodes `more` beside it."""
        self.effort.left -= 1
        if self.effort.left < 0:
            return
        if bound < 0:
            bound = self.bound[newest]
        enough = people >= self.threshold
        size = cells if enough else cells + 1
        above = people * size - bound
        if not enough:
            above += (self.threshold - people) * max(0, size - self.most)
        if above > self.allowance:
            return
        if enough:
            self.found.append(Shape(nodes, people, cells))
        placed = len(self.least)
        while more:
            node_bit = more & -more
            more ^= node_bit
            node = node_bit.bit_length() - 1
            beyond = self.neighbours[node]
            brought = self.bound[node] if node < placed else 0
            count = self.people[node] if node < placed else 0
            self.widen(
                nodes | node_bit, more | (beyond & ~closed), closed | beyond, people + count, cells + 1, node,
                bound + brought,
            )  # fmt: skip
