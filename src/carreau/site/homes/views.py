"""Homes to let: the list that answers a search, and one home."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from carreau.site.accounts.rights import Action, needs
from carreau.site.homes import wording
from carreau.site.homes.ceilings import ceilings
from carreau.site.homes.models import Vacancy
from carreau.site.homes.search import ORDERS, Search, advertised
from carreau.site.pages.templatetags.words import say

A_PAGE = 20


@needs(Action.READ_PUBLIC_PAGES)
def search(request: HttpRequest) -> HttpResponse:
    """The homes to let, by commune, rooms and rent."""
    asked = Search(request.GET)
    found = advertised(asked)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    kept = {name: request.GET[name] for name in ("commune", "rooms", "rent", "order") if request.GET.get(name)}
    context = {
        "search": asked,
        "page": page,
        "adverts": [advert(one) for one in page],
        "orders": ORDERS,
        "kept": urlencode(kept),
        "rooms": range(1, 7),
        "any_synthetic": any(one.synthetic for one in page),
    }
    return render(request, "homes/search.html", context)


@needs(Action.READ_PUBLIC_PAGES)
def home(request: HttpRequest, vacancy_id: str) -> HttpResponse:
    """One home to let; one that is let or withdrawn is not found any more."""
    vacancies = Vacancy.objects.advertised().select_related("home", "home__landlord", "home__register")
    found = get_object_or_404(vacancies, pk=vacancy_id)
    limits = ceilings(found.home, found.home.register.reference_date)
    return render(request, "homes/home.html", {"advert": advert(found), "ceilings": limits})


def latest(count: int) -> list[dict[str, Any]]:
    """The adverts that the front page shows: the first to be free."""
    found = Vacancy.objects.advertised().select_related("home", "home__landlord").exclude(home__rent=None)
    return [advert(one) for one in found.order_by("available", "vacancy_id")[:count]]


def advert(vacancy: Vacancy) -> dict[str, Any]:
    """What a page says of a home to let."""
    one = vacancy.home
    return {
        "vacancy": vacancy,
        "home": one,
        "title": wording.title(one),
        "street": wording.street(one),
        "neighbourhood": wording.neighbourhood(one),
        "floor": wording.floor(one),
        "commune": wording.commune_name(one.commune),
        "ceiling": one.ceiling_class or say("homes.ceiling_unknown_class"),
        "access": one.access or "unknown",
        "rent": None if one.rent is None else one.rent / 100,
        "free_now": vacancy.available <= today(),
    }


def today() -> date:
    """The day, where the site is."""
    return timezone.localdate()
