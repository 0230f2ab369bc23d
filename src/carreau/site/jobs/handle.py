"""What running work holds of its job: tell how far it is, write a line, commit safely, learn that it is to stop."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from uuid import UUID

from django.db import DatabaseError, connections, transaction
from django.db.models.functions import Now

from carreau import text
from carreau.site.jobs.models import Job, LogLine, Superseded
from carreau.site.jobs.states import State

LOOK, BEAT = 0.5, 5.0  # seconds between looks at whether to stop, and between signs of life
LONGEST_WORD = 120
log = logging.getLogger("carreau.jobs")


class Cancelled(BaseException):
    """Somebody asked that the job stop. Not an Exception, so that no broad `except` keeps it."""


class Pulse:
    """Writes signs of life and progress, and learns of a cancel: on its own connection from a thread of its own.

    Without a thread (`alone=False`) it does so on the caller's connection, each time that progress is told. The thread
    calls `at_look` after each look.
    """

    def __init__(
        self, job: UUID, attempt: int, *, alone: bool = True, at_look: Callable[[Pulse], None] | None = None
    ) -> None:
        self.job, self.attempt, self.alone, self.at_look = job, attempt, alone, at_look
        self.progress: tuple[str, int, int] = ("", 0, 0)
        self.cancel_since: float | None = None
        self.superseded = False
        self.began = time.monotonic()
        self._written: tuple[str, int, int] | None = None
        self._looked = self._beaten = float("-inf")
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="pulse", daemon=True)

    def __enter__(self) -> Pulse:
        if self.alone:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self.alone:
            self._thread.join(timeout=BEAT)

    def tell(self, label: str, done: int, total: int) -> None:
        """Keep what is to be written next; raise Cancelled or Superseded as soon as either is known."""
        self.progress = (label, done, total)
        if not self.alone and time.monotonic() - self._looked >= LOOK:
            self.look()
        self.check()

    def check(self) -> None:
        """Raise Superseded or Cancelled if one is known."""
        if self.superseded:
            raise Superseded
        if self.cancel_since is not None:
            raise Cancelled

    def look(self) -> None:
        """Write progress if it changed, or a sign of life if it is time; learn whether to stop."""
        now = time.monotonic()
        self._looked = now
        ours = Job.objects.filter(pk=self.job, state=State.RUNNING, attempts=self.attempt)
        progress = self.progress
        if progress != self._written or now - self._beaten >= BEAT:
            label, done, total = progress
            ours.update(label=label, done=done, total=total, seen=Now())
            self._written, self._beaten = progress, now
        asked = ours.values_list("cancel_asked", flat=True).first()
        self.superseded = asked is None
        if asked and self.cancel_since is None:
            self.cancel_since = now

    def ran(self) -> timedelta:
        """How long this attempt has run."""
        return timedelta(seconds=time.monotonic() - self.began)

    def _keep(self) -> None:
        try:
            while not self._over.wait(LOOK):
                try:
                    self.look()
                except DatabaseError as error:  # it comes back, or the attempt is given up for dead
                    log.warning("pulse missed", extra={"job": str(self.job), "error": type(error).__name__})
                    with suppress(DatabaseError):
                        connections.close_all()
                if self.at_look:
                    self.at_look(self)
        finally:
            connections.close_all()


class Handle:
    """The first argument of every kind of work.

    `progress` is a `carreau.progress.Progress`, to hand to the engine: cheap enough for an inner loop, written about
    twice a second. It raises Cancelled once somebody cancelled, within a second of it, and Superseded when the job
    was handed to another worker; let both pass.
    """

    def __init__(self, job: Job, pulse: Pulse) -> None:
        self.id: UUID = job.pk
        self.attempt = job.attempts
        self._pulse = pulse

    def progress(self, label: str, done: int, total: int | None = None) -> None:
        """Say that `done` of `total` units (None when unknown) of the step `label` are finished."""
        self._pulse.tell(label[:80], max(done, 0), max(total or 0, 0))

    def log(self, code: str, **values: int | float | str | bool | None) -> None:
        """Add a line to the job's log: a key of the catalogue and its values.

        Values are figures, codes and file names, never anything about a person. Raises KeyError for a key or a value
        that the catalogue lacks, ValueError for a text of more than 120 characters.
        """
        for name, value in values.items():
            if isinstance(value, str) and len(value) > LONGEST_WORD:
                raise ValueError(f"{name} is too long for a line of a log")
        for language in text.LANGUAGES:
            text.say(code, language, **values)
        LogLine.objects.create(job_id=self.id, attempt=self.attempt, code=code, values=values)

    @contextmanager
    def committing(self) -> Iterator[Job]:
        """A transaction that only the attempt which holds the job can commit: put what the work changes in here.

        The job's row is locked meanwhile, so keep it short. Raises Cancelled or Superseded instead of beginning.
        """
        with transaction.atomic():
            job = Job.objects.held(self.id, self.attempt)
            if job.cancel_asked:
                raise Cancelled
            yield job
            Job.objects.filter(pk=self.id).update(seen=Now())
