"""Making a partition better by moving one cell at a time from a unit to another that it touches."""

from carreau.release.partition.ground import BARRED, EMPTY, Ground

PASSES = 4


def exchange(ground: Ground) -> None:
    """Move cells while a move lowers Σ people × cells and leaves both units lawful; at most `PASSES` times round."""
    changed = set(ground.units)
    for _ in range(PASSES):
        moved: set[int] = set()
        for unit in sorted(changed & ground.units.keys()):
            moved |= _give(ground, unit)
        if not moved:
            return
        changed = moved.union(*(ground.neighbours(unit) for unit in moved))


def _give(ground: Ground, unit: int) -> set[int]:
    """Give away the cells of a unit that others hold more cheaply; the units that changed."""
    moved: set[int] = set()
    base, holder = ground.base, ground.holder
    for cell in sorted(ground.units[unit]):
        spare = ground.people[unit] - ground.threshold
        if cell not in base or base[cell] > spare or len(ground.units[unit]) < 2 or cell not in ground.units[unit]:
            continue
        others = {holder[cell + step] for step in ground.steps} - {EMPTY, BARRED, unit}
        if not others:
            continue
        left = ground.without(ground.units[unit], cell)
        if left is None:
            continue
        gain, other = min((_gain(ground, unit, left, cell, other), other) for other in others)
        if gain < 0:
            ground.put(unit, left)
            ground.put(other, [*ground.units[other], cell])
            moved |= {unit, other}
    return moved


def _gain(ground: Ground, unit: int, left: list[int], cell: int, other: int) -> int:
    people = ground.base[cell]
    after = (ground.people[unit] - people) * len(left)
    after += (ground.people[other] + people) * (len(ground.units[other]) + 1)
    return after - ground.cost(unit) - ground.cost(other)
