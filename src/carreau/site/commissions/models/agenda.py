"""The homes on the agenda of a session, and the votes on each."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q

from carreau.rules.commission.voting import CHOICES
from carreau.rules.parameters import load
from carreau.site.audit.models import Audited, AuditedQuerySet
from carreau.site.commissions.models.sessions import Commission, Seat
from carreau.site.commissions.models.states import choices, known

if TYPE_CHECKING:
    from carreau.site.accounts.models import Organisation

LIVE = ("listed", "decided", "let")
UNDECIDED = ("listed", "postponed")
EXCEPTIONS = tuple(load("commission")["candidates_exceptions"].values[-1].value)


class ItemQuerySet(AuditedQuerySet["Item"]):
    """Homes on agendas, as asked for."""

    def of(self, organisation: "Organisation") -> "ItemQuerySet":
        """Those in the sessions of a landlord."""
        return self.filter(commission__organisation=organisation)


class Item(Audited):
    """A home to let, on the agenda of a session, with the candidates that a ranking proposed when it was listed.

    `rules` are digests of the rules, and of the policy, that ranked them, by name: what was decided under others is not
    signed. `exception` is why fewer than three applications are examined (R441-3). A home is on one live agenda.
    """

    commission = models.ForeignKey(Commission, models.PROTECT, related_name="items")
    vacancy = models.ForeignKey("homes.Vacancy", models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=choices("item"), default="listed")
    result = models.ForeignKey("bridge.Result", models.PROTECT, null=True, related_name="+")
    rules = models.JSONField(default=dict)
    exception = models.CharField(max_length=40, blank=True)
    decided_on = models.DateField(null=True)
    by_casting_vote = models.BooleanField(default=False)

    objects: ClassVar[Any] = ItemQuerySet.as_manager()

    class Meta:
        ordering = ("commission_id", "position")
        constraints = (
            models.CheckConstraint(condition=known("item"), name="item_state_known"),
            models.CheckConstraint(condition=Q(exception__in=("", *EXCEPTIONS)), name="item_exception_known"),
            models.CheckConstraint(
                condition=Q(state__in=UNDECIDED, decided_on__isnull=True)
                | (~Q(state__in=UNDECIDED) & Q(decided_on__isnull=False)),
                name="item_decided_on_a_day",
            ),
            models.UniqueConstraint(fields=["vacancy"], condition=Q(state__in=LIVE), name="one_live_item_a_vacancy"),
            models.UniqueConstraint(fields=["commission", "vacancy"], name="a_home_once_a_session"),
            models.UniqueConstraint(fields=["commission", "position"], name="one_home_a_position"),
        )

    def __str__(self) -> str:
        return f"{self.vacancy_id} {self.state}"

    def audit_organisation(self) -> int | None:
        """The landlord whose session it is."""
        return self.commission.organisation_id


class VoteQuerySet(AuditedQuerySet["Vote"]):
    """Votes, as asked for."""

    def of(self, organisation: "Organisation") -> "VoteQuerySet":
        """Those in the sessions of a landlord."""
        return self.filter(item__commission__organisation=organisation)


class Vote(Audited):
    """How a seat voted on a home: once."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="votes")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="votes")
    choice = models.CharField(max_length=10, choices=[(one, one) for one in CHOICES])

    objects: ClassVar[Any] = VoteQuerySet.as_manager()

    class Meta:
        ordering = ("item_id", "seat_id")
        constraints = (
            models.UniqueConstraint(fields=["item", "seat"], name="one_vote_a_seat"),
            models.CheckConstraint(condition=Q(choice__in=CHOICES), name="vote_choice_known"),
        )

    def __str__(self) -> str:
        return self.choice

    def audit_organisation(self) -> int | None:
        """The landlord whose session it is."""
        return self.item.commission.organisation_id
