"""Who asks, and whether they may: worked out once for each request, before its view runs."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

from carreau.site.accounts.actor import actor_of
from carreau.site.accounts.rights import Role, may
from carreau.site.audit.acting import acting

Next = Callable[[HttpRequest], HttpResponse]


class ActorMiddleware:
    """Gives `request.actor` (see `actor.Actor`) and names it in the audit of whatever the request changes."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request in the name of its actor."""
        request.actor = actor_of(request)  # type: ignore[attr-defined]
        with acting(request.actor):  # type: ignore[attr-defined]
            return self.get_response(request)


class RightsMiddleware(MiddlewareMixin):
    """Refuses what the table of rights does not allow; a visitor is shown where to sign in."""

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """Look the view's action up in the table."""
        action = getattr(view, "action", None)
        if action is None:
            raise PermissionDenied(f"{view.__module__}.{view.__name__} names no action")
        role: Role = request.actor.role  # type: ignore[attr-defined]
        if may(role, action):
            return None
        if role is Role.VISITOR:
            return redirect_to_login(request.get_full_path())
        raise PermissionDenied
