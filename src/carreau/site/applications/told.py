"""An answer in the words of the page: to the applicant with ranks in tens, to who sees the candidates as it is."""

from dataclasses import dataclass, replace
from datetime import date

from carreau.allocation.explain import criterion_name
from carreau.allocation.explain_case import INELIGIBLE, PRESENTED
from carreau.allocation.explain_wording import sentences
from carreau.site.applications.answers import read
from carreau.site.applications.models import Answer
from carreau.site.bridge.models import Result
from carreau.site.pages.templatetags.words import language

ELSEWHERE = "proposed_elsewhere"
SHADES = {PRESENTED: "done", INELIGIBLE: "refused"}


@dataclass(frozen=True)
class Told:
    """What a page says of an answer.

    `reasons` are the sentences of what became of the application, `change` the one of what would have mattered, ""
    where nothing was looked for. `breakdown`: (criterion in words, points); `pending`: (criterion, points) that wait
    for a document. Points are None under a policy that gives none, and where they are not the asker's to see.
    """

    kind: str
    shade: str
    reasons: list[str]
    change: str
    points: int | None
    breakdown: list[tuple[str, int]]
    pending: list[tuple[str, int]]
    seniority_from: date | None
    presented: int
    given: date
    result: Result


def told(answer: Answer, *, exact: bool) -> Told | None:
    """An answer in words; None once its person was erased.

    `exact` is for an officer of the home's landlord, who learns nothing of an application that never asked for the
    commune but that it did not.
    """
    if answer.told is None:
        return None
    case, change = read(answer.told)
    foreign = exact and "place" in case.fails
    if foreign:
        case, change = replace(case, fails=("place",)), None
    lines = [one.rstrip(".") for one in sentences(case, change, language(), exact=exact)]
    tried = case.kind != PRESENTED and case.decided_by != ELSEWHERE
    own = case.own
    shown = case.kind != INELIGIBLE and own.points is not None
    return Told(
        kind=case.kind,
        shade=SHADES.get(case.kind, "waiting"),
        reasons=lines[:-1] if tried else lines,
        change=lines[-1] if tried and not foreign else "",
        points=own.points if shown else None,
        breakdown=[(criterion_name(name, language()), given) for name, given in own.breakdown] if shown else [],
        pending=[] if foreign else [(criterion_name(name, language()), given) for name, given, _ in own.pending],
        seniority_from=None if case.kind == INELIGIBLE else own.seniority_from,
        presented=case.presented,
        given=answer.given.date(),
        result=answer.question.result,
    )
