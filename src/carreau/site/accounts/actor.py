"""Who is acting: a person, in an organisation or for themselves, perhaps for somebody else."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest

from carreau.site.accounts.rights import Action, Role, may

if TYPE_CHECKING:
    from carreau.site.accounts.models import Membership, Organisation, User

ACTIVE_MEMBERSHIP = "membership"


@dataclass(frozen=True)
class Actor:
    """`user` and `organisation` are None for a visitor; `organisation` also for a person on their own account."""

    role: Role
    user: "User | None" = None
    organisation: "Organisation | None" = None

    def may(self, action: Action, state: str | None = None) -> bool:
        """Whether this actor may do something to a thing in this state."""
        return may(self.role, action, state)


def actor_of(request: HttpRequest) -> Actor:
    """The actor of a request: the membership chosen in the session, else the only or first one."""
    user = request.user
    if not user.is_authenticated:
        return Actor(Role.VISITOR)
    memberships: list[Membership] = list(user.memberships.in_force().select_related("organisation"))
    if not memberships:
        return Actor(Role.PERSON, user)
    chosen = request.session.get(ACTIVE_MEMBERSHIP)
    membership = next((one for one in memberships if one.pk == chosen), memberships[0])
    return Actor(Role(membership.role), user, membership.organisation)
