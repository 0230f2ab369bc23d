"""Ask why: counted by application, whoever asks, so that answers about oneself do not let others be felt out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from carreau.allocation.explain_limits import LIMITS, Asked, allowed
from carreau.site.applications.models import Answer, Application, Question
from carreau.site.applications.ranking import last_result, named
from carreau.site.homes.models import Vacancy
from carreau.site.jobs.models import Job
from carreau.site.jobs.work import start

KIND = "explain"


class TooOften(Exception):  # noqa: N818 - it says what was done
    """Too many homes were asked about for an application; `until` is when another one may be."""

    def __init__(self, until: datetime | None) -> None:
        super().__init__(f"until {until}")
        self.until = until


@dataclass(frozen=True)
class Left:
    """How many other homes may be asked about now; `until` is when it is one more, once none is left."""

    count: int
    until: datetime | None


def ask(application: Application, vacancy: Vacancy, now: datetime) -> Question:
    """Ask about a home in its last ranking; the question asked before, when it is the same.

    Questions asked at once for the same application wait for each other. One that has no answer yet has its work
    begun, again if need be. Raises TooOften, and Unanswerable when there is nothing to answer from: neither counts.
    """
    result = last_result(vacancy)
    before = Question.objects.filter(application=application, vacancy=vacancy, result=result)
    if not Answer.objects.filter(question__in=before).exists():
        named(result, vacancy, application)
    with transaction.atomic():
        Application.objects.select_for_update().get(pk=application.pk)
        verdict = allowed(_asked(application), vacancy.home_id, result.digest, now)
        if verdict.answer == "no":
            raise TooOften(verdict.when)
        question = before.first() or Question.objects.create(
            application=application, person_id=application.person_id, vacancy=vacancy, result=result, asked=now
        )
        if not Answer.objects.filter(question=question).exists():
            start(KIND, None, question=question.pk)
    return question


def left(application: Application, now: datetime) -> Left:
    """How many questions an application has left."""
    asked = _asked(application)
    count = min(most - sum(one.at > now - time for one in asked) for time, most in LIMITS)
    return Left(max(count, 0), None if count > 0 else allowed(asked, "", "", now).when)


def under_way(question: Question) -> Job | None:
    """The work on an answer that waits or runs."""
    return Job.objects.unfinished().filter(kind=KIND, arguments={"question": question.pk}).first()


def _asked(application: Application) -> Sequence[Asked]:
    """What was asked for an application. One that waits for its answer counts: else many could be asked at once."""
    rows = Question.objects.filter(application=application).values_list("vacancy__home", "result__digest", "asked")
    return [Asked(home, digest, at) for home, digest, at in rows]
