"""What keeps jobs from being lost or stuck: dead attempts begun anew, lost tickets replaced, daily work asked for."""

import logging
import threading
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import DatabaseError, connections, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from carreau.site.jobs.asking import start
from carreau.site.jobs.kinds import KINDS
from carreau.site.jobs.models import Daily, Job, Worker
from carreau.site.jobs.problems import Problem
from carreau.site.jobs.running import again_or_lost, conclude, queue
from carreau.site.jobs.states import State

LEASE = timedelta(seconds=60)  # an attempt not seen for so long is dead
ALIVE = timedelta(seconds=30)  # so is a worker, to the health page
KEPT = timedelta(days=7)  # tickets, and workers that are gone
EVERY = 5.0
log = logging.getLogger("carreau.jobs")


def sweep() -> int:
    """End the attempts that show no life any more, and wake workers for jobs whose ticket is gone; how many jobs."""
    silent = Q(seen__lt=Now() - LEASE)
    dead = _end_attempts(Job.objects.filter(silent, state=State.RUNNING).values_list("pk", flat=True), silent)
    return dead + _wake(silent)


def give_back(worker: str) -> int:
    """End the attempts of a worker that is known to be dead, without waiting; how many."""
    ours = Q(worker=worker)
    return _end_attempts(Job.objects.filter(ours, state=State.RUNNING).values_list("pk", flat=True), ours)


def ask_daily() -> None:
    """Ask for the daily work that is due, once, however many workers look at the same time."""
    now = timezone.now()
    for kind in [one for one in KINDS.values() if one.daily_at is not None]:
        following = _next(kind.daily_at or 0, now)
        if not Daily.objects.filter(kind=kind.name, due__gt=now).exists():
            with transaction.atomic():
                Daily.objects.get_or_create(kind=kind.name, defaults={"due": following})
                if Daily.objects.select_for_update().filter(kind=kind.name, due__lte=now).update(due=following):
                    start(kind.name, None)


def sign_of_life(worker: str) -> None:
    """Say that a worker lives."""
    if not Worker.objects.filter(pk=worker).update(seen=Now()):
        Worker.objects.create(pk=worker)


def gone(worker: str) -> None:
    """Say that a worker has ended."""
    Worker.objects.filter(pk=worker).delete()


def workers_alive() -> int:
    """How many workers showed life lately."""
    return Worker.objects.filter(seen__gte=Now() - ALIVE).count()


def prune() -> None:
    """Forget old tickets and workers; jobs stay."""
    long_ago = timezone.now() - KEPT
    DBTaskResult.objects.exclude(status="READY").filter(enqueued_at__lt=long_ago).delete()
    Worker.objects.filter(seen__lt=long_ago).delete()


class Keeper(threading.Thread):
    """Does all this every five seconds beside a worker.

    After a database that was gone, or that kept it waiting, attempts may show life before any is given up for dead.
    """

    def __init__(self, worker: str) -> None:
        super().__init__(name="keeper", daemon=True)
        self.worker = worker
        self._trust_from = 0.0
        self._prune_at = 0.0

    def run(self) -> None:
        """Until the process ends."""
        while True:
            try:
                self.keep()
            except DatabaseError as error:
                log.warning("keeping missed", extra={"error": type(error).__name__})
                self._wait_for_life()
                connections.close_all()
            time.sleep(EVERY)

    def keep(self) -> None:
        """One round."""
        now = time.monotonic()
        sign_of_life(self.worker)
        ask_daily()
        if time.monotonic() - now > LEASE.total_seconds() / 2:  # a lock held us up, and so it did every attempt
            self._wait_for_life()
        elif now >= self._trust_from:
            sweep()
        if now >= self._prune_at:
            prune()
            self._prune_at = now + 3600

    def _wait_for_life(self) -> None:
        self._trust_from = time.monotonic() + LEASE.total_seconds()


def _end_attempts(found: Iterable[UUID], still: Q) -> int:
    count = 0
    for pk in list(found):
        with transaction.atomic():
            job = Job.objects.select_for_update(skip_locked=True).filter(still, pk=pk, state=State.RUNNING).first()
            if job:
                conclude(job, *again_or_lost(job, Problem("worker_gone")))
                count += 1
    return count


def _wake(silent: Q) -> int:
    count = 0
    for job in Job.objects.filter(silent, state=State.QUEUED):
        if job.ticket is None or not DBTaskResult.objects.filter(pk=job.ticket, status="READY").exists():
            with transaction.atomic():
                waiting = Job.objects.select_for_update(skip_locked=True).filter(silent, pk=job.pk, state=State.QUEUED)
                if again := waiting.first():
                    queue(again)
                    Job.objects.filter(pk=job.pk).update(seen=Now())
                    count += 1
    return count


def _next(hour: int, now: datetime) -> datetime:
    today = timezone.localtime(now).replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)
