"""Whether somebody proved who they are twice in this session, and where to do so."""

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from carreau.site.accounts.models import User


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session was opened with a code or a passkey, or by a provider trusted to have asked for one."""
    return any(
        record["method"] == "mfa"
        or (record["method"] == "socialaccount" and record.get("provider") in settings.OPENID_SECOND_FACTOR)
        for record in get_authentication_records(request, _user(request))
    )


def redirect_to_second_factor(request: HttpRequest) -> HttpResponse:
    """To the proof, for somebody who has one to give, else to where one is set up."""
    types = set(Authenticator.objects.filter(user=_user(request)).values_list("type", flat=True))
    if not types:
        return redirect("mfa_index")
    by_code = Authenticator.Type.TOTP in types
    place = reverse("mfa_reauthenticate" if by_code else "mfa_reauthenticate_webauthn")
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/", place)


def _user(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)
    return user
