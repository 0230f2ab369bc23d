"""What becomes of an account when its person is erased."""

import secrets
from uuid import UUID

from allauth.account.models import EmailAddress
from django.utils import timezone

from carreau.site.accounts.closing import close
from carreau.site.accounts.models import Invitation, Link, User
from carreau.site.audit.erasure import on_erasure


@on_erasure
def forget_account(person: UUID) -> None:
    """Close it, empty what was sealed, and drop its links. Raises LastAdministrator."""
    user = User.objects.filter(person=person).first()
    if user is None:
        return
    close(user)
    Link.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    user.email = user.name = None
    user.save(update_fields=["email", "name"])


@on_erasure
def forget_invitations(person: UUID) -> None:
    """An open one is withdrawn; none can be found by its address any more."""
    for invitation in Invitation.objects.filter(person=person):
        if invitation.accepted is None and invitation.withdrawn is None:
            invitation.withdrawn = timezone.now()
        invitation.index, invitation.address = secrets.token_hex(32), None
        invitation.save()
