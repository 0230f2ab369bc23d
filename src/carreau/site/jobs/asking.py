"""What people ask of jobs: start one, cancel it, retry it."""

import hashlib
import json
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from carreau.site.accounts.actor import Actor
from carreau.site.jobs.kinds import KINDS, Kind
from carreau.site.jobs.models import Job, LogLine
from carreau.site.jobs.running import queue
from carreau.site.jobs.states import TRANSITIONS, Event, Refused, State


def start(kind: str, actor: Actor | None, **arguments: Any) -> Job:
    """Ask for work in the name of an actor (None: the installation itself).

    The job and the task that wakes a worker are written in one transaction: neither is there without the other, and
    neither when the caller's own transaction ends badly. A job that would do the same and is not over is given back
    instead of a second one. `arguments` are what JSON can write: ids, names, figures. Raises LookupError for an
    unknown kind, TypeError for arguments that are not JSON.
    """
    if kind not in KINDS:
        raise LookupError(f"no work is called {kind}")
    organisation = actor.organisation if actor else None
    same = _digest(kind, organisation.pk if organisation else None, arguments)
    try:
        with transaction.atomic():
            if twin := Job.objects.unfinished().filter(same=same).first():
                return twin
            job = Job.objects.create(
                kind=kind,
                organisation=organisation,
                asked_by=actor.user if actor else None,
                arguments=arguments,
                same=same,
                attempts_allowed=KINDS[kind].repeatable,
            )
            queue(job)
            return job
    except IntegrityError:  # asked twice in the same instant
        return Job.objects.unfinished().get(same=same)


def cancel(pk: UUID, actor: Actor | None) -> Job:
    """Cancel a job that waits, or ask a running one to stop (it may still end well). Raises Refused when it is over."""
    with transaction.atomic():
        job = Job.objects.locked(pk)
        if State(job.state) not in TRANSITIONS[Event.CANCEL]:
            raise Refused(f"cancel is not possible when {job.state}")
        if job.state == State.QUEUED:
            job.move(Event.CANCEL)
        elif not job.cancel_asked:
            job.cancel_asked = True
            job.save(update_fields=["cancel_asked"])
        _noted(job, "jobs.log.cancel_asked", actor)
        return job


def retry(pk: UUID, actor: Actor | None) -> Job:
    """Queue again what failed, was cancelled or lost. Raises Refused elsewhere, or when the same is under way."""
    with transaction.atomic():
        job = Job.objects.locked(pk)
        allowed = job.attempts + _kind(job).repeatable
        try:
            with transaction.atomic():
                job.move(
                    Event.RETRY,
                    attempts_allowed=allowed,
                    cancel_asked=False,
                    result=None,
                    problem="",
                    problem_values={},
                )
        except IntegrityError:
            raise Refused("the same work is already under way") from None
        queue(job)
        _noted(job, "jobs.log.retry_asked", actor)
        return job


def _kind(job: Job) -> Kind:
    if job.kind not in KINDS:
        raise Refused(f"no work is called {job.kind} any more")
    return KINDS[job.kind]


def _noted(job: Job, code: str, actor: Actor | None) -> None:
    LogLine.objects.create(job=job, attempt=job.attempts, code=code, by=actor.user if actor else None)


def _digest(kind: str, organisation: Any, arguments: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps([kind, organisation, arguments], sort_keys=True).encode()).hexdigest()
