"""Two tables told exactly: the regions of 1 to 10 that follow, found by minimum cuts.

Zones U of one table and V of the other meet in pieces. For a set T of U, N(T) are the zones of V that it meets; the
region of N(T) without T holds w(N(T)) - w(T), which is submodular in T. It is the value of a cut: take any numbers x of
the pieces that fit what is told; from each zone of U an arc without limit to each zone of V that it meets, and back an
arc of x. A cut below the limit then holds a zone of V with every zone of U in it, and its value does not depend on x.
What no zone of one table holds is a root that stands for "elsewhere".

The smallest cut is often 0. Cuts of 0 are those between strongly connected parts when the arcs with x = 0 are left out:
the pieces across them are empty, whatever x. Inside such a part every cut is 1 or more, so that the plain minimum is
the smallest positive one. Zones with arcs of 11 or more both ways are never apart in a cut of 10: they are taken
together, which leaves few. Of those, one is the root, and every other one is parted from it in both directions.

No other region of 1 to 10 follows, not even as an interval: by duality its bounds come from whole potentials of the
zones, and their difference, at most 9, is a sum of cuts; if none is 1 to 10 they are 0, the region is exact, and its
own potentials are a sum of cuts again.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow

from carreau.attack.findings import SMALL
from carreau.attack.ground import Core, Ground, Sum

Ints = npt.NDArray[np.int64]
FREE = SMALL + 1
"""A capacity that no cut of interest crosses."""


class ContradictionError(ValueError):
    """No numbers of the pieces fit what the two tables tell."""


def small_cut(ground: Ground, core: Core, tables: tuple[int, int]) -> tuple[list[int], Sum, int] | None:
    """A region of 1 to 10 that follows from two tables of a core: its pieces, the signed sum, the number. None if none.

    Raises ContradictionError.
    """
    zones = [zone for zone in core.zones if ground.table_of(zone) in tables]
    place = {zone: number for number, zone in enumerate(zones)}
    root = len(zones)
    ends: list[tuple[int, int]] = []
    pieces: dict[tuple[int, int], list[int]] = {}
    for piece in core.pieces:
        mine = {ground.table_of(zone): place[zone] for zone in ground.zones_of[piece] if zone in place}
        if mine:
            ends.append((mine.get(tables[0], root), mine.get(tables[1], root)))
            pieces.setdefault(ends[-1], []).append(piece)
    arcs = np.array(sorted(set(ends)), np.int64).reshape(-1, 2)
    upper = np.array([ground.table_of(zone) == tables[0] for zone in zones])
    weights = np.array([core.low[zone] for zone in zones], np.int64)
    numbers = _numbers(arcs, weights, upper)
    for part in _parts(arcs, numbers, root + 1):
        held = _least(arcs, numbers, part, root)
        if held is not None:
            crossing = [(tail, head) for tail, head in arcs.tolist() if head in held and tail in part - held]
            found = [piece for arc in crossing for piece in pieces[arc]]
            # the pieces across other parts are empty: taking whole zones changes no number
            return found, _signed(zones, part, held, root, upper), _value(arcs, numbers, part, held)
    return None


def _numbers(arcs: Ints, weights: Ints, upper: npt.NDArray[np.bool_]) -> Ints:
    """Numbers of the pieces that fit: a flow from the zones of one table, and elsewhere, to those of the other."""
    root, total = len(weights), int(weights.sum())
    if total >= np.iinfo(np.int32).max:
        raise ValueError("too many people for one core")
    source, sink, away, here = root + 2, root + 3, root, root + 1
    into = np.where(arcs[:, 1] == root, here, arcs[:, 1])
    ups, downs = np.flatnonzero(upper), np.flatnonzero(~upper)
    tails = np.concatenate([np.full(len(ups), source), [source], arcs[:, 0], downs, [here], [away]])
    heads = np.concatenate([ups, [away], into, np.full(len(downs), sink), [sink], [here]])
    up, down = int(weights[ups].sum()), int(weights[downs].sum())
    room = np.concatenate([weights[ups], [down], np.full(len(arcs), max(total, 1)), weights[downs], [up], [total]])
    graph = csr_array((room.astype(np.int32), (tails, heads)), shape=(root + 4, root + 4))
    flow = maximum_flow(graph, source, sink)
    if flow.flow_value != total:
        raise ContradictionError
    moved = csr_array(flow.flow)
    return np.asarray(moved[arcs[:, 0], into]).ravel().astype(np.int64)


def _parts(arcs: Ints, numbers: Ints, size: int) -> Iterable[set[int]]:
    """The sets of zones between which no cut is 0."""
    back = arcs[numbers > 0]
    tails, heads = np.concatenate([arcs[:, 0], back[:, 1]]), np.concatenate([arcs[:, 1], back[:, 0]])
    for nodes in _strong(tails, heads, size):
        if len(nodes) > 1:
            yield set(nodes)


def _least(arcs: Ints, numbers: Ints, part: set[int], root: int) -> set[int] | None:
    """The zones inside a cut of 1 to 10 of a part; None when there is none."""
    inside = np.array([tail in part and head in part for tail, head in arcs.tolist()])
    arcs, numbers = arcs[inside], numbers[inside]
    strong = arcs[numbers >= FREE]
    size = root + 1
    tails = np.concatenate([arcs[:, 0], strong[:, 1]])
    heads = np.concatenate([arcs[:, 1], strong[:, 0]])
    groups = [nodes for nodes in _strong(tails, heads, size) if nodes[0] in part]
    if len(groups) == 1:
        return None
    of = np.zeros(size, np.int64)
    for number, nodes in enumerate(groups):
        of[nodes] = number
    graph = _together(of, arcs, numbers, len(groups))
    start = int(of[root]) if root in part else 0
    for other in range(len(groups)):
        for source, sink in ((start, other), (other, start)) if other != start else ():
            held = _cut(graph, source, sink)
            if held is not None:
                return {node for number in held for node in groups[number]}
    return None


def _together(of: Ints, arcs: Ints, numbers: Ints, size: int) -> csr_array:
    tails = np.concatenate([of[arcs[:, 0]], of[arcs[:, 1]]])
    heads = np.concatenate([of[arcs[:, 1]], of[arcs[:, 0]]])
    room = np.concatenate([np.full(len(arcs), FREE), np.minimum(numbers, FREE)])
    apart = (tails != heads) & (room > 0)
    graph = csr_array((room[apart], (tails[apart], heads[apart])), shape=(size, size))
    graph.sum_duplicates()
    graph.data = np.minimum(graph.data, FREE).astype(np.int32)
    return graph


def _cut(graph: csr_array, source: int, sink: int) -> set[int] | None:
    """The side of the source in a cut of at most 10, or None."""
    flow = maximum_flow(graph, source, sink)
    if flow.flow_value > SMALL:
        return None
    left = csr_array(graph - flow.flow)
    left.data[left.data < 0] = 0
    left.eliminate_zeros()
    return set(breadth_first_order(left, source, return_predecessors=False).tolist())


def _strong(tails: Ints, heads: Ints, size: int) -> list[list[int]]:
    graph = csr_array((np.ones(len(tails), np.int8), (tails, heads)), shape=(size, size))
    count, labels = connected_components(graph, directed=True, connection="strong")
    order = np.argsort(labels, kind="stable")
    return [nodes.tolist() for nodes in np.split(order, np.cumsum(np.bincount(labels, minlength=count))[:-1])]


def _value(arcs: Ints, numbers: Ints, part: set[int], held: set[int]) -> int:
    return sum(
        number
        for (tail, head), number in zip(arcs.tolist(), numbers.tolist(), strict=True)
        if head in held and tail in part - held
    )


def _signed(zones: Sequence[int], part: set[int], held: set[int], root: int, upper: npt.NDArray[np.bool_]) -> Sum:
    """The sum that is the region: without elsewhere, V in the cut less U in it; else U outside it less V outside."""
    if root in held:
        return {zones[n]: 1 if upper[n] else -1 for n in part - held}
    return {zones[n]: -1 if upper[n] else 1 for n in held if n != root}
