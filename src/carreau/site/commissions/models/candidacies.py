"""Candidates for a home on an agenda: what was proposed, decided, offered and answered."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import F, Q

from carreau.site.audit.models import Audited, AuditedQuerySet
from carreau.site.commissions.models.agenda import Item
from carreau.site.commissions.models.states import choices, known
from carreau.site.keyring.fields import SealedTextField

if TYPE_CHECKING:
    from carreau.site.accounts.models import Organisation

OFFERED = ("offered", "accepted", "signed")
TAKEN = ("accepted", "signed")


class CandidacyQuerySet(AuditedQuerySet["Candidacy"]):
    """Candidacies, as asked for."""

    def of(self, organisation: "Organisation") -> "CandidacyQuerySet":
        """Those in the sessions of a landlord."""
        return self.filter(item__commission__organisation=organisation)


class Candidacy(Audited):
    """An application examined for a home: as the ranking proposed it, and what the commission and the household did.

    `proposed_rank`, `points`, `eligible_count`, `decided_by` and `breakdown` are copies: the next ranking replaces the
    candidates that it finds. `rank` is the commission's. `answer_by` is the last day to answer (R441-10), once notice
    was received. `closed_on` is the day on which the last act ended it.
    """

    class Way(models.TextChoices):
        """How an offer is notified."""

        LETTER = "letter"
        BY_HAND = "by_hand"
        ELECTRONIC = "electronic"

    item = models.ForeignKey(Item, models.PROTECT, related_name="candidacies")
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="examined")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    proposed_rank = models.PositiveSmallIntegerField()
    points = models.IntegerField(null=True)
    eligible_count = models.PositiveIntegerField()
    decided_by = models.CharField(max_length=20)
    breakdown = SealedTextField(person="person_id", null=True)
    state = models.CharField(max_length=12, choices=choices("candidacy"), default="presented")
    rank = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(max_length=40, blank=True)
    note = SealedTextField(person="person_id", null=True)
    offered_on = models.DateField(null=True)
    way = models.CharField(max_length=10, choices=Way.choices, blank=True)
    received_on = models.DateField(null=True)
    answer_by = models.DateField(null=True)
    answered_on = models.DateField(null=True)
    answer_reason = models.CharField(max_length=40, blank=True)
    informed_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    personal = ("breakdown", "note")

    objects: ClassVar[Any] = CandidacyQuerySet.as_manager()

    class Meta:
        ordering = ("item_id", "proposed_rank")
        constraints = (
            models.CheckConstraint(condition=known("candidacy"), name="candidacy_state_known"),
            models.UniqueConstraint(fields=["item", "application"], name="an_application_once_an_item"),
            models.UniqueConstraint(fields=["item", "proposed_rank"], name="one_proposed_rank_an_item"),
            models.UniqueConstraint(fields=["item", "rank"], condition=Q(rank__isnull=False), name="one_rank_an_item"),
            models.UniqueConstraint(fields=["item"], condition=Q(state__in=OFFERED), name="one_live_offer_a_home"),
            models.UniqueConstraint(
                fields=["application"], condition=Q(state__in=TAKEN), name="one_home_taken_an_application"
            ),
            models.CheckConstraint(condition=Q(rank__isnull=True) | Q(rank__gte=1), name="candidacy_ranks_from_one"),
            models.CheckConstraint(condition=Q(way__in=("", "letter", "by_hand", "electronic")), name="way_known"),
            models.CheckConstraint(
                condition=Q(state__in=("presented", "withdrawn")) | ~Q(reason=""), name="decided_for_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(received_on__isnull=True, answer_by__isnull=True)
                | Q(
                    offered_on__isnull=False,
                    received_on__isnull=False,
                    answer_by__isnull=False,
                    received_on__gte=F("offered_on"),
                    answer_by__gt=F("received_on"),
                ),
                name="answered_by_a_day_after_receipt",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=OFFERED) | Q(offered_on__isnull=False), name="offered_on_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=TAKEN) | Q(answered_on__isnull=False), name="accepted_on_a_day"
            ),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True)
                | (
                    Q(offered_on__isnull=False, answered_on__gte=F("offered_on"))
                    & (Q(received_on__isnull=True) | Q(answered_on__gte=F("received_on")))
                ),
                name="answered_after_the_offer",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True)
                | (
                    (Q(offered_on__isnull=True) | Q(closed_on__gte=F("offered_on")))
                    & (Q(answered_on__isnull=True) | Q(closed_on__gte=F("answered_on")))
                ),
                name="ended_last",
            ),
            models.CheckConstraint(
                condition=~Q(state="silent") | Q(answered_on__isnull=True, answer_by__isnull=False),
                name="silent_until_the_term",
            ),
        )

    def __str__(self) -> str:
        return f"{self.application_id} {self.state}"

    def audit_organisation(self) -> int | None:
        """The landlord whose session it is."""
        return self.item.commission.organisation_id
