"""Run a job: claim it, do its work, and record what came of it, whatever happens meanwhile."""

import json
import logging
import os
import time
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connections, transaction
from django.db.utils import InterfaceError, OperationalError
from django.utils import timezone
from django_tasks import TaskContext, task

from carreau.site.accounts.actor import Actor
from carreau.site.accounts.rights import Role
from carreau.site.audit.acting import acting
from carreau.site.jobs.handle import Cancelled, Handle, Pulse
from carreau.site.jobs.kinds import KINDS, Kind
from carreau.site.jobs.models import Job, LogLine, Superseded
from carreau.site.jobs.problems import Problem, problem_of
from carreau.site.jobs.states import Event, State

AWAY = 90.0  # seconds that a finished work waits for a database that is gone
PATIENCE = 60.0  # seconds that a work may take to notice that it was cancelled
STUCK = 75  # exit code of a worker that ended because its work did not
HERE = "here"  # the worker of a job that is run by `run_waiting`
log = logging.getLogger("carreau.jobs")


class NoLongerMember(Exception):  # noqa: N818 - it says what is the case
    """Whoever asked for the job has left the organisation since."""


@task(takes_context=True)
def run(context: TaskContext, job: str) -> None:
    """The task that wakes a worker for a job. It raises nothing: the tasks' own table must hold no message."""
    attempt(UUID(job), context.task_result.worker_ids[-1])


def queue(job: Job) -> None:
    """Wake a worker for a queued job, once the transaction of the caller is committed."""
    job.ticket = UUID(str(run.enqueue(str(job.pk)).id))
    job.save(update_fields=["ticket"])


def run_waiting() -> int:
    """Run what waits, here and now, one job after the other; how many. For set-up and tests: a site has workers."""
    count = 0
    while job := Job.objects.filter(state=State.QUEUED).order_by("asked", "pk").first():
        attempt(job.pk, HERE, alone=False)
        count += 1
    return count


def attempt(pk: UUID, worker: str, *, alone: bool = True) -> None:
    """One attempt at a job, unless somebody else has it or it no longer waits."""
    job = _claim(pk, worker)
    if job is None:
        return
    pulse = Pulse(job.pk, job.attempts, alone=alone, at_look=partial(_end_what_does_not_stop, KINDS.get(job.kind)))
    event, changes = Event.FAIL, dict[str, Any]()
    try:
        with pulse, acting(_asked_by(job), f"job {job.pk}"):
            log.info("job began", extra={"job": str(pk), "kind": job.kind, "attempt": job.attempts})
            result = KINDS[job.kind].function(Handle(job, pulse), **job.arguments)
        event, changes = Event.FINISH, {"result": json.loads(json.dumps(dict(result), allow_nan=False))}
    except Superseded:
        return
    except Cancelled:
        event = Event.CANCEL
    except NoLongerMember:
        changes = _said(Problem("not_member"))
    except (SystemExit, KeyboardInterrupt):
        event, changes = again_or_lost(job, Problem("worker_stopped"))
    except (OperationalError, InterfaceError) as error:
        event, changes = again_or_lost(job, problem_of(error))
    except Exception as error:
        changes = _said(problem_of(error))
    settle(job.pk, job.attempts, event, changes, wait=AWAY if alone else 0)


def settle(pk: UUID, token: int, event: Event, changes: dict[str, Any], *, wait: float) -> None:
    """Record how an attempt ended, waiting for the database if it is gone; nothing if another attempt has the job."""
    until = time.monotonic() + wait
    while True:
        try:
            with transaction.atomic():
                conclude(Job.objects.held(pk, token), event, changes)
        except Superseded:
            log.warning("late end refused", extra={"job": str(pk), "attempt": token})
            return
        except (OperationalError, InterfaceError):
            if time.monotonic() > until:
                raise
            connections.close_all()
            time.sleep(1)
        else:
            return


def conclude(job: Job, event: Event, changes: dict[str, Any]) -> None:
    """End an attempt at a locked, running job: a repeat is queued again, unless it was cancelled meanwhile."""
    if event is Event.GIVE_BACK and job.cancel_asked:
        event, changes = Event.CANCEL, {}
    job.move(event, **changes)
    if event is Event.GIVE_BACK:
        queue(job)
    LogLine.objects.create(job=job, attempt=job.attempts, code=f"jobs.log.{event.replace(' ', '_')}", values={})
    log.info("job ended", extra={"job": str(job.pk), "kind": job.kind, "event": str(event), "problem": job.problem})


def _said(problem: Problem) -> dict[str, Any]:
    return {"problem": problem.code, "problem_values": problem.values}


def again_or_lost(job: Job, problem: Problem) -> tuple[Event, dict[str, Any]]:
    """What becomes of an attempt that was ended from outside: begun anew while its kind allows it, else lost."""
    again = job.attempts < job.attempts_allowed
    return (Event.GIVE_BACK if again else Event.LOSE), _said(problem)


def _claim(pk: UUID, worker: str) -> Job | None:
    with transaction.atomic():
        job = Job.objects.filter(pk=pk).select_for_update().first()
        if job is None or job.state != State.QUEUED:
            return None
        begun = {"attempts": job.attempts + 1, "started": timezone.now(), "worker": worker}
        job.move(Event.CLAIM, **begun, label="", done=0, total=0)
        LogLine.objects.create(job=job, attempt=job.attempts, code="jobs.log.claim", values={"attempt": job.attempts})
        return job


def _asked_by(job: Job) -> Actor | None:
    """In whose name the job acts: the role is the one of today. Raises NoLongerMember."""
    if job.asked_by is None:
        return None
    if job.organisation is None:
        return Actor(Role.PERSON, job.asked_by)
    memberships = job.asked_by.memberships
    membership = memberships.of(job.organisation).in_force().first()
    if membership is None or not job.asked_by.is_active:
        raise NoLongerMember
    return Actor(Role(membership.role), job.asked_by, job.organisation)


def _end_what_does_not_stop(kind: Kind | None, pulse: Pulse) -> None:
    """End the process when its work goes on long after a cancel, or after its kind's longest time.

    Outputs are whole or not at all, and whoever started the worker starts it again.
    """
    deaf = pulse.cancel_since is not None and time.monotonic() - pulse.cancel_since > PATIENCE
    late = kind is not None and pulse.ran() > kind.longest
    if deaf or late:
        event, changes = (Event.CANCEL, dict[str, Any]()) if deaf else (Event.FAIL, _said(Problem("too_long")))
        try:
            settle(pulse.job, pulse.attempt, event, changes, wait=AWAY)
        finally:
            log.error("work did not stop", extra={"job": str(pulse.job)})
            os._exit(STUCK)
