"""Session, decision, offer, receipt, answer, lease: each on a day that is not before the last, nor to come."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.site.commissions.conftest import DAY, Office, proposals

from carreau.rules.commission.procedure import Refused
from carreau.site.commissions import agenda, offers
from carreau.site.commissions.deciding import decide
from carreau.site.commissions.holding import Held
from carreau.site.commissions.leases import sign
from carreau.site.commissions.models import Candidacy, Commission, Item, Lease
from carreau.site.homes.models import Home, Vacancy

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def refused_after(refused: Any, day: date) -> None:
    assert (refused.value.code, refused.value.values) == ("before_what_it_follows", {"day": day})


def test_no_offer_before_the_decision(office: Office) -> None:
    first = office.decided()[0]
    with pytest.raises(Refused) as refused:
        offers.offer(first, "letter", office.asked(DAY - timedelta(days=1)))
    refused_after(refused, DAY)


@pytest.mark.parametrize("answer", ["accept", "refuse"])
def test_no_answer_before_the_offer_nor_before_its_receipt(office: Office, answer: str) -> None:
    first = office.decided()[0]

    def answered(day: date) -> Candidacy:
        asked = office.asked(day)
        return offers.accept(first, asked) if answer == "accept" else offers.refuse(first, "place", asked)

    offers.offer(first, "letter", office.asked(date(2026, 6, 10)))
    with pytest.raises(Refused) as refused:
        answered(date(2026, 6, 9))
    refused_after(refused, date(2026, 6, 10))
    offers.receive(first, office.asked(date(2026, 6, 12)))
    with pytest.raises(Refused) as refused:
        answered(date(2026, 6, 11))
    refused_after(refused, date(2026, 6, 12))
    assert answered(date(2026, 6, 12)).answered_on == date(2026, 6, 12)


def test_no_lease_before_the_answer_so_that_its_year_is_true(office: Office) -> None:
    first = office.decided()[0]
    offers.offer(first, "by_hand", office.asked())
    offers.accept(first, office.asked(date(2026, 6, 3)))
    with pytest.raises(Refused) as refused:
        sign(first, office.asked(date(2025, 12, 31)))
    refused_after(refused, date(2026, 6, 3))
    assert not Lease.objects.exists()
    with pytest.raises(Refused) as refused:
        offers.refuse(first, "place", office.asked(date(2026, 6, 2)))  # renounced before it was accepted
    refused_after(refused, date(2026, 6, 3))


def test_nothing_is_asked_for_on_a_day_to_come(office: Office) -> None:
    with pytest.raises(Refused, match="in_the_future"):
        office.asked(timezone.localdate() + timedelta(days=1))


def test_a_session_neither_opens_nor_decides_before_its_day(office: Office) -> None:
    item = office.listed()
    with pytest.raises(Refused) as refused:
        agenda.act(office.commission, "open", office.asked(DAY - timedelta(days=1)))
    assert (refused.value.code, refused.value.values) == ("session_not_yet", {"day": DAY})
    agenda.act(office.commission, "open", office.asked())
    told = proposals(item, "attribution", "non_attribution", "non_attribution")
    with pytest.raises(Refused) as refused:
        decide(item.pk, told, office.ballots(), office.asked(DAY - timedelta(days=1)))
    refused_after(refused, DAY)


def test_a_day_that_the_form_does_not_ask_for_is_not_read(secretary: Client, office: Office) -> None:
    item = office.opened()
    form = {"act": "unanimous", "day": "2026-06-02"}
    for one, told in proposals(item, *["non_attribution"] * 3).items():
        form |= {f"outcome-{one}": told.outcome, f"reason-{one}": f"{told.outcome}/{told.reason}"}
    assert secretary.post(f"/commissions/logement/{item.pk}/decision/", form).status_code == 302
    assert Item.objects.get().decided_on == timezone.localdate()
    agenda.act(office.commission, "close", office.asked())
    last = item.candidacies.last()
    secretary.post(f"/commissions/candidature/{last.pk}/acte/", {"act": "inform", "day": "2026-06-02"})
    last.refresh_from_db()
    assert last.informed_on == timezone.localdate()


def test_homes_are_listed_today_whatever_the_form_says(secretary: Client, office: Office) -> None:
    posted = {"vacancy": ["v1"], "day": "2024-06-01"}  # under the ceilings of that year it could not be decided on
    secretary.post(f"/commissions/{office.commission.pk}/ordre-du-jour/", posted)
    assert Item.objects.get().rules == office.listed("v2").rules


@pytest.mark.parametrize("way", ["by_hand", "letter"])
def test_an_offer_dated_by_a_slip_is_refused_in_words(secretary: Client, office: Office, way: str) -> None:
    first = office.decided()[0]
    posted = {"act": "offer", "way": way, "day": "0206-06-10"}
    answer = secretary.post(f"/commissions/candidature/{first.pk}/acte/", posted, follow=True)
    said = [str(one) for one in answer.context["messages"]]
    expected = {"by_hand": "Aucune règle n’est connue à cette date.", "letter": "datée du 1er juin 2026"}
    assert expected[way] in said[0].replace("\u00a0", " ")
    assert Candidacy.objects.get(pk=first.pk).state == "ranked"


@pytest.mark.parametrize(
    ("day", "status"),
    [("0206-01-01", 400), ("2020-12-31", 400), ("2021-01-01", 302), ("today", 302), ("9999-12-31", 400)],
)
def test_a_session_is_of_a_day_for_which_the_rules_are_known(
    secretary: Client, office: Office, day: str, status: int
) -> None:
    held_on = timezone.localdate().isoformat() if day == "today" else day
    answer = secretary.post("/commissions/nouvelle/", {"held_on": held_on, "mode": "in_room", "quorum": "1"})
    assert answer.status_code == status
    if status == 400:
        assert "Une séance se tient entre le" in answer.content.decode()
        return
    made = Commission.objects.order_by("pk").last()
    assert made
    for page in ("", "proces-verbal/"):
        assert secretary.get(f"/commissions/{made.pk}/{page}").status_code == 200


@pytest.mark.parametrize(
    ("commune", "received", "last"),
    [
        ("97105", date(2026, 5, 17), date(2026, 5, 28)),  # 27 May is a holiday in Guadeloupe
        ("44109", date(2026, 5, 17), date(2026, 5, 27)),
        ("67482", date(2025, 12, 16), date(2025, 12, 29)),  # the day after Christmas, in Bas-Rhin
    ],
)
def test_the_term_knows_the_holidays_of_the_homes_departement(commune: str, received: date, last: date) -> None:
    held = Held(Item(), Commission(), Vacancy(home=Home(commune=commune)), [], {})
    assert offers._receipt(held, received)["answer_by"] == last
