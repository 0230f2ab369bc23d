"""What accounts do when a person is erased: no way in is left, nothing more is done in their name."""

import secrets
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from carreau.site.accounts.members import withdraw
from carreau.site.accounts.models import Invitation, Link, Session, User
from carreau.site.audit.erasure import on_erasure


@on_erasure
@transaction.atomic
def forget(person: UUID) -> None:
    """Close the account and forget by what hash its address, and those of invitations, were found again.

    Memberships stay, ended: who did what at which organisation must still add up. Raises LastAdministrator.
    """
    for user in User.objects.filter(person_id=person):
        close(user)
    for invitation in Invitation.objects.filter(person_id=person):
        if invitation.accepted is None and invitation.withdrawn is None:
            withdraw(invitation)
        invitation.index = secrets.token_hex(32)
        invitation.save(update_fields=["index"])


def close(user: User) -> None:
    """End memberships, representations, sessions and ways in; the address is free again. Raises LastAdministrator."""
    for membership in user.memberships.in_force():
        membership.end()
    for representation in [*user.representing.filter(ended=None), *user.represented_by.filter(ended=None)]:
        representation.end()
    Link.objects.filter(user=user).delete()
    Session.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    user.is_active, user.username = False, secrets.token_hex(32)
    user.set_unusable_password()
    user.save(update_fields=["is_active", "username", "password"])
