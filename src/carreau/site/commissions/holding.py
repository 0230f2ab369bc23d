"""A home of an agenda with all that an act on it reads, locked in one order until the transaction ends."""

from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from carreau.rules.commission.procedure import Refused
from carreau.site.accounts.actor import Actor
from carreau.site.applications.models import Application
from carreau.site.commissions.models import Candidacy, Commission, Item, Seat
from carreau.site.homes.models import Vacancy


@dataclass(frozen=True)
class Asked:
    """Who asks for an act, on which day, and what they give with it. Raises Refused for a day to come."""

    actor: Actor
    day: date = field(default_factory=timezone.localdate)
    outcome: str = ""
    reason: str = ""
    ballots: tuple[tuple[Seat, str], ...] = ()

    def __post_init__(self) -> None:
        if self.day > timezone.localdate():
            raise Refused("in_the_future")


@dataclass(frozen=True)
class Held:
    """A home on an agenda as it is now. `applications` by number."""

    item: Item
    commission: Commission
    vacancy: Vacancy
    candidacies: list[Candidacy]
    applications: dict[str, Application]

    @property
    def seats(self) -> list[Seat]:
        """Who may sit for this home: the mayor of another commune does not."""
        commune = self.vacancy.home.commune
        return [seat for seat in self.commission.seats.all() if seat.kind != "mayor" or seat.commune == commune]

    def candidacy(self, pk: int) -> Candidacy:
        """One of the candidacies. Raises Refused for one of another home."""
        found = next((one for one in self.candidacies if one.pk == pk), None)
        if found is None:
            raise Refused("not_a_candidate")
        return found


def hold(item: int) -> Held:
    """Lock a home on an agenda: its vacancy, the applications by number, the session, the item, the candidacies.

    Within a transaction. Two acts on the same home wait for each other on its vacancy; a ranking that is loaded takes
    the same locks in the same order.
    """
    found = Item.objects.values("vacancy_id", "commission_id").get(pk=item)
    vacancies = Vacancy.objects.select_for_update(of=("self",)).select_related("home", "home__landlord")
    vacancy = vacancies.get(pk=found["vacancy_id"])
    numbers = Candidacy.objects.filter(item=item).values("application_id")
    applications = Application.objects.filter(pk__in=numbers).select_for_update().order_by("number")
    held = {one.number: one for one in applications}
    commission = Commission.objects.select_for_update().get(pk=found["commission_id"])
    own = Item.objects.select_for_update(of=("self",)).select_related("result__snapshot").get(pk=item)
    own.commission, own.vacancy = commission, vacancy
    candidacies = list(Candidacy.objects.filter(item=item).select_for_update().order_by("proposed_rank"))
    for one in candidacies:
        one.item, one.application = own, held[one.application_id]
    return Held(own, commission, vacancy, candidacies, held)


def hold_elsewhere(candidacy: Candidacy) -> list[Held]:
    """The landlord's other decided homes that a household is a candidate for, once `hold` has locked its application.

    Nothing more is locked: whoever acts on one of these homes waits for the application.
    """
    landlord = candidacy.item.commission.organisation_id
    others = Item.objects.filter(commission__organisation=landlord, state="decided")
    found = others.filter(candidacies__application=candidacy.application_id).exclude(pk=candidacy.item_id)
    rows = found.select_related("commission", "vacancy__home__landlord", "result__snapshot").order_by("pk")
    return [_as_it_is(one) for one in rows]


def _as_it_is(item: Item) -> Held:
    candidacies = list(item.candidacies.select_related("application").order_by("proposed_rank"))
    for one in candidacies:
        one.item = item
    return Held(
        item, item.commission, item.vacancy, candidacies, {one.application_id: one.application for one in candidacies}
    )
