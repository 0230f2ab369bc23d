"""Why not me: a question about one home, for the applicant, whoever acts for them, and the landlord's officers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from carreau.site.accounts.actor import Actor
from carreau.site.accounts.rights import Action, needs
from carreau.site.applications.models import Application, Question
from carreau.site.applications.own import application_of, homes_of, may_be_asked, wishes
from carreau.site.applications.questions import TooOften, ask, left, under_way
from carreau.site.applications.ranking import Unanswerable, last_result
from carreau.site.applications.told import Told, told
from carreau.site.audit.events import record
from carreau.site.homes.models import Vacancy
from carreau.site.homes.views import advert
from carreau.site.homes.wording import commune_name
from carreau.site.jobs.wording import Said
from carreau.site.pages.templatetags.words import say

A_PAGE = 20
TOO_MANY, NOTHING = 429, 409


@dataclass(frozen=True)
class Asker:
    """From which page a question is asked, whether ranks are told as they are, and where that page goes back to."""

    application: Application
    vacancy: Vacancy
    exact: bool
    back: str


@needs(Action.SEE_OWN_APPLICATION)
@never_cache
def own(request: HttpRequest) -> HttpResponse:
    """One's own application: what it asks for, what was answered, and the homes that may be asked about."""
    application = application_of(_actor(request).subject)
    if application is None:
        return render(request, "applications/own.html", {"application": None})
    record("seen", application)
    page = Paginator(homes_of(application), A_PAGE).get_page(request.GET.get("page"))
    asked = wishes(application)
    context = {
        "application": application,
        "communes": [commune_name(code) for code in asked.communes] if asked else [],
        "rooms": asked.rooms if asked else None,
        "answered": _answered(application),
        "left": left(application, timezone.now()),
        "page": page,
        "adverts": [advert(one) for one in page],
    }
    return render(request, "applications/own.html", context)


@needs(Action.SEE_OWN_APPLICATION)
@never_cache
def why_not_me(request: HttpRequest, vacancy_id: str) -> HttpResponse:
    """Ask why, for one home, and read the answer. Looking is recorded: it may be who acts for them."""
    vacancy = get_object_or_404(may_be_asked(Vacancy.objects.all()), pk=vacancy_id)
    application = application_of(_actor(request).subject)
    if application is None:
        return render(request, "applications/own.html", {"application": None})
    record("seen", application, vacancy=vacancy.pk)
    return _page(request, Asker(application, vacancy, exact=False, back=reverse("own_application")))


@needs(Action.SEE_CANDIDATES)
@never_cache
def explain_candidate(request: HttpRequest, vacancy_id: str, number: str) -> HttpResponse:
    """The same for an application and a home of the officer's landlord. Looking is recorded."""
    vacancy = _own_vacancy(request, vacancy_id)
    found = Application.objects.exclude(state=Application.State.ERASED)
    application = get_object_or_404(found, pk=number)
    record("seen", application, vacancy=vacancy.pk)
    return _page(request, Asker(application, vacancy, exact=True, back=_candidates(vacancy)))


@needs(Action.SEE_CANDIDATES)
@never_cache
def explain_find(request: HttpRequest, vacancy_id: str) -> HttpResponse:
    """Go to the question about an application by its number."""
    vacancy = _own_vacancy(request, vacancy_id)
    number = request.GET.get("number", "").strip()
    if Application.objects.exclude(state=Application.State.ERASED).filter(pk=number).exists():
        return redirect("explain_candidate", vacancy.pk, number)
    messages.warning(request, say("why.unknown_number"))
    return redirect(_candidates(vacancy))


def _page(request: HttpRequest, asker: Asker) -> HttpResponse:
    problem, until, status = "", None, 200
    if request.method == "POST":
        try:
            ask(asker.application, asker.vacancy, timezone.now())
            return redirect(request.path)
        except TooOften as refused:
            problem, until, status = "too_often", refused.until, TOO_MANY
        except Unanswerable as refused:
            problem, status = refused.code, NOTHING
    context = _state(asker, timezone.now()) | {"asker": asker, "advert": advert(asker.vacancy)}
    if problem:
        context |= {"problem": problem, "until": until}
    if request.headers.get("HX-Request") == "true":
        answer = render(request, "applications/_waiting.html", context)
        if not context["job"]:
            answer["HX-Refresh"] = "true"
        return answer
    return render(request, "applications/why.html", context, status=status)


def _state(asker: Asker, now: datetime) -> dict[str, Any]:
    """Where a question is: answered, under way, to be asked, or not to be answered."""
    mine = Question.objects.filter(application=asker.application, vacancy=asker.vacancy).select_related(
        "answer", "result__snapshot"
    )
    present, problem = None, ""
    try:
        result = last_result(asker.vacancy)
        present = mine.filter(result=result).first()
        problem = "expired" if result.snapshot.expired else ""
    except Unanswerable as refused:
        problem = refused.code
    shown = _told(present, asker) if present else None
    earlier = None if shown else next((one for one in (_told(q, asker) for q in mine) if one), None)
    job = under_way(present) if present and not shown else None
    remaining = left(asker.application, now)
    return {
        "told": shown or earlier,
        "outdated": earlier is not None,
        "job": Said(job) if job else None,
        "failed": bool(present and not shown and not job and not problem),
        "left": remaining,
        "may_ask": not (shown or job or problem) and (remaining.count > 0 or present is not None),
        "problem": problem if not shown else "",
        "until": None,
    }


def _told(question: Question, asker: Asker) -> Told | None:
    answer = getattr(question, "answer", None)
    return told(answer, exact=asker.exact) if answer is not None else None


def _answered(application: Application) -> list[dict[str, Any]]:
    """Each home asked about with its last answer, the newest first."""
    rows = Question.objects.filter(application=application, answer__isnull=False).select_related(
        "answer", "result", "vacancy__home__landlord"
    )
    last: dict[str, dict[str, Any]] = {}
    for one in rows:
        if one.vacancy_id not in last and (said := told(one.answer, exact=False)) is not None:
            last[one.vacancy_id] = {"advert": advert(one.vacancy), "told": said}
    return list(last.values())


def _own_vacancy(request: HttpRequest, vacancy_id: str) -> Vacancy:
    organisation = request.actor.organisation  # type: ignore[attr-defined]
    return get_object_or_404(may_be_asked(Vacancy.objects.of(organisation)), pk=vacancy_id)


def _candidates(vacancy: Vacancy) -> str:
    """The page of the candidates for a home, which is there while it is to let."""
    return reverse("candidates", args=[vacancy.pk]) if vacancy.state == Vacancy.State.OPEN else reverse("vacancies")


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
