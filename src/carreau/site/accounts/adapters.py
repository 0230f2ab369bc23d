"""How django-allauth is bent to accounts whose addresses are sealed."""

from typing import Any, ClassVar

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from qrcode.image.svg import SvgPathFillImage

from carreau.site.accounts import mail
from carreau.site.accounts.models import User
from carreau.site.accounts.sealing import seal, unseal
from carreau.site.accounts.words import say_later

SECRET_USE = "second factor"  # noqa: S105 - what a secret is sealed for
WAYS = {
    "reauthenticate": "accounts.again.by_password",
    "mfa_reauthenticate": "accounts.again.by_code",
    "mfa_reauthenticate:webauthn": "accounts.again.by_passkey",
}
SAID_ALREADY = ("logged_in", "logged_out")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """No open sign-up; words, letters and messages of our own catalogue."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": say_later("accounts.error.mismatch"),
        "too_many_login_attempts": say_later("accounts.error.too_many"),
        "incorrect_password": say_later("accounts.error.password"),
        "rate_limited": say_later("accounts.error.too_many"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        """Accounts are made by a link, an invitation or a provider only."""
        return False

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, Any]]:
        """Those that this person has, named in our words."""
        found: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [{**one, "description": say_later(WAYS[one["id"]])} for one in found]

    def get_login_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002 - allauth's signature
        """One's account."""
        return reverse("account")

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,  # noqa: ARG002 - allauth's signature
        email: str | None = None,
    ) -> None:
        """Tell the owner of an account what changed in it."""
        assert isinstance(user, User)
        mail.send(template_prefix.rpartition("/")[2], email or user.email)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,  # noqa: ARG002 - allauth's signature
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say what happened, in our words."""
        name = (message_template or "").rpartition("/")[2].removesuffix(".txt")
        if name and name not in SAID_ALREADY:
            message = str(say_later(f"accounts.message.{name}"))
        if message:
            messages.add_message(request, level, message, extra_tags=extra_tags)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets sealed at rest; keys named by number, so that nobody's name is written into one."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": say_later("accounts.error.code"),
    }

    def build_totp_svg(self, url: str) -> str:
        """The code on white, whatever the colours of the page."""
        drawn: str = qrcode.make(url, image_factory=SvgPathFillImage).to_string(encoding="unicode")
        return drawn

    def encrypt(self, text: str) -> str:
        """Seal a secret."""
        return seal(text.encode(), SECRET_USE).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open it."""
        return unseal(encrypted_text.encode(), SECRET_USE).decode()

    def get_totp_issuer(self) -> str:
        """The name that the application on the telephone shows."""
        return "Carreau"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The name that the passkey shows, and the host that it is good for."""
        return {**super().get_public_key_credential_rp_entity(), "name": "Carreau"}

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002
        """A number."""
        return str(Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1)

    def _get_user_identifier(self, user: AbstractBaseUser) -> str:
        assert isinstance(user, User)
        return user.email or user.called


def display_name(user: AbstractBaseUser) -> str:
    """What allauth calls somebody."""
    assert isinstance(user, User)
    return user.called
