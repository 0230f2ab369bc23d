"""The units of one commune."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from carreau.release.partition.exchanging import exchange
from carreau.release.partition.giving_way import GivingWay, giving_way
from carreau.release.partition.ground import BARRED, EMPTY, Ground
from carreau.release.partition.growing import grow
from carreau.release.partition.polishing import polish
from carreau.release.partition.shapes import Effort, least_cells
from carreau.release.partition.windows import Window

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Plan:
    """`units` of several cells, bridges among them, and the `lost` cells that reach nobody, all as numbers in a window.

    Every other cell of the commune holds enough and is a unit of its own. `cost` is Σ people × cells over all units,
    `bound` what no partition of the same cells can go below.
    """

    units: list[list[int]]
    lost: list[int]
    bridges: list[int]
    cost: int
    bound: int


def plan(window: Window, cells: Ints, base: Ints, side: Ints, threshold: int, effort: Effort) -> Plan:
    """Draw the units of a commune: `cells` are numbers in `window`, `base` how many each counts, `side` of a border.

    What `effort` there is may be spent on making it better.
    """
    barred = window.barred.copy()
    small, large = cells[base < threshold], cells[base >= threshold]
    counted = np.zeros(barred.size, dtype=np.int64)
    counted[cells] = base
    barred.ravel()[large] = True
    way = giving_way(~barred, small, large, counted, threshold)
    ground = _ground(window, barred.ravel(), way, small, counted, threshold)
    ground.side.update(zip(cells.tolist(), side.tolist(), strict=True))
    grow(ground)
    exchange(ground)
    least = _least(ground)
    bound = sum(ground.base[cell] * size for cell, size in least.items())
    bound += sum(ground.base[cell] for cell in way.chosen)
    solved = polish(ground, least, way, effort)
    units = list(ground.units.values())
    together = {cell for unit in units for cell in unit}
    alone = int(counted[[cell for cell in large.tolist() if cell not in together]].sum())
    spent = sum(map(ground.cost, ground.units)) + alone
    bound += sum(int(counted[cell]) for cell in large.tolist() if cell not in ground.base)
    return Plan(units, way.lost, sorted(together - set(cells.tolist())), spent, spent if solved else bound)


def _least(ground: Ground) -> dict[int, int]:
    """The least cells of a unit that holds each cell; of the one unit, where there are too few people for two."""
    least = {cell: least_cells(ground, cell) for cell in ground.base}
    if not least or sum(ground.base.values()) >= 2 * ground.threshold:
        return least
    rows, columns = [cell // ground.width for cell in least], [cell % ground.width for cell in least]
    across = max(rows) - min(rows) + max(columns) - min(columns) + 1
    return dict.fromkeys(least, max(len(least), across))


def _ground(
    window: Window, barred: npt.NDArray[np.bool_], way: GivingWay, small: Ints, counted: Ints, threshold: int
) -> Ground:  # fmt: skip
    lost = set(way.lost)
    placed = [cell for cell in small.tolist() if cell not in lost]
    holder = np.where(barred, BARRED, EMPTY)
    open_ = np.where(barred, BARRED, counted)
    for cell in way.lost:
        holder[cell] = open_[cell] = BARRED
    open_[way.possible] = counted[way.possible]
    base = {cell: int(counted[cell]) for cell in [*placed, *way.possible]}
    ground = Ground(window.width, threshold, holder.tolist(), open_.tolist(), base, {})
    for unit, cell in enumerate([*placed, *way.chosen], start=1):
        ground.put(unit, [cell])
    return ground
