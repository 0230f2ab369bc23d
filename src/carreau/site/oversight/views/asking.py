"""What every page of those entitled asks first: who, and for which organisation."""

from django.http import Http404, HttpRequest

from carreau.site.accounts.actor import Actor
from carreau.site.accounts.models import Organisation


def actor_of(request: HttpRequest) -> Actor:
    """Who asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def ours(request: HttpRequest) -> Organisation:
    """Where they act. Raises Http404 for somebody who acts nowhere."""
    organisation = actor_of(request).organisation
    if organisation is None:
        raise Http404
    return organisation
