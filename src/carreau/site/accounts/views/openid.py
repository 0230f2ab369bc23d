"""To an OpenID Connect provider and back."""

from collections.abc import Callable
from typing import Any

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from carreau.site.accounts.openid import Conversation
from carreau.site.accounts.rights import Action, needs


@needs(Action.SIGN_IN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """A button first, then to the provider: nobody is signed in by an address that somebody else made them open."""
    return _with(OAuth2LoginView.adapter_view, request, provider_id)


@needs(Action.SIGN_IN)
@never_cache
@require_http_methods(["GET"])
def finish(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the provider."""
    return _with(OAuth2CallbackView.adapter_view, request, provider_id)


def _with(view: Callable[[Conversation], Any], request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        response: HttpResponse = view(Conversation(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    return response
