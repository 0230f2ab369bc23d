"""A case and the change that would have mattered, as sentences in French and English."""

from collections.abc import Iterator

from carreau.allocation.explain import Explanation, criterion_name, sentence
from carreau.allocation.explain_case import INELIGIBLE, PRESENTED, Case
from carreau.allocation.explain_changes import Change
from carreau.places.communes import Communes
from carreau.text import number, say, written_date

EXACT_FROM = 11
"""Under so many, a count is told as few to whoever may not see the candidates."""


def sentences(case: Case, change: Change | None, language: str, *, exact: bool) -> Iterator[str]:
    """What became of the application, why, and what would have mattered, in "fr" or "en".

    `exact` for those who may see the candidates. The applicant is told counts in tens, a rank too unless presented, and
    whom the policy favours, but not whether it did for this home: that would tell a trait of the household in front.
    """
    yield _outcome(case, language, exact=exact)
    if case.kind != PRESENTED and case.kind != INELIGIBLE:
        yield _own(case, language)
    if case.kind == PRESENTED:
        return
    if exact and case.favoured:
        yield say("case.first_place", language, population=say(f"case.population_{case.favoured}", language))
    elif not exact and case.aims:
        named = _and_so_on(language).join(say(f"case.population_{one}", language) for one in case.aims)
        yield say("case.aims", language, populations=named)
    if case.decided_by != "proposed_elsewhere":
        yield change_sentence(change, language)


def change_sentence(change: Change | None, language: str) -> str:
    """What would have mattered, or that nothing was found."""
    if change is None:
        return say("case.no_change", language)
    parts = []
    if change.rooms is not None:
        parts.append(say("case.change_rooms", language, least=change.rooms[0], most=change.rooms[1]))
    if change.commune is not None:
        parts.append(say("case.change_commune", language, commune=_commune(change.commune)))
    if change.validated is not None:
        parts.append(say("case.change_validated", language, criterion=criterion_name(change.validated, language)))
    said = say("case.change_and", language).join(parts)
    return say(f"case.gives_{change.gives}", language, change=said[0].upper() + said[1:])


def _outcome(case: Case, language: str, *, exact: bool) -> str:
    if case.kind == INELIGIBLE:
        reasons = [_fails(case, one, language) for one in case.fails]
        return say("case.ineligible", language, reasons=_and_so_on(language).join(reasons))
    running = number(case.running, language) if exact else _tens(case.running, language, "case.few", "case.at_least")
    if case.kind == PRESENTED:
        return sentence(_explanation(case), language, about="" if exact else running)
    if case.rank is None:
        return say("case.elsewhere", language)
    rank = number(case.rank, language) if exact else _tens(case.rank, language, "case.among_ten", "case.after")
    return say("case.passed_over", language, rank=rank, running=running, count=case.presented)


def _own(case: Case, language: str) -> str:
    """The points or the seniority of the application, and by what the last one presented is ahead."""
    why = say("explain.since", language, since=written_date(case.own.seniority_from, language))
    if case.own.points is not None:
        named = [f"{criterion_name(one, language)} {number(given, language)}" for one, given in case.own.breakdown]
        listed = f" ({', '.join(named)})" if named else ""
        why = say("explain.points", language, count=case.own.points) + listed
    why = why[0].upper() + why[1:]
    if case.rank is None:
        return why
    return f"{why}{chr(160) if language == 'fr' else ''}; {say(f'case.before_{case.decided_by}', language)}"


def _fails(case: Case, condition: str, language: str) -> str:
    home, (least, most) = case.home, case.own.rooms
    if condition == "rooms" and (home["rooms"] is None or least > most):
        return say("case.fails_rooms_unknown" if home["rooms"] is None else "case.fails_rooms_none", language)
    values = {"commune": _commune(home["commune"]), "rooms": home["rooms"], "least": least, "most": most}
    key = "rooms_one" if condition == "rooms" and least == most else condition
    return say(f"case.fails_{key}", language, surface=case.own.surface, **values)


def _and_so_on(language: str) -> str:
    return "\u00a0; " if language == "fr" else "; "


def _tens(count: int, language: str, few: str, more: str) -> str:
    return say(few, language) if count < EXACT_FROM else say(more, language, count=(count - 1) // 10 * 10)


def _commune(code: str) -> str:
    return Communes.shipped().find(code).name or code


def _explanation(case: Case) -> Explanation:
    return Explanation(
        vacancy_id=case.vacancy_id,
        home_id=case.home["home_id"],
        application_id=case.application_id,
        rank=case.rank or 0,
        eligible_count=case.running,
        points=case.own.points,
        breakdown=case.own.breakdown,
        seniority_from=case.own.seniority_from,
        decided_by=case.decided_by,
    )
