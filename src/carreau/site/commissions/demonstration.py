"""A fictitious landlord's commission: a session that is over, with a lease and an offer, and one in progress."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from carreau.site.accounts.actor import Actor
from carreau.site.accounts.models import Organisation
from carreau.site.accounts.rights import Role
from carreau.site.applications.models import Candidate
from carreau.site.commissions import agenda, offers
from carreau.site.commissions.deciding import Proposal, decide
from carreau.site.commissions.holding import Asked
from carreau.site.commissions.leases import sign
from carreau.site.commissions.models import Candidacy, Commission, Item
from carreau.site.homes.models import Vacancy

MEMBERS = (("board", "Membre fictif 1"), ("board", "Membre fictif 2"), ("tenants", "Membre fictif 3"),
           ("prefect", "Membre fictif 4"), ("epci", "Membre fictif 5"), ("mayor", "Membre fictif 6"),
           ("reserver", "Membre fictif 7"))  # fmt: skip
OVER, IN_PROGRESS = 3, 4
"""Homes decided in the session that is over, and listed in the one in progress."""

AGO = timedelta(days=12)


def load(landlord: Organisation, today: date | None = None) -> None:
    """Make both sessions for a landlord whose homes have candidates; once is enough, again changes nothing.

    The first is dated within the year: what was listed under last year's ceilings could not be signed.
    """
    today = today or timezone.localdate()
    if Commission.objects.of(landlord).exists():
        return
    with transaction.atomic():
        homes = _homes(landlord)
        if len(homes) < OVER + IN_PROGRESS:
            return
        day = max(today - AGO, date(today.year, 1, 1))
        _over(landlord, homes[:OVER], day, today)
        session = _session(landlord, homes[OVER], today)
        for one in homes[OVER : OVER + IN_PROGRESS]:
            agenda.list_home(session, one.pk, _asked(landlord, today))
        agenda.act(session, "open", _asked(landlord, today))


def _over(landlord: Organisation, homes: list[Vacancy], day: date, today: date) -> None:
    """One home signed for, one offered and awaited, one whose first candidate has just been ranked."""
    session, asked = _session(landlord, homes[0], day), _asked(landlord, day)
    items = [agenda.list_home(session, one.pk, asked) for one in homes]
    agenda.act(session, "open", asked)
    for item in items:
        decide(item.pk, _in_order(item), _all_for(session, item), asked, "too_few_candidates")
    agenda.act(session, "close", asked)
    taken, awaited = (Candidacy.objects.get(item=item, rank=1) for item in items[:2])
    offers.offer(taken, "by_hand", asked)
    offers.accept(taken, asked)
    sign(taken, asked)
    offers.offer(awaited, "by_hand", _asked(landlord, max(day, today - timedelta(days=3))))


def _session(landlord: Organisation, one: Vacancy, day: date) -> Commission:
    session = Commission.objects.create(
        organisation=landlord, held_on=day, quorum=agenda.usual_quorum(day), synthetic=True, place="Salle fictive"
    )
    for kind, name in MEMBERS:
        seat = agenda.seat(session, kind, name, one.home.commune if kind == "mayor" else "")
        agenda.note_presence(seat, "absent" if kind == "prefect" else "present")
    return session


def _homes(landlord: Organisation) -> list[Vacancy]:
    """Homes with three candidates, none of whom is a candidate for another of them."""
    found: list[Vacancy] = []
    seen: set[str] = set()
    own = Vacancy.objects.of(landlord).advertised().select_related("home").order_by("available", "vacancy_id")
    for one in own:
        numbers = set(Candidate.objects.filter(vacancy=one).values_list("application_id", flat=True))
        if len(numbers) >= 3 and not numbers & seen and len(found) < OVER + IN_PROGRESS:
            seen |= numbers
            found.append(one)
    return found


def _in_order(item: Item) -> dict[int, Proposal]:
    first = list(item.candidacies.order_by("proposed_rank"))
    return {
        one.pk: Proposal("ranked_attribution", "first_of_ranking", place)
        if place < 3
        else Proposal("non_attribution", "ranked_behind")
        for place, one in enumerate(first, start=1)
    }


def _all_for(session: Commission, item: Item) -> dict[int, str]:
    commune = item.vacancy.home.commune
    voting = [one for one in session.seats.all() if agenda.may_vote(one)]
    return {one.pk: "for" for one in voting if one.kind != "mayor" or one.commune == commune}


def _asked(landlord: Organisation, day: date) -> Asked:
    return Asked(Actor(Role.SECRETARY, None, landlord), day)
