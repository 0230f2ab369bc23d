"""Acting for somebody who agreed to it."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from carreau.site.accounts.models.organisations import Organisation
from carreau.site.accounts.models.people import User
from carreau.site.audit.models import Audited, AuditedQuerySet


class How(models.TextChoices):
    """How somebody agreed: a signed form kept by the organisation, by word at the desk, or by a link in an e-mail."""

    WRITTEN = "written"
    SPOKEN = "spoken"
    LINK = "link"


class RepresentationQuerySet(AuditedQuerySet["Representation"]):
    """Representations, as asked for."""

    def of(self, organisation: Organisation) -> "RepresentationQuerySet":
        """Those of one organisation."""
        return self.filter(organisation=organisation)

    def in_force(self) -> "RepresentationQuerySet":
        """Those agreed to, not ended, not yet over."""
        return self.filter(agreed__isnull=False, ended__isnull=True, until__gt=timezone.now())


class Representation(Audited):
    """`officer` may act for `represented` while at `organisation`, from `agreed` until `until` or `ended`.

    Somebody with an address agrees by a link sent there (`digest` is of its token); somebody without one at the desk.
    """

    officer = models.ForeignKey(User, models.PROTECT, related_name="representing")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="representations")
    represented = models.ForeignKey(User, models.PROTECT, related_name="represented_by")
    how = models.CharField(max_length=10, choices=How.choices)
    digest = models.CharField(max_length=64, unique=True, null=True)
    asked = models.DateTimeField(auto_now_add=True)
    agreed = models.DateTimeField(null=True)
    until = models.DateTimeField()
    ended = models.DateTimeField(null=True)

    objects = RepresentationQuerySet.as_manager()  # type: ignore[misc]
    secret: ClassVar[tuple[str, ...]] = ("digest",)

    class Meta:
        ordering = ("-asked", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(how__in=How.values), name="consent_given_in_a_known_way"),
            models.CheckConstraint(condition=~Q(officer=F("represented")), name="nobody_represents_themselves"),
            models.CheckConstraint(condition=Q(until__gt=F("asked")), name="representation_ends_later"),
            models.CheckConstraint(
                condition=Q(how=How.LINK) | Q(agreed__isnull=False), name="consent_at_the_desk_is_given_at_once"
            ),
            models.UniqueConstraint(
                fields=["officer", "organisation", "represented"],
                condition=Q(ended__isnull=True),
                name="one_representation_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.officer_id} for {self.represented_id}"

    def audit_person(self) -> UUID | None:
        """Whoever is represented: an entry about it is about them."""
        return self.represented.person_id

    @property
    def in_force(self) -> bool:
        """Whether the officer may act now."""
        return self.agreed is not None and self.ended is None and self.until > timezone.now()

    def end(self) -> None:
        """End it now, whoever asks; once is enough."""
        if self.ended is None:
            self.ended = timezone.now()
            self.save(update_fields=["ended"])
