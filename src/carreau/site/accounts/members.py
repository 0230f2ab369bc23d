"""Invite to an organisation, and accept."""

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from carreau.site.accounts import mail
from carreau.site.accounts.models import Invitation, Membership, Organisation, Person, User
from carreau.site.accounts.periods import INVITATION
from carreau.site.accounts.rights import Role
from carreau.site.accounts.tokens import digest, new_token
from carreau.site.keyring.index import blind_index


class AlreadyMember(Exception):  # noqa: N818 - it says what the person is
    """They are a member of the organisation."""


class NotTheirs(Exception):  # noqa: N818 - it says what the invitation is
    """The invitation was sent to another address than the one of the account."""


def invite(request: HttpRequest, organisation: Organisation, by: User, address: str, role: Role) -> Invitation:
    """Offer a role by e-mail; an open invitation to the same address gives way. Raises AlreadyMember."""
    index, token, now = blind_index(address), new_token(), timezone.now()
    if Membership.objects.of(organisation).in_force().filter(user__username=index).exists():
        raise AlreadyMember
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk=organisation.pk)
        for earlier in Invitation.objects.of(organisation).open().filter(index=index):
            withdraw(earlier)
        invited = User.objects.with_email(address)
        made = Invitation.objects.create(
            organisation=organisation,
            role=role.value,
            person=invited.person if invited else Person.objects.create(),
            address=address,
            index=index,
            digest=digest(token),
            invited_by=by,
            expires=now + INVITATION,
        )
    place = request.build_absolute_uri(reverse("invitation", args=[token]))
    mail.send("invitation", address, organisation=organisation.name, link=place, days=INVITATION.days)
    return made


def withdraw(invitation: Invitation) -> None:
    """Take an invitation back."""
    invitation.withdrawn = timezone.now()
    invitation.save(update_fields=["withdrawn"])


def invitation_of(token: str) -> Invitation | None:
    """The invitation that a token opens, while it is open and in time."""
    found = Invitation.objects.open().filter(digest=digest(token), expires__gt=timezone.now())
    return found.select_related("organisation", "person").first()


@transaction.atomic
def accept(token: str, user: User | None) -> tuple[User, Membership] | None:
    """Join, once: None for an invitation that cannot be used any more. Makes the account when there is none.

    `user` is who is signed in, None for a visitor: the token came by e-mail, so it proves the address. Raises
    NotTheirs.
    """
    found = Invitation.objects.select_for_update().filter(digest=digest(token)).first()
    if found is None or invitation_of(token) is None:
        return None
    if user is not None and user.username != found.index:
        raise NotTheirs
    member = user or User.objects.filter(username=found.index).first()
    if member is None:
        taken = User.objects.filter(person=found.person).exists()
        member = User.objects.create_user(found.address or "", person=None if taken else found.person)
    found.accepted, found.accepted_by = timezone.now(), member
    found.save(update_fields=["accepted", "accepted_by"])
    return member, _join(member, found)


def _join(member: User, invitation: Invitation) -> Membership:
    present = Membership.objects.of(invitation.organisation).in_force().filter(user=member).first()
    if present is not None:
        return present
    return Membership.objects.create(user=member, organisation=invitation.organisation, role=invitation.role)
