"""Close an account and erase whose it was."""

import secrets

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from carreau.site.accounts.models import Session, User
from carreau.site.audit import erasure


def erase(user: User) -> None:
    """End everything that the account could do, then destroy the key under which its person is sealed.

    The records stay, unreadable: who did what at which organisation must still add up. Raises LastAdministrator.
    """
    erasure.erase(user.person_id)


@transaction.atomic
def close(user: User) -> None:
    """End memberships, representations, sessions and ways in; the address is free again. Raises LastAdministrator."""
    for membership in user.memberships.in_force():
        membership.end()
    for representation in [*user.representing.filter(ended=None), *user.represented_by.filter(ended=None)]:
        representation.end()
    Session.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    user.is_active, user.username = False, secrets.token_hex(32)
    user.set_unusable_password()
    user.save(update_fields=["is_active", "username", "password"])
