"""Sessions of a landlord's commission, and who sits in them."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q

from carreau.rules.commission.voting import PRESENCES, SEATS
from carreau.site.audit.models import Audited, AuditedQuerySet
from carreau.site.commissions.models.states import choices, known
from carreau.site.keyring.fields import SealedTextField

if TYPE_CHECKING:
    from carreau.site.accounts.models import Organisation

UNOPENED = ("prepared", "cancelled")


class CommissionQuerySet(AuditedQuerySet["Commission"]):
    """Sessions, as asked for."""

    def of(self, organisation: "Organisation") -> "CommissionQuerySet":
        """Those of a landlord."""
        return self.filter(organisation=organisation)


class Commission(Audited):
    """A session of a landlord's allocation commission.

    `quorum` is the number of voting members that must be there. One held at a distance (`remote`) is allowed by the
    commission's own rules (`internal_rules`).
    """

    class Mode(models.TextChoices):
        """Where its members are."""

        IN_ROOM = "in_room"
        REMOTE = "remote"

    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="commissions")
    held_on = models.DateField()
    place = models.CharField(max_length=200, blank=True)
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.IN_ROOM)
    internal_rules = models.BooleanField(default=False)
    quorum = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=choices("session"), default="prepared")
    opened = models.DateTimeField(null=True)
    closed = models.DateTimeField(null=True)
    synthetic = models.BooleanField(default=False)

    objects: ClassVar[Any] = CommissionQuerySet.as_manager()

    class Meta:
        ordering = ("-held_on", "-pk")
        constraints = (
            models.CheckConstraint(condition=known("session"), name="commission_state_known"),
            models.CheckConstraint(condition=Q(mode__in=("in_room", "remote")), name="commission_mode_known"),
            models.CheckConstraint(condition=Q(quorum__range=(1, 20)), name="commission_quorum_1_to_20"),
            models.CheckConstraint(
                condition=Q(mode="in_room") | Q(internal_rules=True), name="remote_only_where_its_rules_allow"
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNOPENED, opened__isnull=True, closed__isnull=True)
                | Q(state="open", opened__isnull=False, closed__isnull=True)
                | Q(state="closed", opened__isnull=False, closed__isnull=False, closed__gte=models.F("opened")),
                name="commission_opened_then_closed",
            ),
        )

    @property
    def at_a_distance(self) -> bool:
        """Whether members may sit at a distance."""
        return self.mode == self.Mode.REMOTE

    def __str__(self) -> str:
        return f"{self.held_on} {self.state}"


class SeatQuerySet(AuditedQuerySet["Seat"]):
    """Seats, as asked for."""

    def of(self, organisation: "Organisation") -> "SeatQuerySet":
        """Those in the sessions of a landlord."""
        return self.filter(commission__organisation=organisation)


class Seat(Audited):
    """Who sits in a session, and how they were there. The mayor's seat is of a `commune`, for its homes alone.

    `link` is the hash of the address by which a member at a distance says that they are there; `identified` when.
    """

    commission = models.ForeignKey(Commission, models.CASCADE, related_name="seats")
    kind = models.CharField(max_length=12, choices=[(one, one) for one in SEATS])
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    name = SealedTextField(person="person_id")
    commune = models.CharField(max_length=5, blank=True)
    presence = models.CharField(max_length=12, choices=[(one, one) for one in PRESENCES], default="absent")
    link = models.CharField(max_length=64, blank=True)
    identified = models.DateTimeField(null=True)
    personal = ("name",)
    secret = ("link",)

    objects: ClassVar[Any] = SeatQuerySet.as_manager()

    class Meta:
        ordering = ("commission_id", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=SEATS), name="seat_kind_known"),
            models.CheckConstraint(condition=Q(presence__in=PRESENCES), name="seat_presence_known"),
            models.CheckConstraint(
                condition=(Q(kind="mayor") & ~Q(commune="")) | (~Q(kind="mayor") & Q(commune="")),
                name="the_mayor_sits_for_a_commune",
            ),
            models.UniqueConstraint(
                fields=["commission", "kind"],
                condition=Q(kind__in=("tenants", "prefect", "epci")),
                name="one_such_seat",
            ),
            models.UniqueConstraint(
                fields=["commission", "commune"], condition=Q(kind="mayor"), name="one_mayor_a_commune"
            ),
            models.UniqueConstraint(fields=["link"], condition=~Q(link=""), name="one_seat_a_link"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.presence}"

    def audit_organisation(self) -> int | None:
        """The landlord whose session it is."""
        return self.commission.organisation_id
