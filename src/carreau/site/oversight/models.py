"""What is kept for checking: draws of lots, replays of runs, accounts of equal treatment."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from carreau.allocation.replay.drawing import Announcement, Frozen
from carreau.allocation.replay.drawing import Draw as Drawn
from carreau.site.audit.models import Audited, AuditedQuerySet
from carreau.site.bridge.models import Result

if TYPE_CHECKING:
    from carreau.site.accounts.models import Organisation

LAPSES = ("not_frozen", "inputs_expired", "value_not_read")
VERDICTS = ("same", "differs", "inputs_expired")


class DrawQuerySet(models.QuerySet["Draw"]):
    """Draws, as asked for."""

    def of(self, organisation: "Organisation") -> "DrawQuerySet":
        """Those for the homes of a landlord."""
        return self.filter(organisation=organisation)

    def open(self) -> "DrawQuerySet":
        """Those that are neither over nor lapsed."""
        return self.filter(result__isnull=True, lapsed__isnull=True)


class Draw(models.Model):
    """Lots to draw for a landlord's homes: announced, then frozen, then drawn; each step is written once and stays.

    `lots` and `source` as in `carreau.allocation.replay.drawing.Announcement`. A landlord has one open draw a register,
    so that nobody announces several and keeps the one that pleases; every one stays on the public page. `lapsed` is why
    one never came to its end: a code of `LAPSES`.
    """

    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="draws")
    register = models.ForeignKey("bridge.Register", models.PROTECT, related_name="+")
    policy = models.CharField(max_length=60)
    lots = models.CharField(max_length=200)
    source = models.CharField(max_length=300)
    made = models.DateTimeField(default=timezone.now)
    known = models.DateTimeField()
    snapshot = models.ForeignKey("bridge.Snapshot", models.PROTECT, null=True, related_name="+")
    frozen_sha256 = models.CharField(max_length=64, null=True)
    frozen_at = models.DateTimeField(null=True)
    value = models.CharField(max_length=200, null=True)
    read_at = models.DateTimeField(null=True)
    result = models.OneToOneField("bridge.Result", models.PROTECT, null=True, related_name="draw")
    lapsed = models.CharField(max_length=20, null=True)

    objects = DrawQuerySet.as_manager()

    class Meta:
        ordering = ("-made", "-pk")
        constraints = (
            models.UniqueConstraint(fields=["organisation", "lots"], name="lots_are_drawn_once"),
            models.UniqueConstraint(fields=["organisation", "source"], name="a_source_serves_once"),
            models.UniqueConstraint(
                fields=["organisation", "register"],
                condition=Q(result__isnull=True, lapsed__isnull=True),
                name="one_open_draw_a_register",
            ),
            models.CheckConstraint(condition=~Q(lots="") & ~Q(source=""), name="draw_says_what_and_from_where"),
            models.CheckConstraint(condition=Q(made__lt=F("known")), name="draw_announced_before_its_value"),
            models.CheckConstraint(
                condition=Q(snapshot__isnull=True, frozen_sha256__isnull=True, frozen_at__isnull=True)
                | Q(
                    snapshot__isnull=False,
                    frozen_sha256__isnull=False,
                    frozen_at__isnull=False,
                    frozen_sha256__regex=r"^[0-9a-f]{64}$",
                    frozen_at__gt=F("made"),
                    frozen_at__lt=F("known"),
                ),
                name="frozen_between_announcement_and_value",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True, read_at__isnull=True)
                | (
                    Q(frozen_at__isnull=False, value__isnull=False, read_at__isnull=False, read_at__gte=F("known"))
                    & ~Q(value="")
                ),
                name="value_read_once_known",
            ),
            models.CheckConstraint(
                condition=Q(result__isnull=True) | Q(value__isnull=False, lapsed__isnull=True),
                name="drawn_with_a_value",
            ),
            models.CheckConstraint(condition=Q(lapsed__isnull=True) | Q(lapsed__in=LAPSES), name="lapse_known"),
        )

    def __str__(self) -> str:
        return self.lots

    @property
    def announcement(self) -> Announcement:
        """What was said beforehand."""
        return Announcement(self.lots, self.source, self.made, self.known)

    @property
    def drawn(self) -> Drawn | None:
        """The draw, once its value was read."""
        if self.value is None or self.frozen_sha256 is None or self.frozen_at is None:
            return None
        return Drawn(self.announcement, Frozen(self.frozen_sha256, self.frozen_at), self.value)


class ReplayedQuerySet(AuditedQuerySet["Replayed"]):
    """Replays, as asked for."""

    def of(self, organisation: "Organisation") -> "ReplayedQuerySet":
        """Those of the runs that an organisation may check."""
        return self.filter(result__in=Result.objects.of(organisation))


class Replayed(Audited):
    """A run done again: the verdict and what differs, as in `carreau.allocation.replay.verifying.Replay`."""

    result = models.ForeignKey("bridge.Result", models.PROTECT, related_name="replays")
    at = models.DateTimeField(auto_now_add=True)
    verdict = models.CharField(max_length=20, choices=[(one, one) for one in VERDICTS])
    digest = models.CharField(max_length=64, blank=True)
    version = models.CharField(max_length=40)
    inputs = models.JSONField(default=list)
    results = models.JSONField(default=list)

    objects: ClassVar[Any] = ReplayedQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-pk")
        constraints = (models.CheckConstraint(condition=Q(verdict__in=VERDICTS), name="replay_verdict_known"),)

    def __str__(self) -> str:
        return self.verdict

    def audit_organisation(self) -> int | None:
        """Whose run it is."""
        return self.result.audit_organisation()


class TreatmentQuerySet(AuditedQuerySet["Treatment"]):
    """Accounts, as asked for."""

    def of(self, organisation: "Organisation") -> "TreatmentQuerySet":
        """Those of one organisation."""
        return self.filter(organisation=organisation)


class Treatment(Audited):
    """An account of equal treatment, made for an organisation, of a year's decisions and of the ranking by then.

    `comparisons` are rows of `carreau.allocation.treatment.audit.COMPARISONS` that passed its gate, `digest` the
    SHA-256 over them, `day` the one on which groups were told apart, `counted` the applications by stage where they are
    enough to tell. `sampled`, of a landlord alone: decisions drawn to be read again, by the record's id.
    """

    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="treatments")
    made = models.DateTimeField(default=timezone.now)
    year = models.PositiveSmallIntegerField()
    day = models.DateField()
    threshold = models.PositiveSmallIntegerField()
    accepted = models.FloatField(default=0.05)
    comparisons = models.JSONField(default=list)
    counted = models.JSONField(default=dict)
    sampled = models.JSONField(default=list)
    digest = models.CharField(max_length=64)

    objects: ClassVar[Any] = TreatmentQuerySet.as_manager()

    class Meta:
        ordering = ("-made", "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(year__range=(2017, 2100)), name="treatment_of_a_year"),
            models.CheckConstraint(condition=Q(threshold__gte=11), name="treatment_tells_eleven_or_more"),
        )

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.year}"
