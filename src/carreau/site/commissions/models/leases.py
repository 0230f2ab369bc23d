"""Leases signed, and the shares of them that a territory and its landlords committed to."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q

from carreau.site.audit.models import Audited, AuditedQuerySet
from carreau.site.commissions.models.candidacies import Candidacy

if TYPE_CHECKING:
    from carreau.site.accounts.models import Organisation


class LeaseQuerySet(AuditedQuerySet["Lease"]):
    """Leases, as asked for."""

    def of(self, organisation: "Organisation") -> "LeaseQuerySet":
        """Those of a landlord."""
        return self.filter(organisation=organisation)

    def in_communes(self, codes: Collection[str]) -> "LeaseQuerySet":
        """Those on homes in communes, as they were when signed: what a territory counts, never whose they are."""
        return self.filter(commune__in=codes)


class Lease(Audited):
    """A lease signed on a home after a commission: one a vacancy, one an application.

    It keeps what the law counts (L441-1 CCH) as it was on the day of signature. Those five truth values are about the
    household: the log holds them under its key.
    """

    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="leases")
    vacancy = models.OneToOneField("homes.Vacancy", models.PROTECT, related_name="lease")
    candidacy = models.OneToOneField(Candidacy, models.PROTECT, related_name="lease")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    signed_on = models.DateField()
    reserver = models.CharField(max_length=25)
    commune = models.CharField(max_length=5)
    in_qpv = models.BooleanField(null=True)
    first_quartile = models.BooleanField(null=True)
    priority = models.BooleanField(null=True)
    dalo = models.BooleanField(null=True)
    transfer = models.BooleanField(null=True)
    relocated_for_renewal = models.BooleanField(null=True)
    personal = ("first_quartile", "priority", "dalo", "transfer", "relocated_for_renewal")

    objects: ClassVar[Any] = LeaseQuerySet.as_manager()

    class Meta:
        ordering = ("-signed_on", "-pk")
        indexes = (models.Index(fields=["organisation", "signed_on"], name="leases_of_a_year"),)

    def __str__(self) -> str:
        return f"{self.vacancy_id} {self.signed_on}"


class CommitmentQuerySet(AuditedQuerySet["Commitment"]):
    """Commitments, as asked for."""

    def of(self, organisation: "Organisation") -> "CommitmentQuerySet":
        """Those that a territory keeps, and those that a landlord took."""
        return self.filter(Q(organisation=organisation) | Q(landlord=organisation))


class Commitment(Audited):
    """What a landlord committed to in the territory's convention (CIA, L441-1-6): a share of a year's leases.

    `quota` names one of `counting.QUOTAS`; `share` is in thousandths. The law's share is a floor: a commitment is never
    less.
    """

    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="commitments")
    landlord = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="commitments_taken")
    year = models.PositiveSmallIntegerField()
    quota = models.CharField(max_length=40)
    share = models.PositiveSmallIntegerField()

    objects: ClassVar[Any] = CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ("organisation_id", "-year", "landlord_id", "quota")
        constraints = (
            models.UniqueConstraint(
                fields=["organisation", "landlord", "year", "quota"], name="one_commitment_a_landlord_and_year"
            ),
            models.CheckConstraint(condition=Q(share__lte=1000), name="commitment_at_most_all"),
            models.CheckConstraint(condition=Q(year__range=(2017, 2100)), name="commitment_of_a_year"),
        )

    def __str__(self) -> str:
        return f"{self.quota} {self.year}"
