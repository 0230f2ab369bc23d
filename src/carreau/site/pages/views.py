"""The front page and the health of the site."""

from django.db import connections
from django.db.utils import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from carreau.site.accounts.rights import Action, needs


@needs(Action.READ_PUBLIC_PAGES)
def front(request: HttpRequest) -> HttpResponse:
    """The front page."""
    return render(request, "pages/front.html")


@needs(Action.READ_PUBLIC_PAGES)
def health(_request: HttpRequest) -> HttpResponse:
    """Whether the site can serve: 200 and the databases that answer, or 503."""
    answers = {alias: _answers(alias) for alias in connections}
    return JsonResponse(answers, status=200 if all(answers.values()) else 503)


def _answers(alias: str) -> bool:
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
