"""The best of one block, objective after objective, by HiGHS, with what nothing can exceed.

Rows of cells and applications alone are a transportation problem, whose corners are whole numbers; reserves that cross
lots can break that. So the relaxation is solved first, objective after objective: by complementary slackness, what is
best for one objective is a face of the same polytope (columns of negative reduced cost stay out, rows of positive price
stay tight), and the next objective is maximised on that face. Columns are priced: only those that may help are given to
the solver, until none outside has a positive reduced cost. When its last corner is whole, it is the lexicographic
optimum, and the relaxation's values are the bound. When not, the whole block goes to branch and bound.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from carreau.allocation.market import Ints
from carreau.allocation.mechanisms.block import Block
from carreau.allocation.mechanisms.serial import Flags

Reals = npt.NDArray[np.float64]
CLOSE = 1e-6
FIRST_COLUMNS = 3
FEWEST_ADDED = 500


@dataclass(frozen=True, eq=False)
class Best:
    """Pairs of the market and the home of each; the bound by stage, lexicographically; whether it proves them best."""

    pair: Ints
    home: Ints
    bound: list[int]
    finished: bool


def best(block: Block, nodes: int | None = None) -> Best:
    """The lexicographic optimum of a block; `nodes` is the most that branch and bound may look at in each stage."""
    goals = block.goals()
    if not block.pair.size:
        return _best(block, np.zeros(0, dtype=np.bool_), [0] * len(goals), finished=True)
    face = _Face(block)
    bound = [face.maximise(goal) for goal in goals]
    chosen = face.value[: block.pair.size]
    if np.abs(chosen - np.rint(chosen)).max() <= CLOSE:
        return _best(block, chosen > 0.5, bound, finished=True)
    return _branch(block, goals, bound, nodes)


class _Face:
    """The assignments, parts of households allowed, that are best for the objectives so far."""

    def __init__(self, block: Block) -> None:
        self.rows, self.limits = block.rows, block.limits
        self.pairs = block.pair.size
        self.alive = np.ones(self.rows.shape[1], dtype=np.bool_)
        self.tight = np.zeros(self.rows.shape[0], dtype=np.bool_)
        self.low = np.zeros(self.rows.shape[1])
        self.high = np.concatenate([np.full(self.pairs, np.inf), block.seats])
        self.value = np.zeros(self.rows.shape[1])
        self.given = _first_columns(block)
        self.added = max(FEWEST_ADDED, block.homes.size)

    def maximise(self, goal: Ints) -> int:
        """Narrow the face to what is best for the goal; the most that it can be, in whole numbers."""
        while True:
            prices, value = self._solve(goal)
            gain = goal - self.rows.T @ prices
            missed = np.flatnonzero((gain > CLOSE) & self.alive & ~self.given)
            if not missed.size:
                break
            self.given[missed[np.argsort(-gain[missed], kind="stable")[: self.added]]] = True
        self.tight |= np.abs(prices) > CLOSE
        self.alive[: self.pairs] &= gain[: self.pairs] >= -CLOSE
        self.given &= self.alive
        most, least = gain > CLOSE, gain < -CLOSE
        most[: self.pairs] = least[: self.pairs] = False
        self.low[most], self.high[least] = self.high[most], self.low[least]
        return int(np.floor(value + CLOSE))

    def _solve(self, goal: Ints) -> tuple[Reals, float]:
        columns = np.flatnonzero(self.given)
        rows = self.rows[:, columns].tocsr()
        used = np.flatnonzero(np.diff(rows.indptr))
        loose, tight = used[~self.tight[used]], used[self.tight[used]]
        found = linprog(
            -goal[columns],
            A_ub=rows[loose] if loose.size else None,
            b_ub=self.limits[loose] if loose.size else None,
            A_eq=rows[tight] if tight.size else None,
            b_eq=self.limits[tight] if tight.size else None,
            bounds=np.column_stack([self.low[columns], self.high[columns]]),
            method="highs-ds",
        )
        if found.status:
            raise RuntimeError(f"the solver gave up: {found.message}")
        self.value = np.zeros(self.alive.size)
        self.value[columns] = found.x
        prices = np.zeros(self.limits.size)
        prices[loose], prices[tight] = -found.ineqlin.marginals, -found.eqlin.marginals
        return prices, -float(found.fun)


def _first_columns(block: Block) -> Flags:
    """The best few of each cell by the objectives in their order, and what counts seats."""
    order = np.lexsort((*block.worth[::-1] * -1, block.cell))
    counts = np.bincount(block.cell, minlength=block.starts.size - 1)
    place = np.arange(order.size) - np.repeat(np.cumsum(counts) - counts, counts)
    given = np.ones(order.size + block.seats.size, dtype=np.bool_)
    given[order] = place < FIRST_COLUMNS * np.diff(block.starts)[block.cell[order]] + FIRST_COLUMNS
    return given


def _branch(block: Block, goals: Ints, relaxed: list[int], nodes: int | None) -> Best:
    """Stage after stage by branch and bound, what was reached being a row; `relaxed` bounds where it gives no bound."""
    rows, limits = block.rows, block.limits
    high = np.concatenate([np.ones(block.pair.size), block.seats])
    kept: list[LinearConstraint] = [LinearConstraint(rows, ub=limits)]
    bound: list[int] = []
    chosen, proved = np.zeros(high.size), True
    for goal, most in zip(goals, relaxed, strict=True):
        options = {"mip_rel_gap": 0.0, **({} if nodes is None else {"node_limit": nodes})}
        found = milp(-goal, integrality=np.ones(high.size), bounds=Bounds(0, high), constraints=kept, options=options)
        if found.x is not None:
            chosen = np.rint(found.x)
        reached = int(goal @ chosen)
        bound.append(most if found.mip_dual_bound is None else int(np.floor(CLOSE - found.mip_dual_bound)))
        proved &= bound[-1] == reached
        kept.append(LinearConstraint(sp.csr_array(goal[None, :].astype(float)), lb=reached))
    return _best(block, chosen[: block.pair.size] > 0.5, bound, finished=proved)


def _best(block: Block, chosen: Flags, bound: list[int], *, finished: bool) -> Best:
    """Homes of a cell go to those chosen for it in their order."""
    columns = np.flatnonzero(chosen)
    columns = columns[np.lexsort((block.pair[columns], block.cell[columns]))]
    cell = block.cell[columns]
    place = np.arange(columns.size) - np.searchsorted(cell, cell)
    return Best(block.pair[columns], block.homes[block.starts[cell] + place], bound, finished)
