"""For a landlord's officers: the homes to let and, for each, the ranked candidates with the reasons."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from carreau.site.accounts.rights import Action, needs
from carreau.site.applications.candidates import ranked
from carreau.site.applications.models import Candidate
from carreau.site.audit.events import record
from carreau.site.homes.models import Vacancy, VacancyQuerySet
from carreau.site.homes.views import advert

A_PAGE = 50
ORDERS = {"available": ("available", "vacancy_id"), "rooms": ("home__rooms", "vacancy_id"),
          "candidates": ("-eligible", "vacancy_id")}  # fmt: skip


@needs(Action.SEE_VACANCIES)
def vacancies(request: HttpRequest) -> HttpResponse:
    """The landlord's homes to let, with how many are eligible for each."""
    order = request.GET.get("order", "")
    rooms = request.GET.get("rooms", "")
    found = _own(request).annotate(presented=Count("candidates"), eligible=Min("candidates__eligible_count"))
    if rooms in map(str, range(1, 10)):
        found = found.filter(home__rooms=int(rooms))
    page = Paginator(found.order_by(*ORDERS.get(order, ORDERS["available"])), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "adverts": [advert(one) for one in page],
        "order": order if order in ORDERS else "available",
        "orders": ORDERS,
        "rooms": rooms,
        "kept": f"order={order}&rooms={rooms}" if order in ORDERS or rooms.isdigit() else "",
        "sizes": range(1, 7),
    }
    return render(request, "applications/vacancies.html", context)


@needs(Action.SEE_CANDIDATES)
def candidates(request: HttpRequest, vacancy_id: str) -> HttpResponse:
    """The candidates for one home to let. Looking is recorded."""
    vacancy = get_object_or_404(_own(request), pk=vacancy_id)
    found = Candidate.objects.of(request.actor.organisation).filter(vacancy=vacancy)  # type: ignore[attr-defined]
    rows = ranked(found.select_related("result", "application"))
    record("seen", vacancy, candidates=len(rows))
    context: dict[str, Any] = {
        "advert": advert(vacancy),
        "candidates": rows,
        "result": rows[0].result if rows else None,
    }
    return render(request, "applications/candidates.html", context)


def _own(request: HttpRequest) -> VacancyQuerySet:
    organisation = request.actor.organisation  # type: ignore[attr-defined]
    return Vacancy.objects.of(organisation).advertised().select_related("home", "home__landlord", "home__register")
