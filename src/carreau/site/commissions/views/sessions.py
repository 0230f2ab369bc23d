"""Sessions: the list, a new one, its members and agenda, open and close, the minutes."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from carreau.rules.commission.procedure import Refused, procedures
from carreau.rules.commission.voting import PRESENCES, SEATS, THERE, VOTING, has_quorum
from carreau.site.accounts.rights import Action, needs
from carreau.site.applications.models import Candidate
from carreau.site.audit.events import record
from carreau.site.commissions import agenda
from carreau.site.commissions.forms import SeatForm, SessionForm
from carreau.site.commissions.models import Candidacy, Commission, Item, Seat, Vote
from carreau.site.commissions.models.agenda import LIVE
from carreau.site.commissions.views.asking import actor_of, asked, back, ours, own_commission, said
from carreau.site.commissions.wording import home_of, outcomes, shown, state, why_not
from carreau.site.homes.models import Vacancy
from carreau.site.homes.views import advert, today
from carreau.site.keyring.fields import open_many

A_PAGE = 30
TO_LIST = 50


@needs(Action.SEE_COMMISSIONS)
@require_http_methods(["GET", "HEAD"])
def commissions(request: HttpRequest) -> HttpResponse:
    """The landlord's sessions, and the answers that it waits for. Looking is recorded, as on every page here."""
    found = Commission.objects.of(ours(request)).annotate(homes=Count("items")).order_by("-held_on", "-pk")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    waiting = Candidacy.objects.of(ours(request)).filter(state__in=("offered", "accepted"))
    rows = list(waiting.select_related("item__vacancy__home__landlord").order_by("answer_by", "pk"))
    record("seen", Commission, waiting=len(rows))
    context = {
        "page": page,
        "sessions": [(one, state("session", one.state)) for one in page],
        "waiting": [(one, state("candidacy", one.state), home_of(one.item)) for one in rows],
        "today": today(),
    }
    return render(request, "commissions/commissions.html", context)


@needs(Action.PREPARE_COMMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def prepare(request: HttpRequest) -> HttpResponse:
    """A new session."""
    form = SessionForm(request.POST) if request.method == "POST" else SessionForm()
    if request.method == "POST" and form.is_valid():
        made = Commission.objects.create(organisation=ours(request), **form.cleaned_data)
        return back(request, "commission", made.pk)
    return render(request, "commissions/prepare.html", {"form": form}, status=400 if form.is_bound else 200)


@needs(Action.SEE_COMMISSIONS)
@require_http_methods(["GET", "HEAD"])
def commission(request: HttpRequest, pk: int) -> HttpResponse:
    """A session: its agenda, who sits in it, what can be done now."""
    return _page(request, own_commission(request, pk), SeatForm())


@needs(Action.PREPARE_COMMISSION)
@require_POST
def list_homes(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the homes that are ticked on the agenda."""
    found = own_commission(request, pk)
    for vacancy_id in request.POST.getlist("vacancy")[:TO_LIST]:
        try:
            agenda.list_home(found, vacancy_id, asked(request))
        except Refused as refused:
            said(request, refused)
    return back(request, "commission", pk, anchor="agenda")


@needs(Action.PREPARE_COMMISSION)
@require_POST
def give_seat(request: HttpRequest, pk: int) -> HttpResponse:
    """Give somebody a seat."""
    found, form = own_commission(request, pk), SeatForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=400)
    try:
        agenda.seat(found, **form.cleaned_data)
    except Refused as refused:
        if (found := own_commission(request, pk)).state in agenda.UNFINISHED:
            form.add_error(None, why_not(refused))
            return _page(request, found, form, status=409)
        said(request, refused)
    return back(request, "commission", pk, anchor="members")


@needs(Action.PREPARE_COMMISSION)
@require_POST
def note_presences(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down who is there, and how."""
    found = own_commission(request, pk)
    for seat in found.seats.all():
        presence = request.POST.get(f"presence-{seat.pk}", "")
        if presence in PRESENCES and presence != seat.presence:
            try:
                agenda.note_presence(seat, presence)
            except Refused as refused:
                said(request, refused)
    return back(request, "commission", pk, anchor="members")


@needs(Action.PREPARE_COMMISSION)
@require_POST
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """An address by which a member at a distance says that they are there, shown once."""
    seat = get_object_or_404(Seat.objects.of(ours(request)).select_related("commission"), pk=pk)
    try:
        token = agenda.invite(seat)
    except Refused as refused:
        said(request, refused)
        return back(request, "commission", seat.commission_id, anchor="members")
    address = request.build_absolute_uri(reverse("commission_presence", args=[token]))
    return _page(request, seat.commission, SeatForm(), invited=seat, address=address)


@needs(Action.PREPARE_COMMISSION)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Open, close or cancel a session."""
    found = own_commission(request, pk)
    try:
        agenda.act(found, request.POST.get("act", ""), asked(request))
    except Refused as refused:
        said(request, refused)
    return back(request, "commission", pk, anchor="agenda")


@needs(Action.SEE_COMMISSIONS)
@require_http_methods(["GET", "HEAD"])
def minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes, to print: who was there, what was decided for each home and why."""
    found = own_commission(request, pk)
    record("seen", found, minutes=True)
    homes = [_minuted(item, request) for item in _items(found)]
    seats = _seats(found)
    context = {
        "commission": found,
        "seats": seats,
        "there": sum(one.kind in VOTING and one.presence in THERE for one in seats),
        "homes": homes,
        "state": state("session", found.state),
    }
    return render(request, "commissions/minutes.html", context)


def _page(request: HttpRequest, found: Commission, form: SeatForm, status: int = 200, **more: Any) -> HttpResponse:
    seats = _seats(found)
    record("seen", found, members=len(seats))
    actor = actor_of(request)
    items = list(_items(found))
    possible = [one.name for one in procedures()["session"].possible(found.state) if actor.may(Action(one.right))]
    context = {
        "commission": found,
        "state": state("session", found.state),
        "items": [(one, home_of(one), state("item", one.state)) for one in items],
        "seats": seats,
        "presences": agenda.presences(found),
        "quorum": has_quorum([(one.kind, one.presence) for one in seats], found.quorum),
        "form": form,
        "acts": possible,
        "unfinished": found.state in agenda.UNFINISHED,
        "to_list": _to_list(found) if found.state == "prepared" else [],
        "invited": None,
        "address": "",
        **more,
    }
    return render(request, "commissions/commission.html", context, status=status)


def _items(found: Commission) -> Any:
    rows = Item.objects.filter(commission=found).select_related(
        "commission", "vacancy__home__landlord", "vacancy__home__register", "result"
    )
    return rows.annotate(examined=Count("candidacies")).order_by("position")


def _seats(found: Commission) -> list[Seat]:
    seats = open_many(found.seats.all())
    return sorted(seats, key=lambda one: (SEATS.index(one.kind), one.pk))


def _to_list(found: Commission) -> list[dict[str, Any]]:
    """The landlord's homes to let that have candidates and are on no agenda."""
    taken = Item.objects.filter(state__in=LIVE).values("vacancy_id")
    ranked = Candidate.objects.values("vacancy_id")
    own = Vacancy.objects.of(found.organisation).advertised().filter(pk__in=ranked)
    free = own.exclude(pk__in=taken).exclude(items__commission=found)
    rows = free.annotate(presented=Count("candidates")).select_related("home", "home__landlord")
    return [advert(one) for one in rows.order_by("available", "vacancy_id")[:TO_LIST]]


def _minuted(item: Item, request: HttpRequest) -> dict[str, Any]:
    candidates = shown(item, actor_of(request))
    votes = Vote.objects.filter(item=item).values_list("choice").annotate(count=Count("pk"))
    return {
        "item": item,
        "advert": home_of(item),
        "state": state("item", item.state),
        "votes": dict.fromkeys(("for", "against", "abstention"), 0) | dict(votes),
        "candidates": list(zip(candidates, outcomes([one.record for one in candidates]), strict=True)),
    }
