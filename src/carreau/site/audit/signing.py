"""Signing in and out, and trying to, as events of the log."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import models
from django.dispatch import receiver

from carreau.site.audit.events import record


@receiver(user_logged_in)
def signed_in(user: models.Model, **_signal: Any) -> None:
    """Somebody signed in."""
    record("signed_in", user)


@receiver(user_logged_out)
def signed_out(user: models.Model | None, **_signal: Any) -> None:
    """Somebody signed out."""
    if user is not None:
        record("signed_out", user)


@receiver(user_login_failed)
def refused(**_signal: Any) -> None:
    """Somebody was refused. Under which name they tried is not kept: it may be anything typed by mistake."""
    record("sign_in_refused", None)
