"""Rows of three tables or more: the pieces of 1 to 10 for which the numbers told leave no room for 11, by programs.

No region that follows with 1 to 10 households has such room in any of its pieces; where every piece has it, or is
empty, there is none. With three tables that is more than needed: a piece may lack the room and not follow from below.
"""

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, eye_array, hstack

from carreau.release.zones.pieces import NONE, Ints

NEAR = 1e-6
Floats = npt.NDArray[np.float64]


def tight_rows(zones: Ints, people: Ints, part: Ints, threshold: int) -> list[Ints]:
    """For pieces of 1 to below `threshold` that may not hold as many: the rows that prove it, of each such piece.

    Empty when every piece has room. A piece in a zone that is in a proof already is passed over. Parts (`part`, by
    piece) share no row: what is asked of all of them is asked in one program.
    """
    rows, matrix = _matrix(zones)
    total = matrix @ people
    part_of_row = part[matrix.indices[matrix.indptr[:-1]]]
    doubtful = np.flatnonzero((people > 0) & (people < threshold))
    proofs: list[Ints] = []
    while len(doubtful):
        found = _spread(matrix, total, doubtful, threshold)
        left = doubtful[found[doubtful] < threshold - NEAR]
        stuck = ~np.isin(part[left], part[np.setdiff1d(doubtful, left)])
        asked = left[stuck][np.unique(part[left[stuck]], return_index=True)[1]]
        doubtful = np.setdiff1d(left, asked)
        if not len(asked):
            continue
        most, price = _most(matrix, total, asked)
        for piece in asked[most < threshold - NEAR]:
            proofs.append(rows[(np.abs(price) > NEAR) & (part_of_row == part[piece])])
            doubtful = doubtful[~np.isin(zones[doubtful], proofs[-1]).any(axis=1)]
    return proofs


def _matrix(zones: Ints) -> tuple[Ints, csr_array]:
    rows = np.unique(zones[zones != NONE])
    pieces, tables = np.nonzero(zones != NONE)
    lines = np.searchsorted(rows, zones[pieces, tables])
    return rows, csr_array((np.ones(len(lines)), (lines, pieces)), shape=(len(rows), len(zones)))


def _spread(matrix: csr_array, total: Floats, doubtful: Ints, threshold: int) -> Floats:
    """Numbers of the pieces that fit and bring as many doubtful ones as can be towards the threshold."""
    from scipy.optimize import linprog  # here, because it loads all of SciPy's optimisation

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


def _most(matrix: csr_array, total: Floats, pieces: Ints) -> tuple[Floats, Floats]:
    """The most that each of some pieces, one a part, may hold, and how much each row says so."""
    from scipy.optimize import linprog

    aim = np.zeros(matrix.shape[1])
    aim[pieces] = -1
    done = linprog(aim, A_eq=matrix, b_eq=total, bounds=(0, np.inf), method="highs")
    return np.asarray(done.x[pieces]), np.asarray(done.eqlin.marginals)
