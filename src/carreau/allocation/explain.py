"""Why an application has its rank for a home, as codes and values, and as one sentence for the officer."""

from dataclasses import dataclass, fields
from datetime import date

import polars as pl

from carreau.allocation.allocation import Allocation
from carreau.errors import BadInput
from carreau.text import knows, number, say, written_date


@dataclass(frozen=True)
class Explanation:
    """What decided one rank. Nothing about other applications but how many were in the running.

    `points` is None under a policy without a grid; `breakdown` lists (criterion, points), the largest first;
    `decided_by` is `points`, `seniority`, `identifier` or `alone`.
    """

    vacancy_id: str
    home_id: str
    application_id: str
    rank: int
    eligible_count: int
    points: int | None
    breakdown: tuple[tuple[str, int], ...]
    seniority_from: date
    decided_by: str


def explain(allocation: Allocation, application_id: str, *, vacancy_id: str = "", home_id: str = "") -> Explanation:
    """Explain the rank of a candidate for a vacancy, or for a home (its first vacancy where it is a candidate).

    Raises BadInput when the home was not vacated or the application is not among its candidates.
    """
    column, wanted = ("vacancy_id", vacancy_id) if vacancy_id else ("home_id", home_id)
    if allocation.vacancies.filter(pl.col(column) == wanted).is_empty():
        raise BadInput(f"{column.removesuffix('_id')} {wanted} is not among the vacancies of this allocation")
    rows = allocation.candidates.filter((pl.col(column) == wanted) & (pl.col("application_id") == application_id))
    if rows.is_empty():
        raise BadInput(f"application {application_id} is not a candidate for {column.removesuffix('_id')} {wanted}")
    told = [one.name for one in fields(Explanation) if one.name != "breakdown"]
    row = rows.select(told).row(0, named=True)
    lines = allocation.breakdown.filter(pl.col("application_id") == application_id).sort(
        "points", descending=True, maintain_order=True
    )
    given = tuple(lines.select("criterion", "points").iter_rows())
    return Explanation(breakdown=given, **row)


def sentence(explanation: Explanation, language: str, *, about: str = "") -> str:
    """The explanation in one plain sentence, "fr" or "en"; `about` tells how many were in the running less exactly."""
    rank = say("explain.rank", language, rank=explanation.rank, count=explanation.eligible_count)
    if about:
        rank = say("explain.rank_about", language, rank=explanation.rank, about=about)
    since = say("explain.since", language, since=written_date(explanation.seniority_from, language))
    if explanation.points is None:
        why = since
    else:
        why = say("explain.points", language, count=explanation.points)
        if explanation.breakdown:
            named = [f"{criterion_name(one, language)} {number(n, language)}" for one, n in explanation.breakdown]
            why += f" ({', '.join(named)})"
    decided = "seniority_alone" if explanation.points is None else explanation.decided_by
    if explanation.decided_by in ("alone", "identifier"):
        decided = explanation.decided_by
    return say("explain.whole", language, rank=rank, why=why, decided=say(f"explain.by.{decided}", language))


def criterion_name(criterion: str, language: str) -> str:
    """The words for a criterion; one that the catalogue lacks (a territory's own grid) is shown as it is named."""
    key = f"criterion.{criterion}"
    return say(key, language) if knows(key) else criterion.replace("_", " ")
