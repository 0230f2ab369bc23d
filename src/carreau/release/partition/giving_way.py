"""Which cells that hold enough must join others: exactly those that keep most people in units of one cell.

Everything that small cells can reach without entering a cell that holds enough is one pocket, since a bridge may be as
long as it takes. A pocket with too few is lost unless one of the cells around it gives way, and one is enough: it holds
the threshold by itself. To choose them is to cover the pockets with the fewest people.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import generate_binary_structure, label
from scipy.sparse import coo_array

Ints = npt.NDArray[np.int64]
BESIDE = generate_binary_structure(2, 1)
"""Cells touch by their sides."""


@dataclass(frozen=True)
class GivingWay:
    """`chosen` cells give way; `possible` might have in their place; nobody can reach `lost`. Places in the window."""

    chosen: list[int]
    possible: list[int]
    lost: list[int]


def giving_way(free: npt.NDArray[np.bool_], small: Ints, large: Ints, base: Ints, threshold: int) -> GivingWay:
    """Choose for a window, whose cells are numbered row by row and whose outer ring is not free.

    `free` are cells that a unit may take without harm: empty ones and small ones; `small` and `large` the numbers of
    the commune's cells below the threshold and of the others; `base` what each cell of the window counts.
    """
    pockets = label(free, BESIDE)[0].ravel()
    held = np.bincount(pockets[small], weights=base[small], minlength=pockets.max() + 1)
    poor = np.zeros(len(held), dtype=bool)
    poor[pockets[small]] = True
    poor &= held < threshold
    if not poor.any():
        return GivingWay([], [], [])
    around = _around(pockets, large, poor, free.shape[1])
    reached = {pocket for touched in around.values() for pocket in touched}
    lost = [int(cell) for cell in small if poor[pockets[cell]] and int(pockets[cell]) not in reached]
    return GivingWay(_cheapest(around, {cell: int(base[cell]) for cell in around}), list(around), lost)


def _around(pockets: Ints, large: Ints, poor: npt.NDArray[np.bool_], width: int) -> dict[int, frozenset[int]]:
    """The pockets with too few that each large cell touches."""
    beside = pockets[large[:, None] + np.array([1, -1, width, -width])]
    touching = np.flatnonzero(poor[beside].any(axis=1))
    return {
        int(large[row]): frozenset(int(pocket) for pocket in beside[row] if poor[pocket])
        for row in touching
    }  # fmt: skip


def _cheapest(around: dict[int, frozenset[int]], cost: dict[int, int]) -> list[int]:
    """The cells that touch every pocket, with the fewest people; solved piece by piece."""
    chosen: list[int] = []
    left = dict(around)
    while left:
        first = next(iter(left))
        pockets, piece = set(left[first]), {first}
        while more := {cell for cell in left if cell not in piece and left[cell] & pockets}:
            piece |= more
            pockets.update(*(left[cell] for cell in more))
        cells = sorted(piece)
        everywhere = [cell for cell in cells if left[cell] == pockets]
        if len(pockets) == 1 and everywhere:
            chosen.append(min(everywhere, key=lambda cell: (cost[cell], cell)))
        else:
            chosen += _cover([left[cell] for cell in cells], cells, cost)
        left = {cell: touched for cell, touched in left.items() if cell not in piece}
    return sorted(chosen)


def _cover(touched: list[frozenset[int]], cells: list[int], cost: dict[int, int]) -> list[int]:
    from scipy.optimize import Bounds, LinearConstraint, milp  # here, because it loads all of SciPy's optimisation

    pockets = sorted(frozenset().union(*touched))
    row = {pocket: number for number, pocket in enumerate(pockets)}
    entries = [(row[pocket], column) for column, some in enumerate(touched) for pocket in some]
    rows, columns = zip(*entries, strict=True)
    matrix = coo_array((np.ones(len(entries)), (rows, columns)), (len(pockets), len(cells))).tocsr()
    # a little more for each cell: of two answers that are worth the same, the one with fewer cells
    prices = np.array([cost[cell] * (len(cells) + 1) + 1 for cell in cells], dtype=np.float64)
    found = milp(
        prices, integrality=np.ones(len(cells)), bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, lb=1), options={"mip_rel_gap": 0},
    )  # fmt: skip
    return [cell for cell, taken in zip(cells, found.x, strict=True) if taken > 0.5]
