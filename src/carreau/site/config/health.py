"""Whether the site can serve, for whoever watches it: truths without details."""

from django.db import connections
from django.db.utils import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse

from carreau.site.accounts.rights import Action, needs
from carreau.site.config.migrating import lacks_migrations
from carreau.site.jobs.keeping import workers_alive

_UP_TO_DATE: set[str] = set()


@needs(Action.READ_PUBLIC_PAGES)
def health(_request: HttpRequest) -> HttpResponse:
    """200 when both databases answer and are up to date, else 503; `worker` says whether long work is being done.

    A site without a worker still serves: it answers 200.
    """
    answers = {alias: _answers(alias) for alias in connections}
    serves = all(answers.values()) and _up_to_date()
    found = answers | {"migrations": serves, "worker": serves and workers_alive() > 0}
    return JsonResponse(found, status=200 if serves else 503, headers={"Cache-Control": "no-store"})


def _answers(alias: str) -> bool:
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _up_to_date() -> bool:
    """Whether no migration is missing; once it is so it stays so for this process, whose code does not change."""
    for alias in set(connections) - _UP_TO_DATE:
        if lacks_migrations(alias):
            return False
        _UP_TO_DATE.add(alias)
    return True
