"""Organisations, what they are and what they belong to."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from carreau.site.accounts.postal import LONGEST, PATTERN
from carreau.site.audit.models import Audited


class Kind(models.TextChoices):
    """What an organisation is."""

    LANDLORD = "landlord"
    TERRITORY = "territory"
    STATE = "state"
    RESERVER = "reserver"
    UNION = "union"
    FEDERATION = "federation"
    ASSOCIATION = "association"


class Organisation(Audited):
    """A landlord, a territory, a federation, ...; `parent` is what it belongs to, `federation` only for landlords.

    `code` names the few that every installation has (see `sector`). `postal_address` is printed on letters, in lines as
    `postal` has them; it is empty as long as nobody wrote it.
    """

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    code = models.CharField(max_length=40, blank=True)
    siren = models.CharField(max_length=9, blank=True)
    postal_address = models.CharField(max_length=LONGEST, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    federation = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="landlords")
    fictitious = models.BooleanField(default=False)

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="organisation_kind_known"),
            models.CheckConstraint(
                condition=Q(siren="") | Q(siren__regex=r"^[0-9]{9}$"), name="organisation_siren_nine_digits"
            ),
            models.CheckConstraint(
                condition=Q(postal_address__regex=PATTERN), name="organisation_postal_address_printable"
            ),
            models.UniqueConstraint(fields=["siren"], condition=~Q(siren=""), name="organisation_siren_once"),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="organisation_code_once"),
            models.CheckConstraint(
                condition=Q(federation__isnull=True) | Q(kind=Kind.LANDLORD), name="only_landlords_have_a_federation"
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("pk")), name="organisation_not_its_own_parent"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def audit_organisation(self) -> int | None:
        """Itself: its managers may read what was done to it."""
        return self.pk

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, unless `clean` refuses."""
        self.clean()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Raise ValidationError for a federation that is none, or for a circle of parents."""
        super().clean()
        if self.federation is not None and self.federation.kind != Kind.FEDERATION:
            raise ValidationError({"federation": f"{self.federation} is a {self.federation.kind}, not a federation"})
        above = self.parent
        while above is not None and self.pk is not None:
            if above.pk == self.pk:
                raise ValidationError({"parent": f"{self} would belong to itself"})
            above = above.parent
