"""Holds the keys that a request asks for until it is answered."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from carreau.site.keyring.keys import holding


class HoldKeysMiddleware:
    """A page that shows twenty values of the same people asks for each key once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        with holding():
            return self.get_response(request)
