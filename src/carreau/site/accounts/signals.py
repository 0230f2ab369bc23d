"""What follows from signing in and from setting up a second factor."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from carreau.site.accounts.devices import device_of
from carreau.site.accounts.models import User

DEVICE = "device"


@receiver(user_logged_in)
def remember_device(request: HttpRequest | None = None, **_kwargs: Any) -> None:
    """Write into the session on what kind of device it was opened."""
    if request is not None:
        request.session[DEVICE] = device_of(request.headers.get("User-Agent", ""))


@receiver(authenticator_added)
def count_as_proof(request: HttpRequest, user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    """Whoever has just set up a second factor has just shown it."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
