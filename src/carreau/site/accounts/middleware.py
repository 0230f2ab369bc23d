"""Who asks, and whether they may: worked out once for each request, before its view runs."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

from carreau.site.accounts.actor import Actor, actor_of
from carreau.site.accounts.rights import Role, may, needs_second_factor
from carreau.site.accounts.second_factor import has_second_factor, redirect_to_second_factor
from carreau.site.audit.acting import acting

Next = Callable[[HttpRequest], HttpResponse]


class ActorMiddleware:
    """Gives `request.actor` (see `actor.Actor`) and names it in the audit of whatever the request changes."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request in the name of its actor."""
        request.actor = actor_of(request)  # type: ignore[attr-defined]
        if saw := getattr(request.session, "saw", None):
            saw()
        with acting(request.actor):  # type: ignore[attr-defined]
            return self.get_response(request)


class RightsMiddleware(MiddlewareMixin):
    """Refuses what the table of rights does not allow; shows where to sign in, or to prove a second factor."""

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """Look the view's action up in the table."""
        action = getattr(view, "action", None)
        if action is None:
            raise PermissionDenied(f"{view.__module__}.{view.__name__} names no action")
        actor: Actor = request.actor  # type: ignore[attr-defined]
        if not may(actor.role, action):
            if actor.role is Role.VISITOR:
                return redirect_to_login(_where(request))
            raise PermissionDenied
        if settings.SECOND_FACTOR_DEMANDED and needs_second_factor(actor.role, action):
            return None if has_second_factor(request) else redirect_to_second_factor(request)
        return None


def _where(request: HttpRequest) -> str:
    """Where to come back to after signing in: a page, not a form that was sent."""
    return request.get_full_path() if request.method in ("GET", "HEAD") else request.path
