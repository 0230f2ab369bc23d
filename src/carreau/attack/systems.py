"""What is told of some pieces, as linear inequalities, and what follows from them.

The unknowns are numbers of each piece, 0 or more: first what is counted, then the traits and the persons. What follows
is the linear bound, rounded to whole numbers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array, hstack, vstack

from carreau.attack.findings import BAND, SMALL
from carreau.attack.ground import Core, Ground
from carreau.attack.knowledge import COUNTS, MEANS, NOT_TRAITS, PERSONS, RELATIONS, linked, whole_of
from carreau.attack.published import Floats, Table

NEAR = 1e-5
"""How far a bound may be from the whole number that it is meant to be."""
MARGIN = 1e-3
"""How far a bound that is not whole must be from a whole number to be rounded up to the next."""
ROUNDS = 200


@dataclass(frozen=True, eq=False)
class System:
    """`matrix` @ unknowns <= `most`; the unknown of piece i and quantity q is number q * pieces + i.

    What is counted is the first of `quantities`.
    """

    pieces: tuple[int, ...]
    quantities: tuple[str, ...]
    matrix: csr_array
    most: Floats

    def objective(self, quantity: str, chosen: Iterable[int], *, without: bool = False) -> Floats:
        """How often each unknown counts in a sum of a quantity over some pieces (their places); or of who lacks it."""
        row = np.zeros(self.matrix.shape[1])
        size, places = len(self.pieces), np.array(list(chosen), np.int64)
        row[self.quantities.index(quantity) * size + places] = 1
        if without:
            row = -row
            for name, times in whole_of(quantity, self.quantities[0]).items():
                row[self.quantities.index(name) * size + places] += times
        return row

    def greatest(self, objective: Floats) -> tuple[float, Floats]:
        """The greatest value (infinite if there is no limit), and the unknowns there. Raises InfeasibleError."""
        from scipy.optimize import linprog  # here, because it loads all of SciPy's optimisation

        done = linprog(-objective, A_ub=self.matrix, b_ub=self.most, method="highs")
        if done.status == 2:
            raise InfeasibleError
        if done.status == 3:
            return np.inf, np.zeros(len(objective))
        return -float(done.fun), np.asarray(done.x)

    def interval(self, objective: Floats) -> tuple[float, float]:
        """The least and the greatest whole value."""
        return np.ceil(-self.greatest(-objective)[0] - NEAR) + 0.0, np.floor(self.greatest(objective)[0] + NEAR)


class InfeasibleError(ValueError):
    """Nothing fits what is told."""


class UnfinishedError(RuntimeError):
    """The search was given up after `ROUNDS` regions that were none."""


def system(
    ground: Ground, pieces: Sequence[int], zones: Iterable[int], quantities: Sequence[str], left: Core | None = None
) -> System:
    """The inequalities of what `zones` tell of `quantities`, the first of which is what is counted.

    With `left`, what is counted in a zone is what is left of it there, for those of its pieces that are in `pieces`.
    """
    place = {piece: number for number, piece in enumerate(pieces)}
    rows: list[dict[int, float]] = []
    most: list[float] = []
    for zone in zones:
        inside = [place[piece] for piece in ground.pieces_of[zone] if piece in place]
        for number, quantity in enumerate(quantities):
            low, high = (left.low[zone], left.high[zone]) if left else ground.told(zone, quantity)
            for sign, end in ((1, high), (-1, -low)):
                if np.isfinite(end) and (sign > 0 or end < 0):
                    rows.append({number * len(pieces) + p: sign for p in inside})
                    most.append(end)
    for relation in sums_of(quantities):
        for p in range(len(pieces)):
            rows.append({quantities.index(q) * len(pieces) + p: times for q, times in relation.items()})
            most.append(0)
    lines = [number for number, row in enumerate(rows) for _ in row]
    columns = [column for row in rows for column in row]
    values = [value for row in rows for value in row.values()]
    shape = (len(rows), len(quantities) * len(pieces))
    return System(
        tuple(pieces), tuple(quantities), csr_array(coo_array((values, (lines, columns)), shape=shape, dtype=float)),
        np.array(most),
    )  # fmt: skip


def quantities_of(count: str, trait: str) -> tuple[str, ...]:
    """What is counted, a trait, and every quantity that relations link with it, told or not."""
    return (count, *sorted({*linked(trait), *(name for name in whole_of(trait, count) if name != count)}))


def sums_of(quantities: Sequence[str]) -> list[dict[str, int]]:
    """How often each quantity counts in sums that are never above 0, wherever; what is counted is the first one."""
    count = quantities[0]
    parts = [{name: 1, **{whole: -times for whole, times in whole_of(name, count).items()}}
             for name in quantities if name not in NOT_TRAITS]  # fmt: skip
    at_least = [{count: 1, PERSONS: -1}] if PERSONS in quantities else []
    known = [{count if name == "households" else name: times for name, times in one.items()} for one in RELATIONS]
    return parts + at_least + [relation for relation in known if set(relation) <= set(quantities)]


def spoken_of(table: Table) -> tuple[str, ...]:
    """The traits that a table tells, or says something of by telling others."""
    reached = {other for name in table.told if name not in (*COUNTS, *MEANS) for other in linked(name)}
    return tuple(dict.fromkeys([*table.traits, *sorted(reached - NOT_TRAITS)]))


def small_region(found: System, among: Sequence[int]) -> tuple[list[int], tuple[float, float]] | None:
    """Some of the places `among` where 1 to 10 in all must be counted, and the bounds; None when there are none.

    One program over the pieces to take and, for either bound, the multipliers that prove it (linear duality).
    """
    size = len(among)
    take = _take(found, found.quantities[0], among)
    proofs = [_proof(found, take, SMALL + 1 - MARGIN), _proof(found, -take, -MARGIN)]
    zeros: list[list[int]] = []
    while (chosen := _solve(found, size, proofs, zeros)) is not None:
        if len(zeros) == ROUNDS:
            raise UnfinishedError
        places = [among[place] for place in chosen]
        bounds = found.interval(found.objective(found.quantities[0], places))
        if bounds[0] >= 1 and bounds[1] <= SMALL:
            return places, bounds
        zeros.append(chosen)
    return None


def one_sided_region(found: System, trait: str, *, everybody: bool) -> tuple[list[int], tuple[float, float]] | None:
    """Pieces that hold 3 or more, of whom perhaps nobody, and at most one, has a trait (or lacks it: `everybody`).

    The bounds are those of the number that has it, or lacks it.
    """
    size = len(found.pieces)
    has = _take(found, trait, range(size), without=everybody)
    upper = _proof(found, has, BAND - 1 - MARGIN)
    lower = _proof(found, -_take(found, found.quantities[0], range(size)), -(BAND - 1) - MARGIN)
    zeros: list[list[int]] = []
    while (chosen := _solve(found, size, [upper, lower], zeros)) is not None:
        if len(zeros) == ROUNDS:
            raise UnfinishedError
        bounds = found.interval(found.objective(trait, chosen, without=everybody))
        people = found.interval(found.objective(found.quantities[0], chosen))
        if bounds[0] <= 0 and bounds[1] < BAND - 1 and people[0] >= BAND:
            return chosen, bounds
        zeros.append(chosen)
    return None


def _take(found: System, quantity: str, among: Sequence[int], *, without: bool = False) -> csr_array:
    """By unknown and place: how often the unknown counts when the piece is taken."""
    columns = [found.objective(quantity, [place], without=without) for place in among]
    return csr_array(np.array(columns).T)


Rows = tuple[csr_array, csr_array, Floats, Floats]


def _proof(found: System, take: csr_array, most: float) -> Rows:
    """Multipliers m >= 0 with matrix' m >= take R and most' m <= `most` prove that the sum over R is at most that."""
    unknowns = take.shape[0]
    left = vstack([-take, csr_array((1, take.shape[1]))])
    right = vstack([found.matrix.T, csr_array(found.most.reshape(1, -1))])
    lower = np.concatenate([np.zeros(unknowns), [-np.inf]])
    upper = np.concatenate([np.full(unknowns, np.inf), [most]])
    return csr_array(left), csr_array(right), lower, upper


def _solve(found: System, size: int, proofs: list[Rows], zeros: list[list[int]]) -> list[int] | None:
    from scipy.optimize import Bounds, LinearConstraint, milp  # here, because it loads all of SciPy's optimisation

    multipliers = len(found.most)
    lines, lower, upper = [], [], []
    for number, (left, right, low, high) in enumerate(proofs):
        blocks = [csr_array((right.shape[0], multipliers)) for _ in proofs]
        blocks[number] = right
        lines.append(hstack([left, *blocks]))
        lower.append(low)
        upper.append(high)
    for chosen in zeros:  # a set already looked at
        row = np.zeros(size)
        row[:] = 1
        row[chosen] = -1
        lines.append(hstack([csr_array(row.reshape(1, -1)), csr_array((1, multipliers * len(proofs)))]))
        lower.append(np.array([1.0 - len(chosen)]))
        upper.append(np.array([np.inf]))
    total = size + multipliers * len(proofs)
    done = milp(
        np.concatenate([np.ones(size), np.zeros(total - size)]),
        constraints=LinearConstraint(csr_array(vstack(lines)), np.concatenate(lower), np.concatenate(upper)),
        integrality=np.concatenate([np.ones(size), np.zeros(total - size)]),
        bounds=Bounds(0, np.concatenate([np.ones(size), np.full(total - size, np.inf)])),
    )
    if done.status == 2:
        return None
    if done.x is None:
        raise UnfinishedError
    return [place for place in range(size) if done.x[place] > 0.5]
