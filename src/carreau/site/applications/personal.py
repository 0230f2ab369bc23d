"""What is kept of a person's applications, for them to read and carry elsewhere; of others, what an answer tells."""

import json
from typing import Any

from carreau.site.accounts.models import User
from carreau.site.accounts.personal import kept_about
from carreau.site.applications.models import Answer, Application, Candidate
from carreau.site.applications.told import told


@kept_about("applications")
def applications(user: User) -> list[dict[str, Any]]:
    """Applications with the facts that were given in them."""
    return [
        {
            "number": one.number,
            "filed": one.filed,
            "seniority_from": one.seniority_from,
            "state": one.state,
            "facts": _read(one.facts),
        }
        for one in Application.objects.filter(person=user.person_id)
    ]


@kept_about("proposed_for")
def proposed_for(user: User) -> list[dict[str, Any]]:
    """The homes that the last ranking proposed them for, with their points; a rank is about others too: see `ask`."""
    return [
        {"home": one.vacancy_id, "points": one.points, "breakdown": _read(one.breakdown)}
        for one in Candidate.objects.filter(person=user.person_id)
    ]


@kept_about("questions")
def questions(user: User) -> list[dict[str, Any]]:
    """What was asked about their applications, and answered."""
    rows = Answer.objects.filter(person=user.person_id).select_related("question__result")
    return [
        {
            "application": one.question.application_id,
            "home": one.question.vacancy_id,
            "asked": one.question.asked,
            "answered": one.given,
            "answer": [*said.reasons, said.change] if (said := told(one, exact=False)) else [],
        }
        for one in rows
    ]


def _read(sealed: str | None) -> Any:
    return None if sealed is None else json.loads(sealed)
