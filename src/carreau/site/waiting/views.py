"""How long one waits, for everybody; and for a territory or the State, publishing it."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from carreau.allocation.standing import CITY_OF_ARRONDISSEMENT
from carreau.site.accounts.actor import Actor
from carreau.site.accounts.models import Organisation
from carreau.site.accounts.rights import Action, needs
from carreau.site.bridge.models import Register
from carreau.site.homes.search import Search
from carreau.site.jobs.work import start
from carreau.site.waiting.drawing import marks, places, scale
from carreau.site.waiting.models import WaitingTable
from carreau.site.waiting.publishing import published

PUBLISHERS = ("territory", "state")


@needs(Action.READ_PUBLIC_PAGES)
def waiting(request: HttpRequest) -> HttpResponse:
    """Waits by place, size and priority, of one commune or all, and how far such waits held before."""
    search = Search(request.GET)
    asked = search.cleaned_data if search.is_valid() else {}
    shown = [_shown(one, asked.get("commune") or "", asked.get("rooms")) for one in published()]
    actor: Actor = request.actor  # type: ignore[attr-defined]
    context = {
        "search": search,
        "tables": [one for one in shown if one["places"]],
        "nowhere": bool(shown) and not any(one["places"] for one in shown),
        "sizes": range(1, 7),
        "registers": Register.objects.of(organisation) if (organisation := _publisher(actor)) else [],
    }
    return render(request, "waiting/waiting.html", context)


@require_POST
@needs(Action.START_JOB)
def publish_waiting(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the table of a register and publish it; for a territory or the State, since it is about every landlord."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    organisation = request.actor.organisation  # type: ignore[attr-defined]
    register = get_object_or_404(Register.objects.of(organisation), pk=pk)
    if _publisher(actor) is None:
        raise PermissionDenied
    return redirect("job", start("waiting_times", actor, register=register.pk).pk)


def _publisher(actor: Actor) -> Organisation | None:
    """The territory or State in whose name somebody may publish."""
    organisation = actor.organisation if actor.may(Action.START_JOB) else None
    return organisation if organisation is not None and organisation.kind in PUBLISHERS else None


def _shown(table: WaitingTable, commune: str, rooms: int | None) -> dict[str, Any]:
    """What the page shows of a table: the places that have the commune, the sizes asked for, on one scale."""
    code = CITY_OF_ARRONDISSEMENT.get(commune, commune)
    rows = [
        row
        for row in table.rows
        if (not code or code in row["communes"])
        and (not rooms or row["rooms_from"] <= rooms <= row["rooms_to"] or (rooms == 6 and row["rooms_from"] > rooms))
    ]
    years, tested = scale(table.rows), table.facts["backtest"]
    return {
        "table": table,
        "facts": table.facts,
        "since": date.fromisoformat(table.facts["from"]),
        "tested_on": date.fromisoformat(tested["day"]) if tested else None,
        "places": places(rows, years),
        "marks": [(year, round(100 * year / years, 1)) for year in marks(years)],
    }
