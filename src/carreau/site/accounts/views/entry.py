"""Coming in and going out: a link by e-mail, an invitation, sign-out."""

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from carreau.site.accounts import links, members
from carreau.site.accounts.actor import ACTIVE_MEMBERSHIP
from carreau.site.accounts.forms import LinkForm
from carreau.site.accounts.models import Purpose, User
from carreau.site.accounts.openid import tie_pending
from carreau.site.accounts.rights import Action, needs
from carreau.site.accounts.views.own import me, sent
from carreau.site.accounts.words import say_later
from carreau.site.keyring.index import blind_index

GONE = 410


@needs(Action.SIGN_IN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_link(request: HttpRequest) -> HttpResponse:
    """Ask for a link; the answer is the same whoever asks."""
    form = LinkForm(sent(request))
    if not form.is_valid():
        status = 400 if form.is_bound else 200
        return render(request, "accounts/link.html", {"form": form, "then": _then(request)}, status=status)
    address: str = form.cleaned_data["address"]
    if refused := _too_often(request, blind_index(address)):
        return refused
    links.ask_link(request, address, then=_then(request))
    return redirect("link_sent")


@needs(Action.SIGN_IN)
@require_http_methods(["GET", "HEAD"])
def link_sent(request: HttpRequest) -> HttpResponse:
    """What to do next."""
    return render(request, "accounts/link_sent.html")


@needs(Action.SIGN_IN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def use_link(request: HttpRequest, token: str) -> HttpResponse:
    """Come in: a button first, so that a program that only looks at the link does not use it up."""
    if request.method != "POST":
        good = links.is_good(Purpose.SIGN_IN, token)
        values = {"good": good, "then": _then(request)}
        return render(request, "accounts/link_use.html", values, status=200 if good else GONE)
    proof = links.redeem(Purpose.SIGN_IN, token)
    if proof is None:
        return render(request, "accounts/link_use.html", {"good": False, "then": ""}, status=GONE)
    user, _ = links.account_at(proof.address)
    tie_pending(request, user)
    return links.sign_in_by_link(request, user, then=_then(request) or None)


@needs(Action.SIGN_IN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Join an organisation."""
    found = members.invitation_of(token)
    if found is None:
        return render(request, "accounts/invitation.html", {"invitation": None}, status=GONE)
    user = request.user if isinstance(request.user, User) else None
    theirs = user is None or user.username == found.index
    if request.method != "POST" or not theirs:
        values = {"invitation": found, "theirs": theirs}
        return render(request, "accounts/invitation.html", values, status=200 if theirs else 403)
    joined = members.accept(token, user)
    if joined is None:
        return render(request, "accounts/invitation.html", {"invitation": None}, status=GONE)
    member, membership = joined
    messages.success(request, str(say_later("accounts.message.joined")))
    response = redirect("account") if user else links.sign_in_by_link(request, member)
    request.session[ACTIVE_MEMBERSHIP] = membership.pk
    return response


@needs(Action.SIGN_OUT)
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session, at the press of a button."""
    if request.method != "POST":
        return render(request, "accounts/sign_out.html")
    logout(request)
    return redirect("front")


@needs(Action.SIGN_OUT)
@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End every session of this account."""
    me(request).sessions.all().delete()
    logout(request)
    return redirect("front")


@needs(Action.SIGN_IN)
@require_http_methods(["GET", "HEAD"])
def inactive(request: HttpRequest) -> HttpResponse:
    """An account that was closed."""
    return render(request, "accounts/inactive.html")


def _then(request: HttpRequest) -> str:
    """Where to go afterwards, if it is a page of this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else ""


def _too_often(request: HttpRequest, key: str) -> HttpResponse | None:
    response: HttpResponse | None = ratelimit.consume_or_429(request, app="allauth.account", action="ask_link", key=key)
    return response
