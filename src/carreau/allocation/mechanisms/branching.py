"""The best whole assignment of a block: the relaxation, then branch and bound where that cuts households in parts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from carreau.allocation.market import Ints
from carreau.allocation.mechanisms.alike import Alike
from carreau.allocation.mechanisms.block import Block
from carreau.allocation.mechanisms.greedy import Reals
from carreau.allocation.mechanisms.program import CLOSE, Face, relaxed
from carreau.allocation.mechanisms.serial import Flags

if TYPE_CHECKING:
    from scipy.optimize import LinearConstraint

NODES = 200
MOST_COLUMNS = 5_000


@dataclass(frozen=True, eq=False)
class Best:
    """Pairs of the market and the home of each; the bound by stage, lexicographically; whether it proves them best."""

    pair: Ints
    home: Ints
    bound: list[int]
    finished: bool


def best(block: Block, stop: int | None = None) -> Best:
    """The lexicographic optimum of a block, or near it when branch and bound gives up after 200 nodes in a stage.

    `stop`: the most columns that the relaxation may give the solver (`program.relaxed`), from where branch and bound
    does not go on.
    """
    if not block.pair.size:
        return _best(block, np.zeros(0, dtype=np.bool_), [0] * len(block.goals()), finished=True)
    alike = Alike.of(block)
    goals = alike.small.goals()
    found = relaxed(alike.small, stop)
    chosen, bound, proved = found.chosen, found.bound, True
    if found.stopped:
        proved = bool((goals @ chosen == bound).all())
    elif found.done < len(goals):
        chosen, bound[found.done :], proved = _branch(found.face, goals[found.done :], bound[found.done], chosen, NODES)
    taken = np.rint(chosen[: alike.small.pair.size]).astype(np.int64)
    return _best(block, alike.spread(taken), bound, finished=proved)


def _branch(face: Face, goals: Ints, most: int, chosen: Reals, nodes: int) -> tuple[Reals, list[int], bool]:
    """Stage after stage from a whole point of the face, what was reached before being a row.

    Every column of the face is tried when they are few, else those that the relaxation was given. A bound that does not
    come from all of them is that of the relaxation.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp  # here, because it loads all of SciPy's optimisation

    few = int(face.alive.sum()) <= MOST_COLUMNS
    columns = np.flatnonzero(face.alive if few else face.given | (chosen > 0))
    kept: list[LinearConstraint] = []
    bound: list[int] = []
    for goal in goals:
        limit = face.copy().maximise(goal)[0] if bound else most
        found = milp(
            -goal[columns],
            integrality=np.ones(columns.size),
            bounds=Bounds(face.low[columns], np.minimum(face.high[columns], face.block.homes.size)),
            constraints=[*_rows(face, columns), *kept],
            options={"mip_rel_gap": 0.0, "node_limit": nodes},
        )
        if found.x is not None and goal[columns] @ np.rint(found.x) >= goal @ chosen:
            chosen = np.zeros(chosen.size)
            chosen[columns] = np.rint(found.x)
        if few and found.mip_dual_bound is not None:
            limit = min(limit, int(np.floor(CLOSE - found.mip_dual_bound)))
        reached = int(goal @ chosen)
        bound.append(limit)
        kept.append(LinearConstraint(sp.csr_array(goal[None, columns].astype(float)), lb=reached))
    return chosen, bound, bool((goals @ chosen == bound).all())


def _rows(face: Face, columns: Ints) -> "list[LinearConstraint]":
    from scipy.optimize import LinearConstraint

    rows, limits = face.block.rows[:, columns], face.block.limits.astype(float)
    used: Flags = np.diff(rows.tocsr().indptr) > 0
    return [LinearConstraint(rows.tocsr()[used], lb=np.where(face.tight, limits, -np.inf)[used], ub=limits[used])]


def _best(block: Block, chosen: Flags, bound: list[int], *, finished: bool) -> Best:
    """Homes of a cell go to those chosen for it in their order."""
    columns = np.flatnonzero(chosen)
    columns = columns[np.lexsort((block.pair[columns], block.cell[columns]))]
    cell = block.cell[columns]
    place = np.arange(columns.size) - np.searchsorted(cell, cell)
    return Best(block.pair[columns], block.homes[block.starts[cell] + place], bound, finished)
