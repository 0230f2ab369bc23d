"""Who works where as what."""

from typing import Any

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from carreau.site.accounts.models.organisations import Organisation
from carreau.site.accounts.models.people import User
from carreau.site.accounts.rights import MEMBERS, Role
from carreau.site.audit.models import Audited, AuditedQuerySet

MEMBER_ROLES = tuple(sorted(role.value for role in MEMBERS))


class LastAdministrator(Exception):  # noqa: N818 - it says who the member is
    """Nobody could administer the organisation any more."""


class MembershipQuerySet(AuditedQuerySet["Membership"]):
    """Memberships, as asked for."""

    def of(self, organisation: Organisation) -> "MembershipQuerySet":
        """Those of one organisation."""
        return self.filter(organisation=organisation)

    def in_force(self) -> "MembershipQuerySet":
        """Those that have not ended."""
        return self.filter(ended__isnull=True)


class Membership(Audited):
    """Somebody's role in an organisation, until it ends.

    Once an organisation has an administrator it keeps one: saving or deleting the last raises LastAdministrator.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(role, role) for role in MEMBER_ROLES])
    began = models.DateTimeField(auto_now_add=True)
    ended = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ("organisation_id", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["user", "organisation"], condition=Q(ended__isnull=True), name="one_membership_at_a_time"
            ),
            models.CheckConstraint(condition=Q(role__in=MEMBER_ROLES), name="membership_role_known"),
            models.CheckConstraint(
                condition=Q(ended__isnull=True) | Q(ended__gte=F("began")), name="membership_ends_after_it_began"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.organisation_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save. Raises LastAdministrator."""
        with transaction.atomic():
            if self.role != Role.ADMINISTRATOR or self.ended is not None:
                self._refuse_if_last()
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete. Raises LastAdministrator."""
        with transaction.atomic():
            self._refuse_if_last()
            return super().delete(*args, **kwargs)

    def become(self, role: Role) -> None:
        """Change the role. Raises LastAdministrator."""
        self.role = role.value
        self.save(update_fields=["role"])

    def end(self) -> None:
        """End it now. Raises LastAdministrator."""
        self.ended = timezone.now()
        self.save(update_fields=["ended"])

    def _refuse_if_last(self) -> None:
        """Two administrators who leave at the same moment wait for each other on the organisation's row."""
        if self._state.adding:
            return
        Organisation.objects.select_for_update().get(pk=self.organisation_id)
        administrators = Membership.objects.filter(
            organisation_id=self.organisation_id, role=Role.ADMINISTRATOR, ended__isnull=True
        )
        if set(administrators.values_list("pk", flat=True)) == {self.pk}:
            raise LastAdministrator(str(self.organisation_id))
