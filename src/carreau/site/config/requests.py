"""What surrounds every request: a line in the log without what it carries, headers, a page when it cannot be served."""

import logging
import sys
import time
import uuid
from collections.abc import Callable

from django.db.utils import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import server_error

from carreau.site.accounts.rights import Action, needs

Next = Callable[[HttpRequest], HttpResponse]
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
AGAIN_AFTER = 10  # seconds
POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer",
                    "microphone", "midi", "payment", "usb", "browsing-topics")
)  # fmt: skip
log = logging.getLogger("carreau.requests")


class RequestLine:
    """Logs method, route by name, status, milliseconds and an id of our own making, which the answer carries too.

    Never the address, which may hold a token, nor the query, the body or who asks from where.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then log."""
        began, name = time.perf_counter(), uuid.uuid4().hex[:16]
        response = self.get_response(request)
        match = request.resolver_match
        response["X-Request-ID"] = name
        fields = {
            "request": name,
            "method": request.method if request.method in METHODS else "other",
            "route": (match.view_name if match else None) or "-",
            "status": response.status_code,
            "ms": round(1000 * (time.perf_counter() - began)),
        }
        log.info("request", extra=fields)
        return response


class Headers:
    """Adds what Django does not: no device for any page, no reading from elsewhere, nothing personal in a cache."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the headers."""
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        actor = getattr(request, "actor", None)
        if actor is None or actor.user is not None:
            response.setdefault("Cache-Control", "private, no-store")
        return response


@needs(Action.READ_PUBLIC_PAGES)
def refused(_request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Django's handler of a request that makes no sense, which the page must then ask nothing of: its host neither."""
    return render(None, "400.html", status=400)


@needs(Action.READ_PUBLIC_PAGES)
def failed(request: HttpRequest) -> HttpResponse:
    """Django's handler of an exception that nobody caught: 503 when the database is gone or locked, else 500."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = render(None, "jobs/unavailable.html", status=503)
        response["Retry-After"] = str(AGAIN_AFTER)
        return response
    return server_error(request)
