"""Offer, receipt, answer within the term, next rank, lease: each against the live state."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from tests.site.commissions.conftest import DAY, Office

from carreau.rules.commission.procedure import Refused
from carreau.site.applications.models import Application
from carreau.site.audit.erasure import erase
from carreau.site.audit.models import Entry
from carreau.site.audit.retention import expire
from carreau.site.commissions import frozen, offers
from carreau.site.commissions.leases import sign
from carreau.site.commissions.models import Candidacy, Item, Lease, Vote
from carreau.site.homes.models import Vacancy

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def code(refused: Any) -> str:
    return str(refused.value.code)


def fresh(one: Candidacy) -> Candidacy:
    return Candidacy.objects.get(pk=one.pk)


def accepted(office: Office) -> Candidacy:
    first = office.decided()[0]
    offers.offer(first, "by_hand", office.asked())
    offers.accept(first, office.asked(date(2026, 6, 3)))
    return first


def test_by_hand_the_term_runs_at_once(office: Office) -> None:
    first = office.decided()[0]
    one = offers.offer(first, "by_hand", office.asked())
    assert (one.state, one.received_on, one.answer_by) == ("offered", DAY, date(2026, 6, 11))


def test_a_letter_runs_from_its_receipt(office: Office) -> None:
    first = office.decided()[0]
    assert offers.offer(first, "letter", office.asked()).answer_by is None
    with pytest.raises(Refused) as refused:
        offers.simply(first, "stay_silent", office.asked(date(2026, 8, 1)))
    assert code(refused) == "not_received_yet"
    assert offers.receive(first, office.asked(date(2026, 7, 3))).answer_by == date(2026, 7, 13)
    with pytest.raises(Refused) as refused:
        offers.receive(first, office.asked(date(2026, 7, 4)))
    assert code(refused) == "already_received"


def test_a_letter_is_not_received_before_it_is_sent(office: Office) -> None:
    first = office.decided()[0]
    offers.offer(first, "letter", office.asked())
    with pytest.raises(Refused) as refused:
        offers.receive(first, office.asked(date(2026, 5, 31)))
    assert code(refused) == "before_what_it_follows"


def test_only_the_first_in_line_is_offered_the_home(office: Office) -> None:
    first, second, _ = office.decided()
    with pytest.raises(Refused) as refused:
        offers.offer(second, "letter", office.asked())
    assert code(refused) == "not_first_in_line"
    offers.offer(first, "letter", office.asked())
    with pytest.raises(Refused) as refused:
        offers.offer(second, "letter", office.asked())
    assert code(refused) == "offered_to_another"


def test_a_refusal_lets_the_next_in(office: Office) -> None:
    first, second, _ = office.decided()
    offers.offer(first, "by_hand", office.asked())
    offers.refuse(first, "place", office.asked(date(2026, 6, 2)))
    assert offers.offer(second, "by_hand", office.asked(date(2026, 6, 3))).state == "offered"
    offers.refuse(second, "unknown", office.asked(date(2026, 6, 4)))
    assert Item.objects.get().state == "exhausted"


def test_silence_refuses_once_the_term_is_over_and_not_before(office: Office) -> None:
    first = office.decided()[0]
    offers.offer(first, "by_hand", office.asked())
    with pytest.raises(Refused) as refused:
        offers.simply(first, "stay_silent", office.asked(date(2026, 6, 11)))
    assert code(refused) == "term_not_over"
    with pytest.raises(Refused) as refused:
        offers.accept(first, office.asked(date(2026, 6, 12)))
    assert code(refused) == "term_over"
    assert offers.simply(first, "stay_silent", office.asked(date(2026, 6, 12))).state == "silent"


def test_accepted_on_the_last_day_counts(office: Office) -> None:
    first = office.decided()[0]
    offers.offer(first, "by_hand", office.asked())
    assert offers.accept(first, office.asked(date(2026, 6, 11))).state == "accepted"


def test_a_paper_given_puts_in_line(office: Office) -> None:
    first, second, _ = office.decided("attribution_under_condition", "ranked_attribution", "non_attribution")
    with pytest.raises(Refused) as refused:
        offers.offer(second, "letter", office.asked())
    assert code(refused) == "not_first_in_line"
    assert offers.simply(first, "fulfil", office.asked()).state == "ranked"
    assert offers.offer(first, "letter", office.asked()).state == "offered"


def test_a_paper_never_given_lets_the_next_in(office: Office) -> None:
    first, second, _ = office.decided("attribution_under_condition", "ranked_attribution", "non_attribution")
    assert offers.simply(first, "miss", office.asked()).state == "unmet"
    assert offers.offer(second, "letter", office.asked()).state == "offered"


def test_a_household_is_told_once_why_not(office: Office) -> None:
    third = office.decided()[2]
    assert offers.simply(third, "inform", office.asked()).informed_on == DAY
    with pytest.raises(Refused) as refused:
        offers.simply(third, "inform", office.asked())
    assert code(refused) == "already_informed"


def test_nothing_goes_out_before_the_session_is_over(office: Office) -> None:
    from tests.site.commissions.conftest import proposals

    from carreau.site.commissions.deciding import decide

    item = office.opened()
    decide(item.pk, proposals(item, "attribution", *["non_attribution"] * 2), office.ballots(), office.asked())
    with pytest.raises(Refused) as refused:
        offers.offer(item.candidacies.get(proposed_rank=1), "letter", office.asked())
    assert code(refused) == "session_not_closed"


def test_no_day_to_come(office: Office) -> None:
    first = office.decided()[0]
    with pytest.raises(Refused) as refused:
        offers.offer(first, "letter", office.asked(timezone.localdate() + timezone.timedelta(days=1)))
    assert code(refused) == "in_the_future"


def test_signed(office: Office) -> None:
    first = accepted(office)
    lease = sign(first, office.asked(date(2026, 6, 20)))
    assert (lease.vacancy_id, lease.dalo, lease.priority, lease.transfer) == ("v1", True, True, False)
    assert lease.first_quartile is not None
    application = Application.objects.get(pk=first.application_id)
    assert (application.state, application.struck_off) == ("housed", date(2026, 6, 20))
    assert Vacancy.objects.get(pk="v1").state == "let"
    assert Item.objects.get().state == "let"
    assert set(Candidacy.objects.values_list("state", flat=True)) == {"signed", "passed_over", "declined"}
    with pytest.raises(Refused) as refused:
        sign(first, office.asked(date(2026, 6, 20)))
    assert code(refused) == "not_now"


def test_an_advert_closed_before_signature(office: Office) -> None:
    first = accepted(office)
    vacancy = Vacancy.objects.get(pk="v1")
    vacancy.state = "withdrawn"
    vacancy.save()
    with pytest.raises(Refused) as refused:
        sign(first, office.asked(date(2026, 6, 20)))
    assert code(refused) == "advert_closed"
    assert not Lease.objects.exists()


def test_an_application_withdrawn_before_signature(office: Office) -> None:
    first = accepted(office)
    application = Application.objects.get(pk=first.application_id)
    application.state = "withdrawn"
    application.save()
    with pytest.raises(Refused) as refused:
        sign(first, office.asked(date(2026, 6, 20)))
    assert code(refused) == "application_inactive"
    assert offers.simply(first, "withdraw", office.asked(date(2026, 6, 20))).state == "withdrawn"
    assert offers.offer(Candidacy.objects.get(rank=2), "letter", office.asked(date(2026, 6, 20))).state == "offered"


def test_a_policy_changed_before_signature(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    first = accepted(office)
    monkeypatch.setattr(frozen, "_policy", lambda _result: "another")
    with pytest.raises(Refused) as refused:
        sign(first, office.asked(date(2026, 6, 20)))
    assert (code(refused), refused.value.values) == ("rules_changed", {"which": "policy"})


def test_a_rule_changed_before_signature(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    first = accepted(office)
    now = frozen._in_force
    monkeypatch.setattr(
        frozen, "_in_force", lambda family, day: {**now(family, day), **({"new": 1} if family == "needs" else {})}
    )
    with pytest.raises(Refused) as refused:
        sign(first, office.asked(date(2026, 6, 20)))
    assert (code(refused), refused.value.values) == ("rules_changed", {"which": "needs"})


def test_a_household_takes_one_home(office: Office) -> None:
    first = accepted(office)
    second = Candidacy(item=office_second_item(office, first), **copied(first))
    second.save()
    with pytest.raises(Refused) as refused:
        offers.accept(second, office.asked(date(2026, 6, 4)))
    assert code(refused) == "took_another_home"


def office_second_item(office: Office, like: Candidacy) -> Item:
    return Item.objects.create(
        commission=like.item.commission, vacancy_id="v2", position=9, state="decided", decided_on=DAY
    )


def copied(one: Candidacy) -> dict[str, Any]:
    return {
        "application_id": one.application_id, "person_id": one.person_id, "proposed_rank": 1, "eligible_count": 1,
        "decided_by": "alone", "state": "offered", "rank": 1, "reason": "first_of_ranking", "offered_on": DAY,
    }  # fmt: skip


BREAKS: dict[str, tuple[type[Any], dict[str, Any]]] = {
    "one_live_offer_a_home": (Candidacy, {"state": "accepted", "offered_on": DAY, "answered_on": DAY}),
    "one_rank_an_item": (Candidacy, {"rank": 1}),
    "decided_for_a_reason": (Candidacy, {"reason": ""}),
    "candidacy_state_known": (Candidacy, {"state": "lost"}),
    "offered_on_a_day": (Candidacy, {"state": "offered"}),
    "answered_by_a_day_after_receipt": (Candidacy, {"answer_by": DAY}),
    "answered_after_the_offer": (Candidacy, {"offered_on": DAY, "answered_on": date(2026, 5, 31)}),
    "ended_last": (Candidacy, {"offered_on": DAY, "closed_on": date(2026, 5, 31)}),
    "silent_until_the_term": (Candidacy, {"state": "silent"}),
}


@pytest.mark.parametrize("name", BREAKS)
def test_the_database_itself_refuses(office: Office, name: str) -> None:
    accepted(office)
    second = Candidacy.objects.get(proposed_rank=2)
    for field, value in BREAKS[name][1].items():
        setattr(second, field, value)
    with pytest.raises(IntegrityError, match=name if "one_" not in name else None), transaction.atomic():
        second.save()


def test_a_second_lease_on_a_home_is_refused_by_the_database(office: Office) -> None:
    lease = sign(accepted(office), office.asked(date(2026, 6, 20)))
    other = Candidacy.objects.get(proposed_rank=2)
    again = Lease(
        organisation=office.landlord, vacancy=lease.vacancy, candidacy=other, person_id=other.person_id,
        signed_on=DAY, reserver="none", commune="44109",
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


def test_a_seat_votes_once(office: Office) -> None:
    office.decided()
    vote = Vote.objects.first()
    assert vote
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(item=vote.item, seat=vote.seat, choice="against")


def test_whoever_is_erased_is_no_candidate_and_leaves_nothing(office: Office) -> None:
    first = accepted(office)
    erase(first.person_id)
    one = fresh(first)
    assert (one.state, one.breakdown, one.note) == ("withdrawn", None, None)


def test_a_lease_keeps_what_is_counted_and_the_log_cannot_tell_whose(office: Office) -> None:
    lease = sign(accepted(office), office.asked(date(2026, 6, 20)))
    entry = Entry.objects.about("commissions.lease", str(lease.pk)).get()
    assert "dalo" in entry.personal
    assert "dalo" not in entry.after
    erase(lease.person_id)
    lease.refresh_from_db()
    assert lease.dalo is True


def test_why_somebody_had_their_points_is_kept_a_year(office: Office) -> None:
    third = office.decided()[2]
    expire(date(2027, 6, 1))
    assert fresh(third).breakdown
    expire(date(2027, 6, 2))
    assert fresh(third).breakdown is None
    assert fresh(third).state == "declined"
