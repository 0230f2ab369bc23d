"""One's own account: name, address, password, organisations, consents, what is kept."""

from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from carreau.site.accounts import links, mail, personal
from carreau.site.accounts.actor import ACTIVE_MEMBERSHIP, FOR_ONESELF
from carreau.site.accounts.forms import EraseForm, LinkForm, NameForm, PasswordForm
from carreau.site.accounts.models import LastAdministrator, Purpose, Representation, Session, User
from carreau.site.accounts.rights import Action, needs
from carreau.site.accounts.words import say_later
from carreau.site.audit import erasure

GONE = 410


@needs(Action.KEEP_OWN_ACCOUNT)
@never_cache
@require_http_methods(["GET", "HEAD"])
def account(request: HttpRequest) -> HttpResponse:
    """Everything about one's account."""
    user = me(request)
    values = {
        "memberships": user.memberships.in_force().select_related("organisation"),
        "factors": Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).count(),
        "devices": user.sessions.count(),
        "providers_known": bool(settings.OPENID),
        "consents": user.represented_by.filter(ended__isnull=True, agreed__isnull=False).select_related(
            "officer", "organisation"
        ),
    }
    return render(request, "accounts/account.html", values)


@needs(Action.KEEP_OWN_ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
def name(request: HttpRequest) -> HttpResponse:
    """Change one's name."""
    user = me(request)
    form = NameForm(sent(request), initial={"name": user.name})
    if form.is_valid():
        user.name = form.cleaned_data["name"]
        user.save(update_fields=["name"])
        return _done(request, "name_changed")
    return _form(request, form, "name")


@needs(Action.KEEP_OWN_ACCOUNT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest) -> HttpResponse:
    """Ask to move to another address: it changes once its owner says so from there."""
    raise_if_reauthentication_required(request, app="allauth.account")
    form = LinkForm(sent(request))
    if form.is_valid():
        refused: HttpResponse | None = ratelimit.consume_or_429(
            request, app="allauth.account", action="ask_link", key=str(me(request).pk)
        )
        if refused:
            return refused
        links.ask_new_address(request, me(request), form.cleaned_data["address"])
        return _done(request, "address_asked")
    return _form(request, form, "address")


@needs(Action.KEEP_OWN_ACCOUNT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def use_address(request: HttpRequest, token: str) -> HttpResponse:
    """Move to the address that the link proves."""
    user = me(request)
    if request.method != "POST":
        good = links.is_good(Purpose.ADDRESS, token)
        return render(request, "accounts/address_use.html", {"good": good}, status=200 if good else GONE)
    proof = links.redeem(Purpose.ADDRESS, token)
    if proof is None or proof.user != user:
        return render(request, "accounts/address_use.html", {"good": False}, status=GONE)
    before = user.email
    try:
        with transaction.atomic():
            user.move_to(proof.address)
    except IntegrityError:
        return render(request, "accounts/address_use.html", {"good": False}, status=GONE)
    mail.send("address_changed", before)
    return _done(request, "address_changed")


@needs(Action.KEEP_OWN_ACCOUNT)
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Choose a password; every other session ends."""
    raise_if_reauthentication_required(request, app="allauth.account")
    user = me(request)
    form = PasswordForm(sent(request), user=user)
    if not form.is_valid():
        return _form(request, form, "password")
    user.set_password(form.cleaned_data["password"])
    user.save(update_fields=["password"])
    user.sessions.exclude(session_key=request.session.session_key).delete()
    update_session_auth_hash(request, user)
    mail.send("password_changed", user.email)
    return _done(request, "password_changed")


@needs(Action.KEEP_OWN_ACCOUNT)
@never_cache
@require_http_methods(["GET", "HEAD"])
def devices(request: HttpRequest) -> HttpResponse:
    """Where one is signed in."""
    here = request.session.session_key
    rows = [
        {"session": one, "device": one.get_decoded().get("device", ""), "here": one.session_key == here}
        for one in me(request).sessions.all()
    ]
    return render(request, "accounts/devices.html", {"rows": rows})


@needs(Action.KEEP_OWN_ACCOUNT)
@require_POST
def end_session(request: HttpRequest, handle: str) -> HttpResponse:
    """Sign out one device."""
    get_object_or_404(Session, user=me(request), handle=handle).delete()
    return redirect("account_devices")


@needs(Action.KEEP_OWN_ACCOUNT)
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Choose for which organisation one acts, or for oneself."""
    chosen = request.POST.get("membership", "")
    if chosen == str(FOR_ONESELF):
        request.session[ACTIVE_MEMBERSHIP] = FOR_ONESELF
    else:
        in_force = me(request).memberships.in_force()
        request.session[ACTIVE_MEMBERSHIP] = get_object_or_404(in_force, pk=chosen if chosen.isdigit() else None).pk
    return redirect("account")


@needs(Action.KEEP_OWN_ACCOUNT)
@require_POST
def end_consent(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw the consent given to somebody: they can no longer act, from their next click on."""
    get_object_or_404(Representation, pk=pk, represented=me(request)).end()
    return _done(request, "consent_ended")


@needs(Action.KEEP_OWN_ACCOUNT)
@never_cache
@require_http_methods(["GET", "HEAD"])
def data(request: HttpRequest) -> HttpResponse:
    """Everything kept about oneself, as a file."""
    response = JsonResponse(personal.everything_about(me(request)), json_dumps_params={"ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="carreau.json"'
    return response


@needs(Action.KEEP_OWN_ACCOUNT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """Erase oneself, for ever."""
    raise_if_reauthentication_required(request, app="allauth.account")
    form = EraseForm(sent(request))
    if not form.is_valid():
        return _form(request, form, "erase")
    try:
        erasure.erase(me(request).person_id)
    except LastAdministrator:
        form.add_error(None, str(say_later("accounts.error.last_administrator")))
        return _form(request, form, "erase")
    logout(request)
    messages.success(request, str(say_later("accounts.message.erased")))
    return redirect("front")


def me(request: HttpRequest) -> User:
    """Who is signed in."""
    assert isinstance(request.user, User)
    return request.user


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form sent, empty or not; None when nothing was sent."""
    return request.POST if request.method == "POST" else None


def _done(request: HttpRequest, what: str) -> HttpResponse:
    messages.success(request, str(say_later(f"accounts.message.{what}")))
    return redirect("account")


def _form(request: HttpRequest, form: Any, what: str) -> HttpResponse:
    values = {
        "form": form,
        "title": say_later(f"accounts.{what}.title"),
        "lead": say_later(f"accounts.{what}.lead"),
        "send": say_later(f"accounts.{what}.send"),
    }
    return render(request, "accounts/form.html", values, status=400 if form.is_bound else 200)
