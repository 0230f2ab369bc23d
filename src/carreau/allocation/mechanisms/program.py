"""The best of one block, objective after objective, by HiGHS, with what nothing can exceed.

Rows of cells and applications alone are a transportation problem, whose corners are whole numbers; reserves that cross
lots can break that. So the relaxation is solved first, objective after objective: by complementary slackness, what is
best for one objective is a face of the same polytope (columns of negative reduced cost stay out, rows of positive price
stay tight), and the next objective is maximised on that face. Columns are priced: only those that may help are given to
the solver, until none outside has a positive reduced cost. When its last corner is whole, it is the lexicographic
optimum, and the relaxation's values are the bound. When not, branch and bound (`branching`) goes on from the last face
that is known to have a whole point.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from carreau.allocation.market import Ints
from carreau.allocation.mechanisms.block import Block
from carreau.allocation.mechanisms.serial import Flags

Reals = npt.NDArray[np.float64]
CLOSE = 1e-6
PRICE = 1e-4  # worths are whole, so that a price or a gain is noise or a fraction that is far larger
FIRST_COLUMNS = 3
FEWEST_ADDED = 500
MANY_COLUMNS = 3_000


@dataclass(eq=False)
class Face:
    """The assignments, parts of households allowed, that are best for the objectives so far.

    `alive` and `given` [columns]: may be taken; the solver has it. `tight` [rows]. `low`, `high` [columns]. `value`:
    the last corner found.
    """

    block: Block
    alive: Flags
    given: Flags
    tight: Flags
    low: Reals
    high: Reals
    value: Reals

    @classmethod
    def of(cls, block: Block) -> "Face":
        """Every assignment of the block."""
        columns, pairs = block.rows.shape[1], block.pair.size
        high = np.concatenate([np.full(pairs, np.inf), block.seats])
        everything, nothing = np.ones(columns, dtype=np.bool_), np.zeros(columns)
        tight = np.zeros(block.limits.size, dtype=np.bool_)
        return cls(block, everything, _first_columns(block), tight, nothing, high, nothing)

    def copy(self) -> "Face":
        """The same face, to be narrowed apart."""
        arrays = {name: getattr(self, name).copy() for name in ("alive", "given", "tight", "low", "high", "value")}
        return replace(self, **arrays)

    @property
    def whole(self) -> bool:
        """Whether the last corner is an assignment of whole households."""
        return bool(np.abs(self.value - np.rint(self.value)).max(initial=0) <= CLOSE)

    def maximise(self, goal: Ints) -> int:
        """Narrow the face to what is best for the goal; the most that it can be, in whole numbers."""
        pairs, added = self.block.pair.size, max(FEWEST_ADDED, self.block.homes.size)
        while True:
            prices, value = self._solve(goal)
            gain = goal - self.block.rows.T @ prices
            missed = np.flatnonzero((gain > CLOSE) & self.alive & ~self.given)
            if not missed.size:
                break
            self.given[missed[np.argsort(-gain[missed], kind="stable")[:added]]] = True
        self.tight |= np.abs(prices) > PRICE
        self.alive[:pairs] &= gain[:pairs] >= -PRICE
        self.given &= self.alive
        most, least = gain > PRICE, gain < -PRICE
        most[:pairs] = least[:pairs] = False
        self.low[most], self.high[least] = self.high[most], self.low[least]
        return int(np.floor(value + CLOSE))

    def _solve(self, goal: Ints) -> tuple[Reals, float]:
        columns = np.flatnonzero(self.given)
        rows, limits = self.block.rows[:, columns].tocsr(), self.block.limits
        used = np.flatnonzero(np.diff(rows.indptr))
        loose, tight = used[~self.tight[used]], used[self.tight[used]]
        problem = {
            "A_ub": rows[loose] if loose.size else None,
            "b_ub": limits[loose] if loose.size else None,
            "A_eq": rows[tight] if tight.size else None,
            "b_eq": limits[tight] if tight.size else None,
            "bounds": np.column_stack([self.low[columns], self.high[columns]]),
        }
        found = linprog(-goal[columns], method="highs-ipm" if columns.size > MANY_COLUMNS else "highs-ds", **problem)
        if found.status:
            found = linprog(-goal[columns], method="highs-ds", **problem)
        if found.status:
            raise RuntimeError(f"the solver gave up: {found.message}")
        self.value = np.zeros(self.alive.size)
        self.value[columns] = found.x
        prices = np.zeros(limits.size)
        prices[loose], prices[tight] = -found.ineqlin.marginals, -found.eqlin.marginals
        return prices, -float(found.fun)


def relaxed(block: Block) -> tuple[Face, int, list[int], Reals]:
    """The last face that is known to have a whole point, after how many objectives, the bound of each, and that point.

    All objectives are done when their number is that of the bounds.
    """
    face = Face.of(block)
    kept, done, bound = face.copy(), 0, []
    for place, goal in enumerate(block.goals(), start=1):
        bound.append(face.maximise(goal))
        if face.whole:
            kept, done = face.copy(), place
    return kept, done, bound, np.rint(kept.value)


def _first_columns(block: Block) -> Flags:
    """The best few of each cell by the objectives in their order, and what counts seats."""
    order = np.lexsort((*block.worth[::-1] * -1, block.cell))
    counts = np.bincount(block.cell, minlength=block.starts.size - 1)
    place = np.arange(order.size) - np.repeat(np.cumsum(counts) - counts, counts)
    given = np.ones(order.size + block.seats.size, dtype=np.bool_)
    given[order] = place < FIRST_COLUMNS * np.diff(block.starts)[block.cell[order]] + FIRST_COLUMNS
    return given
