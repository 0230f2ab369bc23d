"""The front page and the pages about Carreau."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from carreau.release.rules import references
from carreau.site.accounts.rights import Action, needs
from carreau.site.homes.views import latest
from carreau.site.maps import publishing
from carreau.site.pages import front as shown
from carreau.site.pages.components import COLOURS, example
from carreau.site.pages.installation import Installation
from carreau.site.pages.protection import RISKS, bases, periods

FIRST_HOMES = 4


@needs(Action.READ_PUBLIC_PAGES)
def front(request: HttpRequest) -> HttpResponse:
    """The front page: one sentence, one search, the map of squares, four figures, the first homes to let."""
    context = {
        "living": shown.living(),
        "homes": shown.homes(),
        "to_let": shown.to_let(),
        "answer": shown.answer_days(timezone.localdate()),
        "adverts": latest(FIRST_HOMES),
        "rooms": range(1, 7),
    }
    return render(request, "pages/front.html", context)


@needs(Action.READ_PUBLIC_PAGES)
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "pages/accessibility.html", {"installation": Installation.read()})


@needs(Action.READ_PUBLIC_PAGES)
def legal(request: HttpRequest) -> HttpResponse:
    """The legal notice, the licences, and where the figures come from."""
    context = {
        "installation": Installation.read(),
        "release": publishing.latest(),
        "answer": shown.answer_days(timezone.localdate()),
    }
    return render(request, "pages/legal.html", context)


@needs(Action.READ_PUBLIC_PAGES)
def data_protection(request: HttpRequest) -> HttpResponse:
    """What is done with data: impact assessment, indicators and their legal bases, how long data stay."""
    context = {
        "installation": Installation.read(),
        "bases": bases(),
        "periods": periods(timezone.localdate()),
        "risks": RISKS,
        "rules": references("households"),
    }
    return render(request, "pages/data_protection.html", context)


@needs(Action.READ_PUBLIC_PAGES)
def components(request: HttpRequest) -> HttpResponse:
    """Every component of the look, with the form as it answers a mistake."""
    return render(request, "pages/components.html", {"form": example(), "colours": COLOURS})
