"""Sign in, sign up and change address by a link sent to the address: the three are one proof."""

from dataclasses import dataclass
from urllib.parse import urlencode

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from carreau.site.accounts import mail
from carreau.site.accounts.models import Link, Purpose, User
from carreau.site.accounts.periods import LINK
from carreau.site.accounts.tokens import digest, new_token, open_with, seal_under


@dataclass(frozen=True)
class Proof:
    """Somebody reads `address`; `user` is who asked to move there."""

    address: str
    user: User | None


def ask_link(request: HttpRequest, address: str, *, then: str = "") -> None:
    """Send a link that signs in, or makes the account: the same work and the same letter whether there is one."""
    token = _new(Purpose.SIGN_IN, address, None)
    place = reverse("link_use", args=[token]) + (f"?{urlencode({'next': then})}" if then else "")
    mail.send("link", address, link=request.build_absolute_uri(place), minutes=_minutes())


def ask_new_address(request: HttpRequest, user: User, address: str) -> None:
    """Send a link that moves the account to this address."""
    token = _new(Purpose.ADDRESS, address, user)
    place = request.build_absolute_uri(reverse("account_address_use", args=[token]))
    mail.send("address", address, link=place, minutes=_minutes())


def is_good(purpose: Purpose, token: str) -> bool:
    """Whether the link can still be used."""
    return _open(purpose, token).exists()


def redeem(purpose: Purpose, token: str) -> Proof | None:
    """What the link proves, once: None for one that is unknown, too old or used."""
    if _open(purpose, token).update(used=timezone.now()) != 1:
        return None
    link = Link.objects.select_related("user").get(digest=digest(token))
    return Proof(open_with(token, bytes(link.sealed)), link.user)


@transaction.atomic
def account_at(address: str) -> tuple[User, bool]:
    """The account of a proven address, and whether it was made now."""
    found = User.objects.with_email(address)
    return (found, False) if found else (User.objects.create_user(address), True)


def sign_in_by_link(request: HttpRequest, user: User, *, then: str | None = None) -> HttpResponse:
    """Sign in who has just proven their address; whoever has a second factor is asked for it next."""
    if request.user.is_authenticated and request.user != user:
        logout(request)
    record_authentication(request, user, "link", reauthenticated=True)
    response: HttpResponse = perform_login(request, Login(user=user, redirect_url=then))
    return response


def _new(purpose: Purpose, address: str, user: User | None) -> str:
    now = timezone.now()
    Link.objects.filter(expires__lt=now).delete()
    token = new_token()
    Link.objects.create(
        purpose=purpose, digest=digest(token), sealed=seal_under(token, address), user=user, expires=now + LINK
    )
    return token


def _open(purpose: Purpose, token: str):  # type: ignore[no-untyped-def]  # a query set
    return Link.objects.filter(purpose=purpose, digest=digest(token), used__isnull=True, expires__gt=timezone.now())


def _minutes() -> int:
    return int(LINK.total_seconds() // 60)
