"""The difference between a group and the others within strata: estimate, interval and test by one formula.

With g the membership (1 or 0) and y the outcome, both less their mean in the stratum, the statistic is U = Σ g y:

- y a truth value: U / Σ g² is the risk difference of Mantel and Haenszel (Cochran's weights n₁n₀/n), and U the
  numerator of the Cochran-Mantel-Haenszel test (Mantel & Haenszel, J. Natl Cancer Inst. 22, 1959);
- y the midrank over n + 1: U is van Elteren's stratified rank sum (van Elteren, Bull. Int. Stat. Inst. 37, 1960), and
  U / Σ g² n/(n+1) is how far from one half the probability is that one of the group is above one of the others.

The variance sums over applications the square of their whole part in U, so that several events of one application count
as one witness, with n/(n-1) by stratum. For single events it has exactly the permutation variance on average, however
small the strata are (tests/allocation/test_treatment_difference.py goes through every permutation). The interval holds
every difference that the test does not refuse: both ends solve (U - dW)² = z² V(d), so that test and interval agree.
"""

from dataclasses import dataclass
from math import erfc, sqrt
from statistics import NormalDist

import polars as pl


@dataclass(frozen=True)
class Difference:
    """A difference in favour of the group (positive: more, or longer), with its interval and two-sided p-value.

    `group` and `others` are the applications in strata that hold both, the only ones that tell anything; `low` and
    `high` are None when the strata tell too little for an interval, `estimate` too when no stratum holds both.
    """

    group: int
    others: int
    strata: int
    estimate: float | None
    low: float | None
    high: float | None
    p: float


@dataclass(frozen=True)
class Sums:
    """U (`score`), its expectation for a difference of one (`weight`), and V(d) = aa - 2 d ab + d² bb."""

    group: int
    others: int
    strata: int
    score: float
    weight: float
    aa: float
    ab: float
    bb: float


def difference(
    rows: pl.DataFrame, outcome: str, held_equal: tuple[str, ...], *, ranks: bool, level: float
) -> Difference:
    """The difference in `outcome` between rows where `one` is true and the others, within strata of `held_equal`.

    `rows` also has `application_id`, whose rows share a value of `one`. With `ranks` the outcome is ordered only (the
    estimate lies between -0.5 and 0.5), else it is a number or truth value and the estimate a difference of means.
    `level` is that of the interval, 0.95 for instance.
    """
    found = sums(rows, outcome, held_equal, ranks=ranks)
    if not found.group:
        return Difference(0, 0, 0, None, None, None, 1.0)
    p = erfc(abs(found.score) / sqrt(2 * found.aa)) if found.aa > 0 else 1.0
    low, high = _interval(found, NormalDist().inv_cdf((1 + level) / 2))
    return Difference(found.group, found.others, found.strata, found.score / found.weight, low, high, p)


def sums(rows: pl.DataFrame, outcome: str, held_equal: tuple[str, ...], *, ranks: bool) -> Sums:
    """The sums that a `difference` follows from."""
    kept = _centred(rows, outcome, held_equal, ranks=ranks)
    members = kept.select("application_id", "one").unique()
    group = int(members["one"].sum())
    parts = kept.group_by("application_id").agg(
        a=(pl.col("k") * pl.col("g") * pl.col("y")).sum(), b=(pl.col("k") * pl.col("g") * pl.col("b")).sum()
    )
    return Sums(
        group=group,
        others=members.height - group,
        strata=kept.select(held_equal).n_unique(),
        score=float((kept["g"] * kept["y"]).sum()),
        weight=float((kept["g"] * kept["b"]).sum()),
        aa=float((parts["a"] * parts["a"]).sum()),
        ab=float((parts["a"] * parts["b"]).sum()),
        bb=float((parts["b"] * parts["b"]).sum()),
    )


def _centred(rows: pl.DataFrame, outcome: str, held_equal: tuple[str, ...], *, ranks: bool) -> pl.DataFrame:
    """Rows of strata that hold both: g, y and b less their means, and k = √(n/(n-1))."""
    strata = list(held_equal)
    one, value, n = pl.col("one").cast(pl.Float64), pl.col(outcome).cast(pl.Float64), pl.len().over(strata)
    held = rows.filter(pl.col(outcome).is_not_null()).filter(
        pl.col("one").any().over(strata), ~pl.col("one").all().over(strata)
    )
    y = value.rank("average").over(strata) / (n + 1) if ranks else value
    shrunk = n / (n + 1) if ranks else pl.lit(1.0)
    centred = held.with_columns(g=one - one.mean().over(strata), y=y, k=(n / (n - 1)).sqrt(), shrunk=shrunk)
    return centred.with_columns(y=pl.col("y") - pl.col("y").mean().over(strata), b=pl.col("g") * pl.col("shrunk"))


def _interval(found: Sums, z: float) -> tuple[float | None, float | None]:
    square = found.weight**2 - z**2 * found.bb
    half = found.score * found.weight - z**2 * found.ab
    rest = found.score**2 - z**2 * found.aa
    if square <= 1e-12 * found.weight**2:
        return None, None
    root = sqrt(max(0.0, half**2 - square * rest))
    return (half - root) / square, (half + root) / square
