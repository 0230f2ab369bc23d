"""The records of accounts: organisations, people, memberships, invitations, links, representations, sessions."""

from carreau.site.accounts.models.invitations import Invitation
from carreau.site.accounts.models.links import Link, Purpose
from carreau.site.accounts.models.memberships import LastAdministrator, Membership
from carreau.site.accounts.models.organisations import Kind, Organisation
from carreau.site.accounts.models.people import Person, User
from carreau.site.accounts.models.representations import How, Representation
from carreau.site.accounts.models.sessions import Session

__all__ = [
    "How",
    "Invitation",
    "Kind",
    "LastAdministrator",
    "Link",
    "Membership",
    "Organisation",
    "Person",
    "Purpose",
    "Representation",
    "Session",
    "User",
]
