"""What every page of the commission asks first: who, for which landlord, on which day."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from carreau.rules.commission.procedure import Refused
from carreau.site.accounts.actor import Actor
from carreau.site.accounts.models import Organisation
from carreau.site.commissions.holding import Asked
from carreau.site.commissions.models import Candidacy, Commission, Item
from carreau.site.commissions.wording import why_not
from carreau.site.homes.views import today


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


def asked(request: HttpRequest) -> Asked:
    """The act that is asked for, on the day on which it is: whatever the form says."""
    return Asked(actor_of(request), today())


def asked_on_its_day(request: HttpRequest) -> Asked:
    """The act that is asked for: on the day that the form gives, today without one."""
    return Asked(actor_of(request), day_in(request) or today())


def day_in(request: HttpRequest) -> date | None:
    """The day of the form. Raises Refused for text that is no day."""
    given = request.POST.get("day", "")
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise Refused("day_unknown") from None


def own_commission(request: HttpRequest, pk: int) -> Commission:
    """A session of the landlord."""
    found: Commission = get_object_or_404(Commission.objects.of(ours(request)), pk=pk)
    return found


def own_item(request: HttpRequest, pk: int) -> Item:
    """A home on an agenda of the landlord."""
    rows = Item.objects.of(ours(request)).select_related(
        "commission", "vacancy__home__landlord", "vacancy__home__register", "result__snapshot"
    )
    found: Item = get_object_or_404(rows, pk=pk)
    return found


def own_candidacy(request: HttpRequest, pk: int) -> Candidacy:
    """A candidate for such a home."""
    rows = Candidacy.objects.of(ours(request)).select_related(
        "application", "item__commission__organisation", "item__vacancy__home__landlord", "item__result"
    )
    found: Candidacy = get_object_or_404(rows, pk=pk)
    return found


def said(request: HttpRequest, refused: Refused) -> None:
    """Say on the next page why something was not done."""
    messages.error(request, why_not(refused))


def back(request: HttpRequest, name: str, *args: Any, anchor: str = "main") -> HttpResponse:
    """Go to a page, at a place of it: the keyboard goes on from there, past the menus.

    When something was refused, at its beginning, where the reason is read.
    """
    answer = redirect(name, *args)
    answer["Location"] += "#main" if getattr(messages.get_messages(request), "added_new", False) else f"#{anchor}"
    return answer
