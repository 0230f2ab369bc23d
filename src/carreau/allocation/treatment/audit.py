"""The audit of equal treatment: every group at every stage, beside what chance would give."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from carreau.allocation.treatment.difference import Difference, difference
from carreau.allocation.treatment.groups import Family, families
from carreau.allocation.treatment.stages import FAVOURABLE

LEVEL = 0.95
STRATUM = "stratum"
MEASURES = ("favourable", "rank", "wait")
COMPARISONS = pl.Schema(
    {
        "stage": pl.String(),
        "measure": pl.String(),
        "family": pl.String(),
        "value": pl.String(),
        "told": pl.Boolean(),
        "group": pl.Int32(),
        "others": pl.Int32(),
        "strata": pl.Int32(),
        "of_group": pl.Float64(),
        "of_others": pl.Float64(),
        "estimate": pl.Float64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
        "p": pl.Float64(),
        "q": pl.Float64(),
        "flagged": pl.Boolean(),
    }
)


@dataclass(frozen=True)
class Audit:
    """What was compared. `flagged` says where to look: it proves no discrimination, nor its absence elsewhere.

    `comparisons`, a row a stage, measure and group: applications compared (`group`, `others`), `strata` that hold
    both, the plain share of favourable outcomes or median rank or wait of each (`of_group`, `of_others`), the
    like-for-like `estimate` with its 95 % interval (see `difference`: shares as they are; ranks and waits as the
    probability beyond one half of being above), `p`, and `q`, adjusted for all comparisons told (Benjamini &
    Hochberg, J. R. Stat. Soc. B 57, 1995). Where a group or its others are fewer than `threshold`, or would follow
    from the classes told, all is null and `told` false. `accepted` is the share of false ones accepted among those
    flagged.
    """

    comparisons: pl.DataFrame
    threshold: int
    accepted: float


def audit(events: pl.DataFrame, *, threshold: int, accepted: float = 0.05) -> Audit:
    """Compare every lawful group with all others at each stage of `events` (see `stages.events`).

    `threshold` is the fewest applications of a group that may be told, that of the releases
    (`carreau.release.rules.Rules`). Groups are compared within the strata of `Family.held_equal`.
    """
    from scipy.stats import false_discovery_control  # here, because it loads all of SciPy's statistics

    rows = [row for stage in FAVOURABLE for row in _of_stage(events.filter(pl.col("stage") == stage), stage, threshold)]
    made = pl.DataFrame(rows, schema_overrides=COMPARISONS, schema=[*COMPARISONS][:-2], orient="row")
    p = made.filter("told")["p"].to_numpy()
    adjusted = false_discovery_control(p, method="bh") if len(p) else np.empty(0)
    q = np.full(made.height, np.nan)
    q[made["told"].to_numpy()] = adjusted
    found = made.with_columns(q=pl.Series(q, dtype=pl.Float64).fill_nan(None)).with_columns(
        flagged=(pl.col("q") <= accepted).fill_null(False)
    )
    return Audit(found.select(list(COMPARISONS)).cast(COMPARISONS), threshold, accepted)


def _of_stage(events: pl.DataFrame, stage: str, threshold: int) -> Iterator[dict[str, Any]]:
    numbered = {held: _with_strata(events, held) for held in {one.held_equal for one in families().values()}}
    for measure in MEASURES:
        if events[measure].is_not_null().sum() == 0:
            continue
        for family in families().values():
            held = numbered[family.held_equal].filter(pl.col(measure).is_not_null())
            met = set(held[family.name].unique())
            found = [_compared(held, measure, family, value) for value in family.classes if value in met]
            told = _told([one["group"] for one in found], [one["others"] for one in found], threshold)
            for one, may in zip(found, told, strict=True):
                known = one if may else {"value": one["value"]}
                yield dict.fromkeys([*COMPARISONS][:-2]) | known | {
                    "stage": stage, "measure": measure, "family": family.name, "told": may
                }  # fmt: skip


def _with_strata(events: pl.DataFrame, held_equal: tuple[str, ...]) -> pl.DataFrame:
    """Events with the number of their stratum, so that the columns that make it are read once."""
    strata = events.select(held_equal).unique().with_row_index(STRATUM)
    return events.join(strata, on=held_equal, how="left", nulls_equal=True)


def _compared(events: pl.DataFrame, measure: str, family: Family, value: str) -> dict[str, Any]:
    rows = events.select("application_id", STRATUM, measure, one=pl.col(family.name) == value)
    found: Difference = difference(rows, measure, (STRATUM,), ranks=measure != "favourable", level=LEVEL)
    middle = pl.col(measure).mean() if measure == "favourable" else pl.col(measure).median()
    plain = {one: rows.filter(pl.col("one") == one).select(middle.cast(pl.Float64)).item() for one in (True, False)}
    return {"value": value, **asdict(found), "of_group": plain[True], "of_others": plain[False]}


def _told(groups: list[int], others: list[int], threshold: int) -> list[bool]:
    """Which classes may be told: none too small, and never all but one, whose number would follow from the others."""
    told = [min(group, rest) >= threshold for group, rest in zip(groups, others, strict=True)]
    if len(told) > 1 and told.count(False) == 1:
        told[min((place for place, may in enumerate(told) if may), key=lambda place: groups[place])] = False
    return told
