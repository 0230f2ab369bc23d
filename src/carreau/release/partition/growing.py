"""A first partition: the units with too few join their nearest neighbours, the cheapest union first."""

from heapq import heapify, heappop, heappush

from carreau.release.partition.ground import BARRED, EMPTY, Ground

Union = tuple[int, int, int, tuple[int, ...]]
"""What it adds to Σ people × cells, the unit that joins, the unit that it joins, the bridge."""


def grow(ground: Ground) -> None:
    """Merge the units of a ground until each holds the threshold, or has nobody left to join."""
    waiting = [union for unit in ground.units if (union := _best_union(ground, unit))]
    heapify(waiting)
    while waiting:
        _, unit, other, bridge = union = heappop(waiting)
        if unit not in ground.units or ground.people[unit] >= ground.threshold:
            continue
        if not _holds(ground, union):
            if now := _best_union(ground, unit):
                heappush(waiting, now)
            continue
        cells = ground.units[unit] + ground.units[other] + list(bridge)
        ground.drop(other)
        ground.put(unit, cells)
        if again := _best_union(ground, unit):
            heappush(waiting, again)


def _holds(ground: Ground, union: Union) -> bool:
    """Whether a union costs what it did when it was found, and its bridge is free."""
    added, unit, other, bridge = union
    if other not in ground.units or any(ground.holder[cell] != EMPTY for cell in bridge):
        return False
    return added == _added(ground, unit, other, len(bridge))


def _best_union(ground: Ground, unit: int) -> Union | None:
    """The cheapest union with one of the nearest units; None for a unit that holds enough or reaches nobody."""
    if ground.people[unit] >= ground.threshold:
        return None
    beside = ground.neighbours(unit)
    if beside:
        return min((_added(ground, unit, other, 0), unit, other, ()) for other in beside)
    return _best_bridge(ground, unit)


def _best_bridge(ground: Ground, unit: int) -> Union | None:
    holder, steps = ground.holder, ground.steps
    came: dict[int, int] = dict.fromkeys(ground.units[unit], 0)
    ring = sorted(came)
    length = 0
    while ring:
        reached: dict[int, int] = {}
        following = []
        for cell in ring:
            for step in steps:
                near = cell + step
                held = holder[near]
                if held == EMPTY:
                    if near not in came:
                        came[near] = cell
                        following.append(near)
                elif held != BARRED and held != unit and held not in reached:
                    reached[held] = cell
        if reached:
            added, other = min((_added(ground, unit, other, length), other) for other in reached)
            return added, unit, other, _way_back(came, reached[other])
        ring, length = following, length + 1
    return None


def _way_back(came: dict[int, int], cell: int) -> tuple[int, ...]:
    bridge = []
    while came[cell]:
        bridge.append(cell)
        cell = came[cell]
    return tuple(bridge)


def _added(ground: Ground, unit: int, other: int, bridge: int) -> int:
    mine, theirs = ground.people[unit], ground.people[other]
    cells, more = len(ground.units[unit]), len(ground.units[other])
    return (mine + theirs) * (cells + more + bridge) - mine * cells - theirs * more
