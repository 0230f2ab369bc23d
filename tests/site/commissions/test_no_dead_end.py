"""Whoever is housed, or looks no longer, keeps nobody else waiting."""

import pytest
from django.test import Client
from tests.site.commissions.conftest import DAY, Office, proposals

from carreau.site.accounts.actor import Actor
from carreau.site.accounts.models import Organisation
from carreau.site.accounts.rights import Role
from carreau.site.applications.models import Application
from carreau.site.commissions import agenda, offers
from carreau.site.commissions.deciding import decide
from carreau.site.commissions.leases import sign
from carreau.site.commissions.models import Candidacy, Commission, Item

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
LINE = ("ranked_attribution", "ranked_attribution", "non_attribution")


def both_decided(office: Office, second: tuple[str, ...] = LINE) -> tuple[Item, Item]:
    """v1 for a1 then a2, v2 as told: its first candidate is a2."""
    items = office.listed("v1"), office.listed("v2")
    agenda.act(office.commission, "open", office.asked())
    for item, told in zip(items, (LINE, second), strict=True):
        decide(item.pk, proposals(item, *told), office.ballots(), office.asked())
    agenda.act(office.commission, "close", office.asked())
    assert [one.application_id for one in items[1].candidacies.all()] == ["a2", "a3", "a4"]
    return items


def signs(office: Office, candidacy: Candidacy) -> None:
    offers.offer(candidacy, "by_hand", office.asked())
    offers.accept(candidacy, office.asked())
    sign(candidacy, office.asked())


def goes_to_the_second(office: Office, item: Item) -> None:
    first, second = item.candidacies.filter(rank__isnull=False).order_by("rank")
    offers.offer(first, "by_hand", office.asked())
    offers.refuse(first, "place", office.asked())
    signs(office, second)


def looks_no_longer(number: str, state: str) -> None:
    one = Application.objects.get(pk=number)
    one.state = state
    one.save()


def test_a_lease_takes_the_household_off_the_landlords_other_homes(office: Office) -> None:
    one, other = both_decided(office)
    goes_to_the_second(office, one)
    first, second, _ = other.candidacies.all()
    assert first.state == "withdrawn"
    assert first.closed_on is not None
    assert offers.offer(second, "letter", office.asked()).state == "offered"


def test_an_offer_of_another_home_falls_with_the_lease(office: Office) -> None:
    one, other = both_decided(office)
    first = other.candidacies.get(application="a2")
    offers.offer(first, "by_hand", office.asked())
    goes_to_the_second(office, one)
    first.refresh_from_db()
    assert first.state == "withdrawn"


def test_a_home_that_had_nobody_else_is_back(office: Office) -> None:
    one, other = both_decided(office, ("attribution", "non_attribution", "non_attribution"))
    goes_to_the_second(office, one)
    other.refresh_from_db()
    assert other.state == "exhausted"


def test_a_session_to_come_decides_without_whoever_is_housed(office: Office) -> None:
    one = office.decided()[1].item
    other = Commission.objects.create(organisation=office.landlord, held_on=DAY, quorum=1)
    agenda.note_presence(agenda.seat(other, "board", "Somebody"), "present")
    item = agenda.list_home(other, "v2", office.asked())
    agenda.act(other, "open", office.asked())
    goes_to_the_second(office, one)
    told = proposals(item, "non_attribution", "attribution", "non_attribution")
    gone = item.candidacies.get(application="a2")
    assert gone.state == "presented"
    del told[gone.pk]
    votes = {seat.pk: "for" for seat in other.seats.all()}
    decide(item.pk, told, votes, office.asked(), "too_few_candidates")
    assert [candidacy.state for candidacy in item.candidacies.all()] == ["withdrawn", "attributed", "declined"]


def test_another_landlord_takes_off_itself_who_was_housed_here(office: Office) -> None:
    landlord = Organisation.objects.get(name="Landlord two")
    asked = type(office.asked())(Actor(Role.SECRETARY, None, landlord), DAY)
    theirs = Commission.objects.create(organisation=landlord, held_on=DAY, quorum=1)
    agenda.note_presence(agenda.seat(theirs, "board", "Somebody"), "present")
    item = agenda.list_home(theirs, "v3", asked)
    agenda.act(theirs, "open", asked)
    votes = {seat.pk: "for" for seat in theirs.seats.all()}
    decide(item.pk, proposals(item, *LINE), votes, asked)
    agenda.act(theirs, "close", asked)
    first, second, _ = item.candidacies.all()
    mine = office.decided("non_attribution", "non_attribution", "attribution")[2]
    assert mine.application_id == first.application_id
    signs(office, mine)
    first.refresh_from_db()
    assert first.state == "ranked", "nobody writes in the sessions of another landlord"
    assert offers.simply(first, "withdraw", asked).state == "withdrawn"
    assert offers.offer(second, "letter", asked).state == "offered"


@pytest.mark.parametrize("state", ["housed", "withdrawn"])
def test_the_page_takes_off_whoever_looks_no_longer_and_offers_them_nothing(
    secretary: Client, office: Office, state: str
) -> None:
    first = office.decided()[0]
    looks_no_longer(first.application_id, state)
    page = f"/commissions/logement/{first.item_id}/"
    shown = secretary.get(page)
    assert [row.shown.acts for row in shown.context["candidates"]] == [["withdraw"], [], ["inform"]]
    assert "Constater que la demande n’est plus active" in shown.content.decode()
    secretary.post(f"/commissions/candidature/{first.pk}/acte/", {"act": "withdraw"})
    rows = secretary.get(page).context["candidates"]
    assert [row.shown.acts for row in rows] == [[], ["offer"], ["inform"]]
    assert Candidacy.objects.get(pk=first.pk).state == "withdrawn"


@pytest.mark.parametrize(
    ("before", "acts"), [("offered", ["refuse", "withdraw"]), ("accepted", ["renounce", "withdraw"])]
)
def test_neither_an_answer_nor_a_lease_of_whoever_looks_no_longer(
    secretary: Client, office: Office, before: str, acts: list[str]
) -> None:
    first = office.decided()[0]
    offers.offer(first, "by_hand", office.asked())
    if before == "accepted":
        offers.accept(first, office.asked())
    looks_no_longer(first.application_id, "housed")
    rows = secretary.get(f"/commissions/logement/{first.item_id}/").context["candidates"]
    assert [act for act in rows[0].shown.acts if act != "stay_silent"] == acts


def test_the_page_asks_why_fewer_than_three_are_examined(secretary: Client, office: Office) -> None:
    item = office.opened()
    page = f"/commissions/logement/{item.pk}/"
    assert 'id="exception"' not in secretary.get(page).content.decode()
    looks_no_longer("a3", "withdrawn")
    assert 'id="exception"' in secretary.get(page).content.decode()
