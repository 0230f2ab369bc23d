"""Rows of two tables: the pieces of 1 to 10 for which the numbers told leave no room for 11.

Take a piece as an arc from its row of the one table to that of the other; what no row of a table holds is "elsewhere",
a node of its own. Other numbers of the pieces fit what is told when they differ by a circulation: along arcs as much as
one likes, against them no more than lives there. So a piece may hold as many as can flow from its head to its tail, and
where that is 10 or less, the least cut is a region of as many that follows, with the piece in it (maximum flow is
minimum cut).

Nodes with room for 11 both ways are never parted by such a cut: they are taken together, over and over, which leaves
few.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from carreau.release.zones.pieces import Ints
from carreau.release.zones.rows import Truths

Rooms = dict[int, dict[int, int]]


@dataclass(frozen=True, eq=False)
class Arcs:
    """Pieces as arcs between rows: from `tail` to `head`, `people` each; `elsewhere` are the nodes that are no rows."""

    tail: Ints
    head: Ints
    people: Ints
    size: int


@dataclass(frozen=True, eq=False)
class Cut:
    """A region that follows: `side[node]` is true on the side that it is counted into, `crossing` its arcs."""

    side: Truths
    crossing: Ints


def small_cuts(arcs: Arcs, threshold: int) -> Iterator[Cut]:
    """A cut for each piece of fewer than `threshold` that may not hold as many, one a pair of groups of nodes."""
    group = _together(arcs, threshold)
    tail, head = group[arcs.tail], group[arcs.head]
    apart = np.flatnonzero((tail != head) & (arcs.people > 0))
    rooms = _rooms(tail, head, arcs.people, threshold)
    for source, sink in sorted({(int(head[one]), int(tail[one])) for one in apart}):
        reached = _reached(rooms, source, sink, threshold)
        if reached is not None:
            inside = np.zeros(int(group.max()) + 1, np.bool_)
            inside[list(reached)] = True
            yield Cut(inside[group], apart[inside[head[apart]] & ~inside[tail[apart]]])


def _together(arcs: Arcs, threshold: int) -> Ints:
    """The group of each node: strongly connected where there is room for the threshold."""
    group, groups = np.arange(arcs.size), arcs.size
    while True:
        tail, head = group[arcs.tail], group[arcs.head]
        apart = tail != head
        back = csr_array((arcs.people[apart], (head[apart], tail[apart])), shape=(groups, groups))
        back.sum_duplicates()
        ends, starts = back.tocoo().coords[::-1]
        wide = back.data >= threshold
        tails, heads = np.append(tail[apart], starts[wide]), np.append(head[apart], ends[wide])
        graph = csr_array((np.ones(len(tails), np.int8), (tails, heads)), shape=(groups, groups))
        count, label = connected_components(graph, directed=True, connection="strong")
        if count == groups:
            return group
        group, groups = label[group].astype(np.int64), count


def _rooms(tail: Ints, head: Ints, people: Ints, threshold: int) -> Rooms:
    """How much can flow from one group to another, no more than the threshold."""
    rooms: Rooms = {}
    for start, end, number in zip(tail.tolist(), head.tolist(), people.tolist(), strict=True):
        if start != end:
            rooms.setdefault(start, {})[end] = threshold
            back = rooms.setdefault(end, {})
            back[start] = min(back.get(start, 0) + number, threshold)
    return rooms


def _reached(rooms: Rooms, source: int, sink: int, threshold: int) -> set[int] | None:
    """The side of the source in the least cut to the sink when it is below the threshold, else None."""
    moved: Rooms = {}
    flow = 0
    while flow < threshold:
        came = {source: source}
        waiting = deque([source])
        while waiting and sink not in came:
            node = waiting.popleft()
            used = moved.get(node, {})
            for end, room in rooms.get(node, {}).items():
                if end not in came and room > used.get(end, 0):
                    came[end] = node
                    waiting.append(end)
        if sink not in came:
            return set(came)
        flow += _push(rooms, moved, came, sink)
    return None


def _push(rooms: Rooms, moved: Rooms, came: dict[int, int], sink: int) -> int:
    path = [sink]
    while came[path[-1]] != path[-1]:
        path.append(came[path[-1]])
    steps = list(zip(path[1:], path, strict=False))
    most = min(rooms[start][end] - moved.get(start, {}).get(end, 0) for start, end in steps)
    for start, end in steps:
        there = moved.setdefault(start, {})
        there[end] = there.get(end, 0) + most
        back = moved.setdefault(end, {})
        back[start] = back.get(start, 0) - most
    return most
