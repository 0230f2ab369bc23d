"""The list that a landlord owes each reserver for a year, before 28 February of the next (R441-5-1 CCH)."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from carreau.rules.parameters import load
from carreau.site.accounts.models import Organisation
from carreau.site.commissions.models import Lease
from carreau.site.homes.models import Home, Vacancy
from carreau.site.homes.wording import commune_name
from carreau.site.pages.templatetags.words import say

COLUMNS = ("reserver", "rooms", "financing", "place", "commune", "built", "offered", "attributed")
PERIODS = (1949, 1975, 1990, 2000, 2010, 2020)
"""First years of building periods; the first period is all that is older."""

Kind = tuple[str, str, str, str, str, str]


@dataclass(frozen=True)
class Row:
    """Homes of one kind: how many were offered, and attributed with a signed lease."""

    reserver: str
    rooms: str
    financing: str
    place: str
    commune: str
    built: str
    offered: int
    attributed: int


def due(year: int) -> date:
    """The day before which the list of a year is owed."""
    written = load("commission")["report_to_reservers"].on(date(year, 12, 31))
    return date.fromisoformat(f"{year + 1}-{written}")


def rows(landlord: Organisation, year: int) -> list[Row]:
    """Homes offered in a year (to let again in it) and attributed (lease signed in it), by reserver and kind."""
    vacancies = Vacancy.objects.of(landlord).filter(available__year=year).select_related("home")
    offered = Counter(_kind(one.home, one.reserver) for one in vacancies.iterator())
    leases = Lease.objects.of(landlord).filter(signed_on__year=year).select_related("vacancy__home")
    attributed = Counter(_kind(one.vacancy.home, one.reserver) for one in leases.iterator())
    return [Row(*kind, offered[kind], attributed[kind]) for kind in sorted({*offered, *attributed})]


def _kind(home: Home, reserver: str) -> Kind:
    unknown = say("commission.owed.unknown")
    places = {None: unknown, True: say("commission.owed.in_qpv"), False: say("commission.owed.outside_qpv")}
    return (
        say(f"applications.reserver_{reserver}"),
        f"T{home.rooms}" if home.rooms else unknown,
        home.ceiling_class or unknown,
        places[home.in_qpv],
        commune_name(home.commune),
        _period(home.built) if home.built else unknown,
    )


def _period(built: int) -> str:
    started = [year for year in PERIODS if year <= built]
    if not started:
        return say("commission.owed.before", year=str(PERIODS[0]))
    later = [year for year in PERIODS if year > built]
    if not later:
        return say("commission.owed.since", year=str(started[-1]))
    return f"{started[-1]}–{later[0] - 1}"
