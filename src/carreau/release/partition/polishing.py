"""Making a partition better where it is small enough to be solved: whole, else a few neighbouring units at a time."""

from collections.abc import Mapping

from carreau.release.partition.choosing import Place, around, best
from carreau.release.partition.giving_way import GivingWay
from carreau.release.partition.ground import EMPTY, Ground
from carreau.release.partition.shapes import Effort

WHOLE, WHOLE_STEPS = 14, 300_000
"""Most cells to place in a commune that is solved whole, and how many sets of cells are looked at."""
EMPTY_CELLS = 60
PARTS, STEPS = (16, 8, 0), 10_000
"""The same for a few units of it: with fewer neighbours, or none, where that is too much."""
PASSES = 3


def polish(ground: Ground, least: Mapping[int, int], way: GivingWay, effort: Effort) -> bool:
    """Solve the commune whole when it is small, else what surrounds each unit; whether nothing better can be.

    It goes on as long as there is effort left.
    """
    if not _above(ground, ground.units, least):
        return True
    if len(ground.base) <= WHOLE and _whole(ground, least, way, effort):
        return True
    waiting = set(ground.units)
    for _ in range(PASSES):
        changed: set[int] = set()
        for unit in sorted(waiting):
            if effort.left <= 0:
                return False
            if unit in ground.units:
                changed |= _surroundings(ground, unit, least, effort)
        waiting = {near for unit in changed & ground.units.keys() for near in (unit, *_near(ground, unit))}
    return False


def _surroundings(ground: Ground, unit: int, least: Mapping[int, int], effort: Effort) -> set[int]:
    """Solve a unit and its neighbours, as many as can be; the units that changed."""
    former: set[int] = set()
    for most in PARTS:
        place = _place(ground, unit, most)
        if place == former or not _above(ground, place, least):
            continue
        changed = _solve(ground, place, least, effort)
        if changed is not None:
            return changed
        former = place
    return set()


def _above(ground: Ground, units: Mapping[int, object] | set[int], least: Mapping[int, int]) -> int:
    """How far some units are from the bound."""
    bound = sum(ground.base[cell] * least[cell] for unit in units for cell in ground.units[unit] if cell in least)
    return sum(ground.cost(unit) for unit in units) - bound


def _whole(ground: Ground, least: Mapping[int, int], way: GivingWay, effort: Effort) -> bool:
    empty = [cell for cell, brings in enumerate(ground.open) if brings == 0 and cell not in ground.base]
    if len(empty) > EMPTY_CELLS:
        return False
    giving_way = sum(ground.base[cell] for cell in way.chosen)
    place = Place(sorted(ground.base), empty, frozenset(way.possible), giving_way)
    held = sum(ground.cost(unit) for unit in ground.units)
    held += sum(ground.base[cell] for cell in set(way.possible) - set(way.chosen))
    allowance = held - sum(ground.base[cell] * least[cell] for cell in ground.base)
    with effort.part(WHOLE_STEPS) as part:
        found = best(ground, place, least, allowance, part)
    if found is None:
        return False
    _replace(ground, set(ground.units), [unit for unit in found if len(unit) > 1])
    return True


def _place(ground: Ground, unit: int, most: int) -> set[int]:
    """A unit and those that touch it or are one empty cell away, as long as they have `most` cells to place."""
    chosen = {unit}
    size = _placed(ground, unit)
    for other in sorted(_near(ground, unit), key=lambda one: (_placed(ground, one), one)):
        size += _placed(ground, other)
        if size > most:
            break
        chosen.add(other)
    return chosen


def _placed(ground: Ground, unit: int) -> int:
    return sum(cell in ground.base for cell in ground.units[unit])


def _near(ground: Ground, unit: int) -> set[int]:
    holder, steps = ground.holder, ground.steps
    beyond = {cell + step for cell in ground.units[unit] for step in steps if holder[cell + step] == EMPTY}
    near = {holder[cell + step] for cell in beyond for step in steps}
    return ((near | ground.neighbours(unit)) & ground.units.keys()) - {unit}


def _solve(ground: Ground, place: set[int], least: Mapping[int, int], effort: Effort) -> set[int] | None:
    """Solve some units anew; the units that changed, None when there is too much to look at."""
    cells, empty = around(ground, place, reach=1)
    with effort.part(STEPS) as part:
        found = best(ground, Place(cells, empty, frozenset(), 0), least, _above(ground, place, least), part)
    if found is None:
        return None
    if sum(len(unit) * _people(ground, unit) for unit in found) >= sum(map(ground.cost, place)):
        return set()
    return _replace(ground, place, found)


def _people(ground: Ground, cells: list[int]) -> int:
    return sum(ground.base.get(cell, 0) for cell in cells)


def _replace(ground: Ground, former: set[int], units: list[list[int]]) -> set[int]:
    numbers = sorted(former)
    numbers += range(max(ground.units) + 1, max(ground.units) + 1 + len(units) - len(numbers))
    for unit in former:
        ground.drop(unit)
    for unit, cells in zip(numbers, units, strict=False):
        ground.put(unit, cells)
    return set(numbers[: len(units)])
