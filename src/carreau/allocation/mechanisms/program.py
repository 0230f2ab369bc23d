"""The best of one block, objective after objective, by HiGHS, with what nothing can exceed.

Rows of cells and applications alone are a transportation problem, whose corners are whole numbers; reserves that cross
lots can break that. So the relaxation is solved first, objective after objective: by complementary slackness, what is
best for one objective is a face of the same polytope (columns of negative reduced cost stay out, rows of positive price
stay tight), and the next objective is maximised on that face. Columns are priced: those of a greedy look are given to
the solver first, then the best of each cell and of each application, until none outside has a positive reduced cost.
When its last corner is whole, it is the lexicographic optimum, and the relaxation's values are the bound. When not,
branch and bound (`branching`) goes on from the last face that is known to have a whole point.
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
MOST_OF_CELL = 8
MOST_OF_APPLICATION = 2
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
        pairs = self.block.pair.size
        while True:
            prices, value = self._solve(goal)
            gain = goal - self.block.rows.T @ prices
            missed = np.flatnonzero((gain > CLOSE) & self.alive & ~self.given)
            if not missed.size:
                break
            self.given[self._best_of(missed[np.argsort(-gain[missed], kind="stable")])] = True
        self.tight |= np.abs(prices) > PRICE
        self.alive[:pairs] &= gain[:pairs] >= -PRICE
        self.given &= self.alive
        most, least = gain > PRICE, gain < -PRICE
        most[:pairs] = least[:pairs] = False
        self.low[most], self.high[least] = self.high[most], self.low[least]
        return int(np.floor(value + CLOSE))

    def _best_of(self, columns: Ints) -> Ints:
        """The first few of each cell and of each application among columns in order, and all that count seats."""
        pairs = columns[columns < self.block.pair.size]
        of_cell = _places(self.block.cell[pairs]) < MOST_OF_CELL
        of_application = _places(self.block.application[pairs]) < MOST_OF_APPLICATION
        return np.concatenate([pairs[of_cell | of_application], columns[columns >= self.block.pair.size]])

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
    """The best few of each cell by the objectives in their order, what a greedy look takes, what counts seats.

    The look: cells from the one that the fewest want, each in turn to the best who are left; members are looked at
    alone too, so that reserves find some.
    """
    order = np.lexsort((*block.worth[::-1] * -1, block.cell))
    starts = np.searchsorted(block.cell[order], np.arange(block.starts.size))
    homes, left = np.diff(block.starts), block.crowd.copy()
    pairs = np.zeros(order.size, dtype=np.bool_)
    pairs[order[_places(block.cell[order]) < FIRST_COLUMNS]] = True
    for cell in np.argsort(np.diff(starts), kind="stable").tolist():
        columns = order[starts[cell] : starts[cell + 1]]
        members = columns[block.members[:, columns].any(axis=0)]
        pairs[members[_taken(left[block.application[members]], homes[cell]) > 0]] = True
        taken = _taken(left[block.application[columns]], homes[cell])
        pairs[columns[taken > 0]] = True
        left[block.application[columns]] -= taken
    return np.concatenate([pairs, np.ones(block.seats.size, dtype=np.bool_)])


def _taken(left: Ints, homes: int) -> Ints:
    """How many households of each take so many homes, in their order."""
    before = np.cumsum(left) - left
    return np.minimum(left, np.maximum(homes - before, 0))


def _places(of: Ints) -> Ints:
    """The place of each among those that are of the same, from 0."""
    order = np.argsort(of, kind="stable")
    found = np.empty(of.size, dtype=np.int64)
    found[order] = np.arange(of.size) - np.searchsorted(of[order], of[order])
    return found
