"""A person's own application, and the homes that they may ask about."""

import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from carreau.allocation.standing import CITY_OF_ARRONDISSEMENT
from carreau.site.accounts.models import User
from carreau.site.applications.models import Application, Candidate
from carreau.site.homes.models import Vacancy, VacancyQuerySet

ASKED_ABOUT = (Vacancy.State.OPEN, Vacancy.State.LET)


@dataclass(frozen=True)
class Wishes:
    """What an application asks for: communes by code, rooms from and to."""

    communes: list[str]
    rooms: tuple[int, int]


def application_of(person: User | None) -> Application | None:
    """The application of a person, the one still looking first; None when they have none here."""
    if person is None:
        return None
    found = Application.objects.filter(person=person.person_id).exclude(state=Application.State.ERASED)
    by_state = sorted(found, key=lambda one: (one.state == Application.State.ACTIVE, one.filed), reverse=True)
    return by_state[0] if by_state else None


def wishes(application: Application) -> Wishes | None:
    """What it asks for; None once it cannot be read any more."""
    if application.facts is None:
        return None
    facts: dict[str, Any] = json.loads(application.facts)
    return Wishes(list(facts["wanted_communes"]), (facts["wanted_rooms_min"], facts["wanted_rooms_max"]))


def homes_of(application: Application) -> VacancyQuerySet:
    """The homes to let, or let since, that have what an application asks for, and those it was a candidate for.

    Nothing tells the ones from the others: where it was a candidate is the answer to a question.
    """
    own = Q(pk__in=Candidate.objects.filter(application=application).values("vacancy"))
    if (asked := wishes(application)) is not None:
        city = [code for code, whole in CITY_OF_ARRONDISSEMENT.items() if whole in asked.communes]
        own |= Q(home__commune__in=[*asked.communes, *city], home__rooms__range=asked.rooms)
    return may_be_asked(Vacancy.objects.all()).filter(own).order_by("available", "vacancy_id")


def may_be_asked(vacancies: VacancyQuerySet) -> VacancyQuerySet:
    """Those whose ranking may be asked about, with what a page says of them."""
    found: VacancyQuerySet = vacancies.filter(state__in=ASKED_ABOUT).select_related(
        "home", "home__landlord", "home__register"
    )
    return found
