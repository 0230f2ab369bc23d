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

from carreau.allocation.market import Ints
from carreau.allocation.mechanisms.block import Block
from carreau.allocation.mechanisms.greedy import Reals, filled, first_columns, places
from carreau.allocation.mechanisms.serial import Flags

CLOSE = 1e-6
PRICE = 1e-4  # worths are whole, so that a price or a gain is noise or a fraction that is far larger
MOST_OF_CELL = 8
MOST_OF_APPLICATION = 2
MANY_COLUMNS = 3_000


@dataclass(eq=False)
class Face:
    """The assignments, parts of households allowed, that are best for the objectives so far.

    `alive` and `given` [columns]: may be taken; the solver has it. `tight` [rows]. `low`, `high` [columns]. `value`:
    the last corner found. `work`: columns that the solver was given, over all its calls.
    """

    block: Block
    alive: Flags
    given: Flags
    tight: Flags
    low: Reals
    high: Reals
    value: Reals
    work: int = 0

    @classmethod
    def of(cls, block: Block) -> "Face":
        """Every assignment of the block."""
        columns, pairs = block.rows.shape[1], block.pair.size
        high = np.concatenate([np.full(pairs, np.inf), block.seats])
        everything, nothing = np.ones(columns, dtype=np.bool_), np.zeros(columns)
        tight = np.zeros(block.limits.size, dtype=np.bool_)
        return cls(block, everything, first_columns(block), tight, nothing, high, nothing)

    def copy(self) -> "Face":
        """The same face, to be narrowed apart."""
        arrays = {name: getattr(self, name).copy() for name in ("alive", "given", "tight", "low", "high", "value")}
        return replace(self, **arrays)

    @property
    def whole(self) -> bool:
        """Whether the last corner is an assignment of whole households."""
        return bool(np.abs(self.value - np.rint(self.value)).max(initial=0) <= CLOSE)

    def maximise(self, goal: Ints, stop: int | None = None) -> tuple[int, bool]:
        """Narrow the face to what is best for the goal; the most that it can be, in whole numbers, and whether done.

        Not done, when the solver was given more than `stop` columns: the face stays what it was.
        """
        pairs = self.block.pair.size
        gain, value, missed = goal.astype(np.float64), 0.0, np.flatnonzero(self.alive)
        while stop is None or self.work <= stop:
            prices, value = self._solve(goal)
            gain = goal - self.block.rows.T @ prices
            missed = np.flatnonzero((gain > CLOSE) & self.alive & ~self.given)
            if not missed.size:
                break
            self.given[self._best_of(missed[np.argsort(-gain[missed], kind="stable")])] = True
        else:
            return int(np.floor(value + self._beyond(gain, missed) + CLOSE)), False
        self.tight |= np.abs(prices) > PRICE
        self.alive[:pairs] &= gain[:pairs] >= -PRICE
        self.given &= self.alive
        most, least = gain > PRICE, gain < -PRICE
        most[:pairs] = least[:pairs] = False
        self.low[most], self.high[least] = self.high[most], self.low[least]
        return int(np.floor(value + CLOSE)), True

    def _beyond(self, gain: Reals, missed: Ints) -> float:
        """The most that columns outside could add at these gains, with as many of each as their rows let in."""
        seats = missed[missed >= self.block.pair.size]
        pairs = missed[missed < self.block.pair.size]
        sums = []
        for of, room in (
            (self.block.application, self.block.crowd),
            (self.block.cell, np.diff(self.block.starts)),
        ):
            best = np.zeros(room.size)
            np.maximum.at(best, of[pairs], gain[pairs])
            sums.append(float(best @ room))
        return min(sums) + float(np.maximum(gain[seats], 0) @ self.high[seats])

    def _best_of(self, columns: Ints) -> Ints:
        """The first few of each cell and of each application among columns in order, and all that count seats."""
        pairs = columns[columns < self.block.pair.size]
        of_cell = places(self.block.cell[pairs]) < MOST_OF_CELL
        of_application = places(self.block.application[pairs]) < MOST_OF_APPLICATION
        return np.concatenate([pairs[of_cell | of_application], columns[columns >= self.block.pair.size]])

    def _solve(self, goal: Ints) -> tuple[Reals, float]:
        from scipy.optimize import linprog  # here, because it loads all of SciPy's optimisation

        columns = np.flatnonzero(self.given)
        self.work += columns.size
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


@dataclass(frozen=True, eq=False)
class Relaxed:
    """What the relaxation says of a block.

    `face`: the last that is known to have a whole point, `chosen`, after so many objectives (`done`); the `bound` of
    each that was looked at. `stopped`: the solver was given as many columns as allowed, and `chosen` is the best whole
    assignment that it came by.
    """

    face: Face
    done: int
    bound: list[int]
    chosen: Reals
    stopped: bool


def relaxed(block: Block, stop: int | None = None) -> Relaxed:
    """Maximise objective after objective, parts of households allowed, until the solver was given `stop` columns."""
    face = Face.of(block)
    kept, done, bound, finished = face.copy(), 0, [], True
    for place, goal in enumerate(block.goals(), start=1):
        most, finished = face.maximise(goal, stop)
        bound.append(most)
        if finished and face.whole:
            kept, done = face.copy(), place
        if not finished:
            bound += [face.copy().maximise(other, -1)[0] for other in block.goals()[place:]]
            break
    if finished:
        return Relaxed(kept, done, bound, np.rint(kept.value), False)
    found = np.floor((face.value if face.whole or not done else kept.value) + CLOSE)
    return Relaxed(kept, done, bound, filled(block, found), True)
