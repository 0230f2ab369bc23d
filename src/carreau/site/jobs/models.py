"""A job: what is asked, how far it is, what came out; its log; the daily jobs; the workers that are alive."""

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from carreau.site.jobs.states import UNFINISHED, Event, State, after

if TYPE_CHECKING:
    from carreau.site.accounts.models import Organisation


class Superseded(BaseException):
    """This attempt was given up for dead and the job handed on: whatever it still writes is refused."""


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs, as asked for."""

    def of(self, organisation: "Organisation | None") -> "JobQuerySet":
        """Those of one organisation (None: those of the installation itself)."""
        return self.filter(organisation=organisation)

    def unfinished(self) -> "JobQuerySet":
        """Those that wait or run."""
        return self.filter(state__in=UNFINISHED)

    def locked(self, job: uuid.UUID) -> "Job":
        """One job, whose row is ours until the transaction ends."""
        return self.select_for_update().get(pk=job)

    def held(self, job: uuid.UUID, attempt: int) -> "Job":
        """One job, locked, that this attempt still runs. Raises Superseded when it does not."""
        found = self.locked(job)
        if found.state != State.RUNNING or found.attempts != attempt:
            raise Superseded
        return found


class Job(models.Model):
    """One long piece of work.

    `arguments` and `result` hold ids, names and figures, never a household. `done` of `total` units of `label` are
    finished. `attempts` only grows: it is the token by which an attempt shows that it still holds the job; below
    `attempts_allowed` the job may be begun anew without being asked. `seen` is the database's clock when the attempt
    last showed that it lives (or when the job was queued), `ticket` the task that wakes a worker for it. `same` is
    equal for two jobs that would do the same. `problem` is a code, `problem_values` what its sentence says.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, related_name="jobs")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    arguments = models.JSONField(default=dict)
    same = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    label = models.CharField(max_length=80, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    result = models.JSONField(null=True)
    problem = models.CharField(max_length=40, blank=True)
    problem_values = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    attempts_allowed = models.PositiveSmallIntegerField(default=1)
    worker = models.CharField(max_length=64, blank=True)
    ticket = models.UUIDField(null=True)
    cancel_asked = models.BooleanField(default=False)
    asked = models.DateTimeField(auto_now_add=True)
    started = models.DateTimeField(null=True)
    seen = models.DateTimeField(db_default=Now())
    finished = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ("-asked", "pk")
        indexes = (models.Index(fields=["organisation", "-asked"], name="job_list"),)
        constraints = (
            models.CheckConstraint(condition=Q(state__in=State.values), name="job_state_known"),
            models.CheckConstraint(condition=Q(done__gte=0) & Q(total__gte=0), name="job_steps_not_negative"),
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED, finished__isnull=True)
                | (~Q(state__in=UNFINISHED) & Q(finished__isnull=False)),
                name="job_finished_when_over",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.RUNNING) | (Q(started__isnull=False) & ~Q(worker="")),
                name="job_running_somewhere",
            ),
            models.UniqueConstraint(
                fields=["same"], condition=Q(state__in=UNFINISHED), name="job_not_asked_twice_at_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    def move(self, event: Event, **changes: Any) -> None:
        """Let something happen to a job whose row is locked. Raises states.Refused."""
        self.state = after(State(self.state), event)
        over = self.state not in UNFINISHED
        changes |= {"finished": timezone.now() if over else None, "seen": Now()}
        for name, value in changes.items():
            setattr(self, name, value)
        self.save(update_fields=["state", *changes])
        self.refresh_from_db(fields=["seen"])


class LogLine(models.Model):
    """One thing that happened to a job: a sentence of the catalogue and the figures and file names in it."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="log")
    attempt = models.PositiveSmallIntegerField()
    at = models.DateTimeField(auto_now_add=True)
    code = models.CharField(max_length=80)
    values = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.code} {self.job_id}"


class Daily(models.Model):
    """When a daily kind of work is next to be asked for."""

    kind = models.CharField(max_length=40, primary_key=True)
    due = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.due}"


class Worker(models.Model):
    """A process that runs jobs; `seen` is the database's clock when it last showed that it lives."""

    id = models.CharField(max_length=64, primary_key=True)
    began = models.DateTimeField(auto_now_add=True)
    seen = models.DateTimeField(db_default=Now(), db_index=True)

    def __str__(self) -> str:
        return self.id
