"""Rows of three tables or more: the pieces of 1 to 10 for which the numbers told leave no room for 11, by programs.

No region that follows with 1 to 10 households has such room in any of its pieces; where every piece has it, or is
empty, there is none. With three tables that is more than needed: a piece may lack the room and not follow from below.
"""

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, hstack

from carreau.release.zones.pieces import NONE, Ints

NEAR = 1e-6
Floats = npt.NDArray[np.float64]


def tight_rows(zones: Ints, people: Ints, threshold: int) -> list[Ints]:
    """For pieces of 1 to below `threshold` that may not hold as many: the rows that prove it, of each such piece.

    Empty when every piece has room. A piece in a zone that is in a proof already is passed over.
    """
    rows, matrix = _matrix(zones)
    total = matrix @ people
    doubtful = np.flatnonzero((people > 0) & (people < threshold))
    proofs: list[Ints] = []
    while len(doubtful):
        found = _spread(matrix, total, doubtful, threshold)
        left = doubtful[found[doubtful] < threshold - NEAR]
        if len(left) < len(doubtful):
            doubtful = left
            continue
        most, proof = _most(matrix, total, int(doubtful[0]))
        doubtful = doubtful[1:]
        if most < threshold - NEAR:
            proofs.append(rows[np.abs(proof) > NEAR])
            doubtful = doubtful[~np.isin(zones[doubtful], proofs[-1]).any(axis=1)]
    return proofs


def _matrix(zones: Ints) -> tuple[Ints, csr_array]:
    rows = np.unique(zones[zones != NONE])
    pieces, tables = np.nonzero(zones != NONE)
    lines = np.searchsorted(rows, zones[pieces, tables])
    return rows, csr_array((np.ones(len(lines)), (lines, pieces)), shape=(len(rows), len(zones)))


def _spread(matrix: csr_array, total: Floats, doubtful: Ints, threshold: int) -> Floats:
    """Numbers of the pieces that fit and bring as many doubtful ones as can be towards the threshold."""
    lines, size = matrix.shape
    few = len(doubtful)
    chosen = csr_array((np.ones(few), (np.arange(few), doubtful)), shape=(few, size))
    done = linprog(
        np.append(np.zeros(size), -np.ones(few)),
        A_ub=hstack([-chosen, eye_array(few)]), b_ub=np.zeros(few),
        A_eq=hstack([matrix, csr_array((lines, few))]), b_eq=total,
        bounds=np.array([(0, np.inf)] * size + [(0, threshold)] * few), method="highs",
    )  # fmt: skip
    return np.asarray(done.x[:size])


def _most(matrix: csr_array, total: Floats, piece: int) -> tuple[float, Floats]:
    """The most that a piece may hold, and how much each row says so."""
    aim = np.zeros(matrix.shape[1])
    aim[piece] = -1
    done = linprog(aim, A_eq=matrix, b_eq=total, bounds=(0, np.inf), method="highs")
    return -float(done.fun), np.asarray(done.eqlin.marginals)
