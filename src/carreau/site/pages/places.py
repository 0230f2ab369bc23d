"""Where one can go from every page: the places at the top, by right, and the pages about Carreau at the bottom."""

from dataclasses import dataclass

from django.urls import Resolver404, resolve, reverse

from carreau.site.accounts.actor import Actor
from carreau.site.accounts.rights import Action


@dataclass(frozen=True)
class Place:
    """An entry of the navigation: the key of its label, its address below the front page, the action it needs.

    `room` is the folder of the pages that it stands for, when its address is but one of them.
    """

    label: str
    path: str
    action: Action = Action.READ_PUBLIC_PAGES
    room: str = ""


@dataclass(frozen=True)
class Link:
    """A place as one page shows it; `current` is the value of aria-current, or nothing."""

    label: str
    address: str
    current: str


TOP = (
    Place("pages.nav_homes", "logements/"),
    Place("pages.nav_map", "carte/"),
    Place("waiting.nav", "attente/"),
    Place("pages.nav_candidates", "attributions/", Action.SEE_VACANCIES),
    Place("pages.nav_commissions", "commissions/", Action.SEE_COMMISSIONS),
    Place("oversight.nav", "controle/calculs/", Action.SEE_RUNS, room="controle/"),
    Place("pages.nav_registers", "registres/", Action.START_JOB),
    Place("pages.nav_jobs", "travaux/", Action.SEE_JOBS),
    Place("pages.nav_audit", "journal/", Action.SEE_AUDIT),
    Place("pages.nav_organisation", "compte/organisation/", Action.SEE_MEMBERS),
)
ABOUT = (
    Place("pages.nav_accessibility", "accessibilite"),
    Place("pages.nav_legal", "mentions-legales"),
    Place("pages.nav_data", "protection-des-donnees"),
    Place("oversight.nav_public", "controle/"),
    Place("pages.nav_components", "composants"),
)


def links(places: tuple[Place, ...], actor: Actor, path: str) -> list[Link]:
    """The places that exist and that this actor may see; the one that `path` is in is marked."""
    front = reverse("front")
    found = [place for place in places if actor.may(place.action) and _exists(front + place.path)]
    return [Link(one.label, front + one.path, _current(front, one, path)) for one in found]


def _current(front: str, place: Place, path: str) -> str:
    if path == front + place.path:
        return "page"
    room = place.room or place.path
    return "true" if room.endswith("/") and path.startswith(front + room) else ""


def _exists(address: str) -> bool:
    try:
        resolve(address)
    except Resolver404:
        return False
    return True
