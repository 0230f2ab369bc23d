"""A landlord with a ranked home, a session on it, and its secretary."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from tests.allocation.territories import application, vacancy
from tests.allocation.territories import home as home_of
from tests.site.once_a_module import once_a_module
from tests.site.town import own_home, town, write_town

from carreau.site.accounts.actor import Actor
from carreau.site.accounts.models import Membership, Organisation, User
from carreau.site.accounts.rights import Role
from carreau.site.bridge.demonstration import rank
from carreau.site.bridge.importing import import_register
from carreau.site.bridge.loading import load_applications, load_vacancies
from carreau.site.commissions import agenda
from carreau.site.commissions.deciding import Proposal, decide
from carreau.site.commissions.holding import Asked
from carreau.site.commissions.models import Candidacy, Commission, Item

__all__ = ["own_home", "town"]

DAY = date(2026, 6, 1)


@dataclass
class Office:
    """A landlord, its secretary, and what they can do on the day of the session."""

    landlord: Organisation
    secretary: Actor
    commission: Commission

    def asked(self, day: date = DAY) -> Asked:
        return Asked(self.secretary, day)

    def listed(self, vacancy_id: str = "v1") -> Item:
        return agenda.list_home(self.commission, vacancy_id, self.asked())

    def opened(self, vacancy_id: str = "v1") -> Item:
        item = self.listed(vacancy_id)
        agenda.act(self.commission, "open", self.asked())
        return item

    def ballots(self, choice: str = "for") -> dict[int, str]:
        return {seat.pk: choice for seat in self.commission.seats.all() if agenda.may_vote(seat)}

    def decided(self, *outcomes: str, vacancy_id: str = "v1") -> list[Candidacy]:
        """The home is decided, each candidate as told, and the session closed; the candidacies in order."""
        item = self.opened(vacancy_id)
        told = outcomes or ("ranked_attribution", "ranked_attribution", "non_attribution")
        decide(item.pk, proposals(item, *told), self.ballots(), self.asked())
        agenda.act(self.commission, "close", self.asked())
        return list(item.candidacies.order_by("proposed_rank"))


REASONS = {
    "attribution": "first_of_ranking",
    "ranked_attribution": "first_of_ranking",
    "attribution_under_condition": "tax_notice_missing",
    "non_attribution": "ranked_behind",
    "ineligible": "above_the_ceiling",
}


def proposals(item: Item, *outcomes: str) -> dict[int, Proposal]:
    """One outcome a candidate in their order; ranks follow it."""
    found, rank = {}, 0
    for one, outcome in zip(item.candidacies.order_by("proposed_rank"), outcomes, strict=True):
        favourable = outcome in ("attribution", "ranked_attribution", "attribution_under_condition")
        rank += favourable
        found[one.pk] = Proposal(outcome, REASONS[outcome], rank if favourable else None)
    return found


def make_office(home: Path) -> Office:
    """Two homes of a landlord with three candidates each, and a session with a quorum of three who are there."""
    folder = write_town(
        home.parent / "town",
        homes=[home_of("h1", landlord_id="one"), home_of("h2", landlord_id="one"), home_of("h3", landlord_id="two")],
        vacancies=[vacancy("v1", "h1"), vacancy("v2", "h2"), vacancy("v3", "h3")],
        applications=[application(f"a{n}", seniority_from=date(2024, n, 1), dalo=n == 1) for n in range(1, 8)],
    )
    register = import_register(folder)
    load_vacancies(folder.table("vacancies").collect())
    load_applications(folder)
    rank(register)
    landlord = Organisation.objects.get(name="Landlord one")
    user = User.objects.create_user("secretaire@habitat.example", name="Dominique Secrétaire")
    Membership.objects.create(user=user, organisation=landlord, role=Role.SECRETARY)
    commission = Commission.objects.create(organisation=landlord, held_on=DAY, quorum=3)
    for kind, commune in (("board", ""), ("tenants", ""), ("epci", ""), ("mayor", "44109"), ("reserver", "")):
        agenda.note_presence(agenda.seat(commission, kind, f"Member {kind}", commune), "present")
    return Office(landlord, Actor(Role.SECRETARY, user, landlord), commission)


@pytest.fixture(scope="module")
def office_of_module(request: pytest.FixtureRequest) -> Iterator[Callable[[Path], Office]]:
    """Gives each test a copy of the office."""
    yield from once_a_module(request, make_office)


@pytest.fixture
def office(office_of_module: Callable[[Path], Office], db: None, own_home: Path) -> Office:
    """The office, as `make_office` makes it."""
    return office_of_module(own_home)


@pytest.fixture
def secretary(client: Client, office: Office) -> Client:
    """A browser in which the secretary is signed in."""
    assert office.secretary.user
    client.force_login(office.secretary.user)
    return client
