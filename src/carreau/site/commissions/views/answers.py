"""After the session: what is done with one candidate, and the letter that goes to the household."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from carreau.rules.commission.procedure import Refused
from carreau.rules.parameters import load
from carreau.site.accounts.actor import Actor
from carreau.site.accounts.rights import Action, needs
from carreau.site.audit.events import record
from carreau.site.commissions import offers
from carreau.site.commissions.leases import sign
from carreau.site.commissions.models import Candidacy
from carreau.site.commissions.views.asking import actor_of, asked, asked_on_its_day, back, own_candidacy, said
from carreau.site.commissions.wording import acts, home_of, reason_name, refusals
from carreau.site.homes.views import today

LETTERS = {
    "attributed": "offer", "ranked": "rank", "conditional": "condition", "offered": "offer", "declined": "declined",
    "ineligible": "ineligible",
}  # fmt: skip
"""The letter that a state calls for."""


@needs(Action.FOLLOW_OFFERS)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer, receive, accept, refuse, …: what the procedure allows now."""
    one = own_candidacy(request, pk)
    try:
        _do(request, one)
    except Refused as refused:
        said(request, refused)
    return back(request, "commission_home", one.item_id, anchor=f"candidate-{one.pk}")


@needs(Action.SIGN_LEASE)
@require_POST
def lease(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign the lease of who accepted."""
    one = own_candidacy(request, pk)
    try:
        sign(one, asked_on_its_day(request))
    except Refused as refused:
        said(request, refused)
    return back(request, "commission_home", one.item_id, anchor=f"candidate-{one.pk}")


@needs(Action.FOLLOW_OFFERS)
@require_http_methods(["GET", "HEAD"])
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter to the household, to print."""
    one = own_candidacy(request, pk)
    record("seen", one, letter=True)
    context = {
        "one": one,
        "kind": _kind(one, actor_of(request)),
        "written_on": one.offered_on or today(),
        "advert": home_of(one.item),
        "reason": reason_name(one.reason),
        "days": load("commission")["answer_days"].on(one.item.commission.held_on),
        "note": one.note or "",
        "refusals": [reason for reason in refusals(today()) if reason.code != "unknown"],
    }
    return render(request, "commissions/letter.html", context)


def _kind(one: Candidacy, actor: Actor) -> str:
    """The letter to write: whoever comes next is offered the home, and told no rank."""
    others = list(one.item.candidacies.all())
    return "offer" if "offer" in acts(one, others, actor, today()) else LETTERS.get(one.state, "none")


def _do(request: HttpRequest, one: Candidacy) -> None:
    name, reason = request.POST.get("act", ""), request.POST.get("reason", "")
    answers: dict[str, Callable[[], Candidacy]] = {
        "offer": lambda: offers.offer(one, request.POST.get("way", ""), asked_on_its_day(request)),
        "receive": lambda: offers.receive(one, asked_on_its_day(request)),
        "accept": lambda: offers.accept(one, asked_on_its_day(request)),
        "refuse": lambda: offers.refuse(one, reason, asked_on_its_day(request)),
        "renounce": lambda: offers.refuse(one, reason, asked_on_its_day(request)),
    }
    answers.get(name, lambda: offers.simply(one, name, asked(request)))()
