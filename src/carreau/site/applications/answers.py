"""Answer a question: what the engine says of the case and of the change that would have mattered, sealed and kept."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import transaction

from carreau.allocation.explain_case import Case, Own
from carreau.allocation.explain_changes import Change, smallest_change
from carreau.site.applications.models import Answer, Application, Question
from carreau.site.applications.ranking import named, run_of

TOLD_OF_HOME = ("commune", "rooms")
"""What an answer keeps of the register's home: all that its sentences name."""

Committing = Callable[[], AbstractContextManager[Any]]


def answer(question: Question, *, committing: Committing = transaction.atomic) -> None:
    """Work out and keep the answer to a question; nothing when it has one, or its person was erased meanwhile.

    Raises Unanswerable and BadInput as `ranking` does.
    """
    application, vacancy = question.application, question.vacancy
    if application.state == Application.State.ERASED or Answer.objects.filter(question=question).exists():
        return
    names = named(question.result, vacancy, application)
    run = run_of(question.result)
    case = run.case(names.application, vacancy_id=names.vacancy)
    change = smallest_change(run, case)
    with committing():
        Question.objects.select_for_update().get(pk=question.pk)
        if not Answer.objects.filter(question=question).exists():
            Answer.objects.create(question=question, person_id=question.person_id, told=written(case, change))


def written(case: Case, change: Change | None) -> str:
    """A case and a change as text, without the ids that the snapshot gave."""
    kept = {name: case.home[name] for name in TOLD_OF_HOME}
    facts = asdict(case) | {"home": kept, "application_id": "", "vacancy_id": ""}
    return json.dumps({"case": facts, "change": change and asdict(change)}, default=date.isoformat)


def read(told: str) -> tuple[Case, Change | None]:
    """What `written` wrote."""
    page = json.loads(told)
    own, change = page["case"].pop("own"), page["change"]
    mine = Own(
        rooms=tuple(own["rooms"]),
        surface=own["surface"],
        points=own["points"],
        breakdown=tuple(tuple(line) for line in own["breakdown"]),
        pending=tuple(tuple(line) for line in own["pending"]),
        seniority_from=date.fromisoformat(own["seniority_from"]),
    )
    listed = {name: tuple(page["case"][name]) for name in ("fails", "aims")}
    case = page["case"] | listed | {"home": {"home_id": "", **page["case"]["home"]}}
    if change is not None and change["rooms"] is not None:
        change["rooms"] = tuple(change["rooms"])
    return Case(own=mine, **case), None if change is None else Change(**change)
