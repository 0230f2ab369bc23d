"""One home of an agenda: candidates side by side, what a choice does, the decision and its votes."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_http_methods, require_POST

from carreau.rules.commission.procedure import Refused, procedures
from carreau.rules.commission.voting import CHOICES, VOTING
from carreau.site.accounts.rights import Action, needs
from carreau.site.audit.events import record
from carreau.site.commissions import counting, deciding, reading
from carreau.site.commissions.models import Candidacy, Item, Lease, Seat
from carreau.site.commissions.models.agenda import EXCEPTIONS
from carreau.site.commissions.occupancy import Change, change
from carreau.site.commissions.offers import DATED
from carreau.site.commissions.populations import opened_rows, populations
from carreau.site.commissions.views.asking import actor_of, asked, back, own_item, said
from carreau.site.commissions.wording import home_of, quota_name, reasons_by_outcome, refusals, shown, state, why_not
from carreau.site.homes.views import today
from carreau.site.keyring.fields import open_many


@dataclass(frozen=True)
class Filled:
    """A candidate with what the form says of them."""

    shown: Any
    outcome: str
    reason: str
    rank: str
    note: str


@needs(Action.SEE_COMMISSIONS)
@require_http_methods(["GET", "HEAD"])
def home(request: HttpRequest, pk: int) -> HttpResponse:
    """The home, its candidates, and the meters with the candidate that `chosen` names. Looking is recorded."""
    return _page(request, own_item(request, pk))


@needs(Action.HOLD_COMMISSION)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide, or say why not with the form as it was filled in."""
    item = own_item(request, pk)
    seats = _seats(item)
    try:
        told = reading.proposals(request.POST, list(item.candidacies.all()))
        ballots = reading.ballots(request.POST, seats)
        deciding.decide(item.pk, told, ballots, asked(request), request.POST.get("exception", ""))
    except Refused as refused:
        return _page(request, own_item(request, pk), refused=refused, status=409)
    return back(request, "commission_home", pk)


@needs(Action.HOLD_COMMISSION)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a home off, or send a decided one back to another session."""
    item = own_item(request, pk)
    acts = {"postpone": deciding.put_off, "send_back": deciding.send_back}
    try:
        wanted = acts.get(request.POST.get("act", ""))
        if wanted is None:
            raise Refused("not_now")
        wanted(item.pk, asked(request))
    except Refused as refused:
        said(request, refused)
    return back(request, "commission_home", pk)


def _page(request: HttpRequest, item: Item, refused: Refused | None = None, status: int = 200) -> HttpResponse:
    actor, seats = actor_of(request), _seats(item)
    posted = request.POST if refused else MultiValueDict()
    candidates = shown(item, actor)
    record("seen", item, candidates=len(candidates))
    kept = reading.kept(posted, [one.record for one in candidates], seats)
    filled = [
        Filled(one, *(kept[name][one.record.pk] for name in ("outcome", "reason", "rank", "note")))
        for one in candidates
    ]
    holding = actor.may(Action.HOLD_COMMISSION)
    possible = [one.name for one in procedures()["item"].possible(item.state) if actor.may(Action(one.right))]
    context = {
        "item": item,
        "commission": item.commission,
        "advert": home_of(item),
        "state": state("item", item.state),
        "candidates": filled,
        "refused": why_not(refused) if refused else "",
        "deciding": holding and item.state == "listed" and item.commission.state == "open",
        "acts": [one for one in possible if one in ("postpone", "send_back") and item.commission.state != "prepared"],
        "outcomes": reasons_by_outcome(today()),
        "refusals": refusals(today()),
        "ways": Candidacy.Way.values,
        "dated": DATED,
        "voting": [(seat, kept["vote"][seat.pk]) for seat in seats],
        "choices": CHOICES,
        "few": deciding.too_few(deciding.examined(one.record for one in candidates), item.commission.held_on),
        "exceptions": EXCEPTIONS,
        "exception": posted.get("exception", ""),
        "today": today(),
        "next": _next(item),
        **_effect(request, item, candidates),
    }
    return render(request, "commissions/home.html", context, status=status)


def _next(item: Item) -> tuple[Item, dict[str, Any]] | None:
    """The home to decide after this one in the order of the agenda, the first of those left at its end."""
    left = Item.objects.filter(commission=item.commission_id, state="listed").exclude(pk=item.pk)
    rows = left.select_related("vacancy__home__landlord").order_by("position")
    found = rows.filter(position__gt=item.position).first() or rows.first()
    return (found, home_of(found)) if found else None


def _effect(request: HttpRequest, item: Item, candidates: list[Any]) -> dict[str, Any]:
    """The quotas and the residence's mix, with the candidate chosen on the page or the first still in the running."""
    wanted = request.GET.get("chosen", "")
    chosen = next((one.record for one in candidates if str(one.record.pk) == wanted), None)
    home, day = item.vacancy.home, today()
    told = populations([chosen.application], home, day, item.result)[chosen.application_id] if chosen else None
    leases = Lease.objects.of(item.commission.organisation).filter(signed_on__year=day.year)
    if Lease.objects.filter(vacancy=item.vacancy).exists():
        told = None
    moved = counting.moved(counting.frame(leases), counting.quotas(item.result), day, item.vacancy, told)
    rows = opened_rows([chosen.application]) if chosen else None
    mix: list[Change] = change(home, rows if rows is not None and rows.height else None)
    return {"chosen": chosen, "meters": [(one, quota_name(one.name)) for one in moved], "mix": mix, "year": day.year}


def _seats(item: Item) -> list[Seat]:
    """The seats that vote on this home and are there."""
    commune = item.vacancy.home.commune
    seats = open_many(item.commission.seats.exclude(presence="absent").filter(kind__in=VOTING))
    return [seat for seat in seats if seat.kind != "mayor" or seat.commune == commune]
