"""An organisation: its postal address, and its members: who, as what; invite, change, end."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from carreau.site.accounts import members
from carreau.site.accounts.actor import Actor
from carreau.site.accounts.forms import ROLES, InvitationForm, PostalAddressForm, RoleForm
from carreau.site.accounts.models import Invitation, LastAdministrator, Membership, Organisation
from carreau.site.accounts.rights import Action, Role, needs
from carreau.site.accounts.views.own import me
from carreau.site.accounts.words import say_later


@needs(Action.SEE_MEMBERS)
@require_http_methods(["GET", "HEAD"])
def organisation(request: HttpRequest) -> HttpResponse:
    """The organisation and its members."""
    return _page(request)


@needs(Action.CHANGE_ORGANISATION)
@require_POST
def change_postal_address(request: HttpRequest) -> HttpResponse:
    """Write the address that letters are headed with; an empty one takes it away."""
    form = PostalAddressForm(request.POST)
    if not form.is_valid():
        return _page(request, postal_address=form, status=400)
    changed = ours(request)
    changed.postal_address = form.cleaned_data["postal_address"]
    changed.save(update_fields=["postal_address"])
    return _done(request, "postal_address_changed")


@needs(Action.CHANGE_MEMBERS)
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody by e-mail."""
    form = InvitationForm(request.POST)
    if form.is_valid():
        try:
            members.invite(
                request, ours(request), me(request), form.cleaned_data["address"], Role(form.cleaned_data["role"])
            )
        except members.AlreadyMember:
            form.add_error("address", str(say_later("accounts.error.already_member")))
        else:
            return _done(request, "invited")
    return _page(request, invitation=form, status=400)


@needs(Action.CHANGE_MEMBERS)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    members.withdraw(get_object_or_404(Invitation.objects.of(ours(request)).open(), pk=pk))
    return _done(request, "withdrawn")


@needs(Action.CHANGE_MEMBERS)
@require_POST
def change_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a member another role."""
    member, form = _member(request, pk), RoleForm(request.POST)
    if not form.is_valid():
        return _page(request, status=400)
    try:
        member.become(Role(form.cleaned_data["role"]))
    except LastAdministrator:
        return _refused(request)
    return _done(request, "role_changed")


@needs(Action.CHANGE_MEMBERS)
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a membership."""
    try:
        _member(request, pk).end()
    except LastAdministrator:
        return _refused(request)
    return _done(request, "member_ended")


def ours(request: HttpRequest) -> Organisation:
    """The organisation in whose name the request is made."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    assert actor.organisation is not None
    return actor.organisation


def _member(request: HttpRequest, pk: int) -> Membership:
    return get_object_or_404(Membership.objects.of(ours(request)).in_force(), pk=pk)


def _page(
    request: HttpRequest,
    invitation: InvitationForm | None = None,
    postal_address: PostalAddressForm | None = None,
    status: int = 200,
) -> HttpResponse:
    kept = {"postal_address": ours(request).postal_address}
    values = {
        "organisation": ours(request),
        "postal_address": postal_address or PostalAddressForm(initial=kept),
        "members": Membership.objects.of(ours(request)).in_force().select_related("user"),
        "invitations": Invitation.objects.of(ours(request)).open(),
        "invitation": invitation or InvitationForm(),
        "roles": ROLES,
    }
    return render(request, "accounts/organisation.html", values, status=status)


def _done(request: HttpRequest, what: str) -> HttpResponse:
    messages.success(request, str(say_later(f"accounts.message.{what}")))
    return redirect("organisation")


def _refused(request: HttpRequest) -> HttpResponse:
    messages.error(request, str(say_later("accounts.error.last_administrator")))
    return redirect("organisation")
