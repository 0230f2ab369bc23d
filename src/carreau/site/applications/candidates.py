"""The ranked candidates for a vacancy, opened for those who may see them, each with its reasons in words."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from carreau.allocation.explain import Explanation, criterion_name, sentence
from carreau.site.applications.models import Candidate, CandidateQuerySet
from carreau.site.bridge.models import Result
from carreau.site.keyring.many import unseal_many
from carreau.site.pages.templatetags.words import language, say


@dataclass(frozen=True)
class Ranked:
    """One candidate as an officer sees it. `breakdown`: (criterion in words, points), the largest first."""

    number: str
    rank: int
    points: int | None
    household: str
    breakdown: list[tuple[str, int]]
    why: str
    result: Result


def ranked(found: CandidateQuerySet) -> list[Ranked]:
    """The candidates by rank; one whose person was erased has no place in it any more."""
    return told(list(found.order_by("rank")))


def told(rows: Sequence[Candidate]) -> list[Ranked]:
    """Candidates in the order given, whether they are the last ranking's or copies of an earlier one."""
    people = [one.person_id for one in rows]
    breakdowns = unseal_many(people, [one.__dict__["breakdown"] for one in rows])
    facts = unseal_many(people, [one.application.__dict__["facts"] for one in rows])
    return [
        _ranked(one, breakdown, about)
        for one, breakdown, about in zip(rows, breakdowns, facts, strict=True)
        if breakdown is not None and about is not None
    ]


def _ranked(one: Candidate, breakdown: str, facts: str) -> Ranked:
    lines = [(str(criterion), int(points)) for criterion, points in json.loads(breakdown)]
    explanation = Explanation(
        vacancy_id=one.vacancy_id,
        home_id="",
        application_id=one.application_id,
        rank=one.rank,
        eligible_count=one.eligible_count,
        points=one.points,
        breakdown=tuple(lines),
        seniority_from=one.application.seniority_from,
        decided_by=one.decided_by,
    )
    return Ranked(
        number=one.application_id,
        rank=one.rank,
        points=one.points,
        household=_household(json.loads(facts)),
        breakdown=[(criterion_name(criterion, language()), points) for criterion, points in lines],
        why=sentence(explanation, language()),
        result=one.result,
    )


def _household(facts: dict[str, object]) -> str:
    births = facts["births"]
    return say(
        "applications.household",
        kind=say(f"applications.kind_{facts['kind']}"),
        count=len(births) if isinstance(births, list) else 0,
        housing=say(f"applications.housing_{facts['present_housing']}"),
    )
