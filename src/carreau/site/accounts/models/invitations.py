"""Invitations to join an organisation."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from carreau.site.accounts.models.memberships import MEMBER_ROLES
from carreau.site.accounts.models.organisations import Organisation
from carreau.site.accounts.models.people import Person, User
from carreau.site.audit.models import Audited, AuditedQuerySet
from carreau.site.keyring.fields import SealedTextField


class InvitationQuerySet(AuditedQuerySet["Invitation"]):
    """Invitations, as asked for."""

    def of(self, organisation: Organisation) -> "InvitationQuerySet":
        """Those of one organisation."""
        return self.filter(organisation=organisation)

    def open(self) -> "InvitationQuerySet":
        """Those that are neither accepted nor withdrawn; they may have expired."""
        return self.filter(accepted__isnull=True, withdrawn__isnull=True)


class Invitation(Audited):
    """An offer of a role, sent by e-mail, good once. `digest` is of the token that only the e-mail holds.

    `person` is whom the address is sealed for: the account that accepts, if there was none before, is theirs.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=20, choices=[(role, role) for role in MEMBER_ROLES])
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    address = SealedTextField(person="person_id")
    index = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField()
    accepted = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()  # type: ignore[misc]
    personal: ClassVar[tuple[str, ...]] = ("address",)
    secret: ClassVar[tuple[str, ...]] = ("digest", "index")

    class Meta:
        ordering = ("-made", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(role__in=MEMBER_ROLES), name="invitation_role_known"),
            models.CheckConstraint(
                condition=Q(accepted__isnull=True) | Q(withdrawn__isnull=True), name="invitation_accepted_or_withdrawn"
            ),
            models.CheckConstraint(
                condition=Q(accepted__isnull=True, accepted_by__isnull=True)
                | Q(accepted__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["organisation", "index"],
                condition=Q(accepted__isnull=True, withdrawn__isnull=True),
                name="one_open_invitation_an_address",
            ),
            models.CheckConstraint(condition=Q(expires__gt=F("made")), name="invitation_expires_later"),
        )

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.role}"
