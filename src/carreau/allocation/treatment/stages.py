"""The stages of an application as one table of events: what came out, at which rank, after how long."""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from carreau.allocation.treatment.groups import LIKE_FOR_LIKE, families
from carreau.errors import BadInput

FAVOURABLE: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "registration": frozenset({"registered"}),
        "candidates": frozenset({"presented"}),
        "commission": frozenset({"attribution", "ranked_attribution", "attribution_under_condition"}),
        "answer": frozenset({"accepted"}),
    }
)
"""By stage, in their order, the outcomes that bring a household nearer to a home."""

OTHERWISE: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "registration": frozenset({"not_registered"}),
        "candidates": frozenset({"passed_over"}),
        "commission": frozenset({"non_attribution", "ineligible"}),
        "answer": frozenset({"refused", "silent"}),
    }
)
WHAT_HAPPENED = pl.Schema(
    {
        "application_id": pl.String(),
        "stage": pl.String(),
        "outcome": pl.String(),
        "rank": pl.Int16(),
        "wait": pl.Int32(),
    }
)
"""A row an application and event: `rank` (1 is best) and `wait` (days of seniority by then) may be null."""


def events(happened: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """What happened (`WHAT_HAPPENED`) beside the groups of each application (`groups.described`), and nothing else.

    Adds `favourable`. Raises BadInput for a column that is missing or that an audit may not read, for an unknown stage
    or outcome, a rank under 1, a negative wait, an application without groups or described twice.
    """
    known = {"application_id", *LIKE_FOR_LIKE, *families()}
    _refuse_columns(happened, set(WHAT_HAPPENED), "what happened")
    _refuse_columns(groups, known, "the groups")
    if groups["application_id"].is_duplicated().any():
        raise BadInput("an application is described twice", column="application_id")
    rows = happened.select(pl.col(name).cast(kind) for name, kind in WHAT_HAPPENED.items())
    _refuse_values(rows)
    lost = rows.join(groups, on="application_id", how="anti")
    if lost.height:
        raise BadInput(f"{lost.height} events are of an application without groups, first {lost['application_id'][0]}")
    good = [f"{stage}:{outcome}" for stage, outcomes in FAVOURABLE.items() for outcome in sorted(outcomes)]
    joined = rows.join(groups, on="application_id", how="left", validate="m:1", maintain_order="left")
    return joined.with_columns(favourable=pl.concat_str("stage", pl.lit(":"), "outcome").is_in(good))


def presented(candidates: pl.DataFrame, applications: pl.DataFrame) -> pl.DataFrame:
    """The stage `candidates` of a run: each application once, presented for a home at its best rank or passed over.

    `candidates` as in `Allocation.candidates`; `applications` all those that were in the running.
    """
    best = candidates.group_by("application_id").agg(pl.col("rank").min())
    return (
        applications.select("application_id")
        .join(best, on="application_id", how="left", maintain_order="left")
        .select(
            "application_id",
            pl.lit("candidates").alias("stage"),
            pl.when(pl.col("rank").is_null())
            .then(pl.lit("passed_over"))
            .otherwise(pl.lit("presented"))
            .alias("outcome"),
            pl.col("rank").cast(pl.Int16),
            pl.lit(None, pl.Int32).alias("wait"),
        )
    )


def decided(decisions: pl.DataFrame, applications: pl.DataFrame) -> pl.DataFrame:
    """The stages `commission` and `answer` of a register's decisions (`tables.Decisions`); an answer only where one is.

    `applications` gives the seniority that waits are counted from.
    """
    since = applications.select("application_id", "seniority_from")
    rows = decisions.join(since, on="application_id", how="inner", maintain_order="left").with_columns(
        wait=(pl.col("decided") - pl.col("seniority_from")).dt.total_days().cast(pl.Int32)
    )
    commission = rows.with_columns(pl.lit("commission").alias("stage"), pl.col("outcome").cast(pl.String))
    answers = rows.filter(pl.col("answer").is_not_null()).with_columns(
        pl.lit("answer").alias("stage"), pl.col("answer").cast(pl.String).alias("outcome")
    )
    return pl.concat([commission.select(list(WHAT_HAPPENED)), answers.select(list(WHAT_HAPPENED))])


def _refuse_columns(frame: pl.DataFrame, known: set[str], what: str) -> None:
    if missing := sorted(known - set(frame.columns)):
        raise BadInput(f"{what} lack {', '.join(missing)}")
    if foreign := sorted(set(frame.columns) - known):
        raise BadInput(f"{what} have {', '.join(foreign)}, which an audit of equal treatment may not read")


def _refuse_values(rows: pl.DataFrame) -> None:
    for column in ("stage", "outcome"):
        if rows[column].null_count():
            raise BadInput("a value is expected in every row", column=column)
    for stage, outcome in rows.select("stage", "outcome").unique().sort("stage", "outcome").iter_rows():
        if stage not in FAVOURABLE:
            raise BadInput(f"unknown stage {stage!r}; there are {', '.join(FAVOURABLE)}", column="stage")
        expected = sorted(FAVOURABLE[stage] | OTHERWISE[stage])
        if outcome not in expected:
            raise BadInput(f"{stage}: unknown outcome {outcome!r}; there are {', '.join(expected)}", column="outcome")
    for column, least in (("rank", 1), ("wait", 0)):
        if rows.filter(pl.col(column) < least).height:
            raise BadInput(f"a number from {least} on is expected", column=column)
