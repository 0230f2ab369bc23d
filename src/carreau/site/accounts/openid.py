"""How OpenID Connect providers are spoken to (which ones: `config.providers`).

Nothing that a provider says about somebody is kept but the identifier that it gives them (`sub`). An unknown `sub` is
tied to an account once its holder proves the address by our own link, or at once when the installation trusts the
provider's addresses (ProConnect vouches for them, FranceConnect does not).
"""

import hashlib
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialAccount, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest
from django.shortcuts import redirect

from carreau.site.accounts.links import account_at
from carreau.site.accounts.models import User

PENDING = "pending_provider"


class NonceClient(OAuth2Client):  # type: ignore[misc]
    """Sends a nonce that follows from the state: no other session's token carries it."""

    def get_redirect_url(self, authorization_url: str, scope: list[str], extra_params: dict[str, str]) -> str:
        """Where to send the browser."""
        assert self.state is not None
        url: str = super().get_redirect_url(authorization_url, scope, {**extra_params, "nonce": nonce_of(self.state)})
        return url


class Conversation(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """OpenID Connect with what the State's providers ask for: a nonce, and claims that come signed."""

    client_class = NonceClient

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:  # noqa: ARG002 - allauth's signature
        """Where the provider sends the browser back to."""
        return request.build_absolute_uri(self.get_provider().get_callback_url())

    def complete_login(self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Who it is. Raises OAuth2Error when the answer was meant for another session or speaks of two people."""
        answer = kwargs["response"].get("id_token")
        if not answer:
            raise OAuth2Error("no id_token")
        claims = self._decode_id_token(app, answer)
        if claims.get("nonce") != nonce_of(request.GET.get("state", "")):
            raise OAuth2Error("the nonce is another one")
        told = self._fetch_user_info(token.token)
        if told.get("sub") != claims.get("sub"):
            raise OAuth2Error("userinfo is about somebody else")
        return self.get_provider().sociallogin_from_response(request, {"userinfo": told, "id_token": claims})

    def _fetch_user_info(self, access_token: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {access_token}"}
        with ProviderAdapter().get_requests_session() as session:
            response = session.get(self.profile_url, headers=headers)
            response.raise_for_status()
        if "jwt" not in response.headers.get("Content-Type", ""):
            return response.json()
        return jwtkit.verify_and_decode(
            credential=response.text,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=self.get_provider().app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )


class Provider(OpenIDConnectProvider):  # type: ignore[misc]
    """A provider of which only the identifier is kept."""

    oauth2_adapter_class = Conversation
    pkce_enabled_default = True

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:  # noqa: ARG002
        """What the installation set; nothing that an address could add."""
        return self.get_auth_params()

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:  # noqa: ARG002 - allauth's signature
        """What the installation set."""
        return self.get_scope()

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - allauth's signature
        """Nothing."""
        return {}


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Ties providers to accounts."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Provider:
        """A configured provider by name. Raises SocialApp.DoesNotExist."""
        return Provider(request, app=self.get_app(request, provider=provider, client_id=client_id))

    def list_providers(self, request: HttpRequest) -> list[Provider]:
        """Those that the installation configured."""
        return [Provider(request, app=app) for app in self.list_apps(request)]

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:  # noqa: ARG002
        """From the settings alone: a provider is not a record that somebody could add."""
        from allauth.socialaccount.adapter import _build_apps_from_settings

        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: Any) -> User:  # noqa: ARG002
        """Leave the account alone: it is found or made once the address is proven."""
        user: User = sociallogin.user
        return user

    def send_notification_mail(self, *_args: Any, **_kwargs: Any) -> None:
        """Sent by the account's own adapter when it matters."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Tie an unknown identifier to an account, or ask for the address to be proven first."""
        if sociallogin.is_existing or request.user.is_authenticated:
            return
        account, settings = sociallogin.account, self.get_app(request, sociallogin.account.provider).settings
        addresses = sociallogin.email_addresses
        if not (settings["trusts_address"] and addresses):
            request.session[PENDING] = [account.provider, account.uid]
            raise ImmediateHttpResponse(redirect("link"))
        user, _ = account_at(addresses[0].email)
        account.user = sociallogin.user = user
        account.save()


def tie_pending(request: HttpRequest, user: User) -> None:
    """Tie the provider's identifier that waits in this session to an account whose address was just proven."""
    waiting = request.session.pop(PENDING, None)
    if waiting is not None:
        provider, uid = waiting
        SocialAccount.objects.get_or_create(provider=provider, uid=uid, defaults={"user": user})


def nonce_of(state: str) -> str:
    """The nonce of a state; the state is random and lives in one session."""
    return hashlib.sha256(f"carreau nonce {state}".encode()).hexdigest()
