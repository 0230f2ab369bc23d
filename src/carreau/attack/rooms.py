"""Which pieces cannot hold 11: a region of 1 to 10 is made of such pieces alone, since it holds no less than each."""

import numpy as np
from scipy.sparse import csr_array, eye_array, hstack, vstack

from carreau.attack.findings import SMALL
from carreau.attack.systems import NEAR, InfeasibleError, System


def without_room(asked: System) -> list[int]:
    """The places of the pieces that hold at most 10, whatever fits; `asked` is of what is counted alone.

    Raises InfeasibleError.
    """
    found: list[int] = []
    doubtful = np.arange(len(asked.pieces))
    while len(doubtful):
        numbers = _spread(asked, doubtful)
        left = doubtful[numbers[doubtful] < SMALL + 1 - NEAR]
        if len(left) == len(doubtful):
            most, numbers = asked.greatest(asked.objective(asked.quantities[0], [int(left[0])]))
            if most < SMALL + 1 - NEAR:
                found.append(int(left[0]))
            left = left[1:]
            if np.isfinite(most):
                left = left[numbers[left] < SMALL + 1 - NEAR]
        doubtful = left
    return found


def _spread(asked: System, doubtful: np.ndarray) -> np.ndarray:
    """Numbers that fit and bring as many doubtful pieces as can be towards 11."""
    from scipy.optimize import linprog  # here, because it loads all of SciPy's optimisation

    size, few = asked.matrix.shape[1], len(doubtful)
    chosen = csr_array((np.ones(few), (np.arange(few), doubtful)), shape=(few, size))
    done = linprog(
        np.append(np.zeros(size), -np.ones(few)),
        A_ub=vstack([hstack([asked.matrix, csr_array((len(asked.most), few))]), hstack([-chosen, eye_array(few)])]),
        b_ub=np.append(asked.most, np.zeros(few)),
        bounds=np.array([(0, np.inf)] * size + [(0, SMALL + 1)] * few), method="highs",
    )  # fmt: skip
    if done.x is None:
        raise InfeasibleError
    return np.asarray(done.x[:size])
