"""Who is acting: a person, in an organisation or for themselves, perhaps for somebody else."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest

from carreau.site.accounts.rights import OFFICERS, Action, Role, may

if TYPE_CHECKING:
    from carreau.site.accounts.models import Membership, Organisation, Representation, User

ACTIVE_MEMBERSHIP = "membership"
ACTIVE_REPRESENTATION = "representation"
FOR_ONESELF = 0


@dataclass(frozen=True)
class Actor:
    """`user` is who is signed in; `organisation` where they act, None for a person on their own account.

    `acting_for` is whom they act for: their role is then REPRESENTATIVE, and `subject` is that person. `user` and
    `organisation` are None for a visitor.
    """

    role: Role
    user: "User | None" = None
    organisation: "Organisation | None" = None
    acting_for: "User | None" = None

    def may(self, action: Action, state: str | None = None) -> bool:
        """Whether this actor may do something to a thing in this state."""
        return may(self.role, action, state)

    @property
    def subject(self) -> "User | None":
        """Whose own records are meant: the person acted for, else the one signed in."""
        return self.acting_for or self.user


def actor_of(request: HttpRequest) -> Actor:
    """The actor of a request: the membership chosen in the session, else the first one, else the person.

    Acting for somebody lasts only while the consent and the officer's membership do: both are read again each time.
    """
    user = request.user
    if not user.is_authenticated:
        return Actor(Role.VISITOR)
    if (acting := _representation(request, user)) is not None:
        return Actor(Role.REPRESENTATIVE, user, acting.organisation, acting.represented)
    chosen = request.session.get(ACTIVE_MEMBERSHIP)
    memberships: list[Membership] = list(user.memberships.in_force().select_related("organisation"))
    if not memberships or chosen == FOR_ONESELF:
        return Actor(Role.PERSON, user)
    membership = next((one for one in memberships if one.pk == chosen), memberships[0])
    return Actor(Role(membership.role), user, membership.organisation)


def _representation(request: HttpRequest, user: "User") -> "Representation | None":
    chosen = request.session.get(ACTIVE_REPRESENTATION)
    if chosen is None:
        return None
    found = user.representing.in_force().filter(pk=chosen).select_related("organisation", "represented").first()
    member = found is not None and user.memberships.in_force().of(found.organisation).filter(role__in=OFFICERS).exists()
    return found if member else None
