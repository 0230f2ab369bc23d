"""A home decided on: coherent, carried by a vote, against the live state; nothing half done."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from tests.site.commissions.conftest import DAY, Office, proposals

from carreau.rules.commission.procedure import Refused, procedures
from carreau.site.accounts.actor import Actor
from carreau.site.accounts.models import User
from carreau.site.accounts.personal import everything_about
from carreau.site.accounts.rights import RIGHTS, Action, Role
from carreau.site.applications.models import Application, Candidate
from carreau.site.audit.erasure import erase
from carreau.site.audit.models import Entry
from carreau.site.commissions import agenda
from carreau.site.commissions.checks import OF_HOME, OF_SESSION
from carreau.site.commissions.deciding import ACTS, Proposal, decide, put_off, send_back
from carreau.site.commissions.holding import Asked
from carreau.site.commissions.models import Candidacy, Commission, Item, Seat, Vote
from carreau.site.homes.models import Home, Vacancy

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def code(refused: Any) -> str:
    return str(refused.value.code)


def test_every_check_and_right_of_the_table_exists_and_is_used() -> None:
    table = procedures()
    named = {name for one in table.values() for act in one.acts.values() for name in act.checks}
    assert named == {*OF_SESSION, *OF_HOME}
    assert {name for act in table["session"].acts.values() for name in act.checks} == set(OF_SESSION)
    rights = {act.right for one in table.values() for act in one.acts.values()}
    assert all(Action(right) in RIGHTS for right in rights)
    assert set(ACTS.values()) < set(table["candidacy"].acts)


def test_the_agenda_copies_the_ranking(office: Office) -> None:
    item = office.listed()
    told = list(Candidate.objects.filter(vacancy="v1").order_by("rank").values_list("application", "points", "rank"))
    copied = item.candidacies.order_by("proposed_rank")
    assert [(one.application_id, one.points, one.proposed_rank) for one in copied] == told
    assert len(told) == 3
    assert copied[0].breakdown == Candidate.objects.get(vacancy="v1", rank=1).breakdown
    assert {"ceilings", "policy"} <= set(item.rules)


def test_who_was_examined_finds_it_in_their_own_data(office: Office) -> None:
    item = office.listed()
    first = item.candidacies.get(proposed_rank=1)
    somebody = User.objects.create_user("premiere@a.example", person=first.person)
    (told,) = everything_about(somebody)["examined_by_commissions"]
    assert told["application"] == first.application_id
    assert (told["home"], told["held_on"], told["landlord"]) == ("v1", DAY, office.landlord.name)


@pytest.mark.parametrize(("vacancy_id", "why"), [("v3", "not_your_home"), ("nothing", "not_your_home")])
def test_only_the_landlords_own_homes(office: Office, vacancy_id: str, why: str) -> None:
    with pytest.raises(Refused) as refused:
        office.listed(vacancy_id)
    assert code(refused) == why


def test_a_home_is_on_one_agenda(office: Office) -> None:
    office.listed()
    other = Commission.objects.create(organisation=office.landlord, held_on=DAY, quorum=1)
    with pytest.raises(Refused) as refused:
        agenda.list_home(other, "v1", office.asked())
    assert code(refused) == "on_another_agenda"


def test_a_session_without_a_quorum_does_not_open(office: Office) -> None:
    office.listed()
    for seat in office.commission.seats.exclude(kind="board"):
        agenda.note_presence(seat, "absent")
    with pytest.raises(Refused) as refused:
        agenda.act(office.commission, "open", office.asked())
    assert code(refused) == "no_quorum"


def test_a_session_without_a_home_does_not_open(office: Office) -> None:
    with pytest.raises(Refused) as refused:
        agenda.act(office.commission, "open", office.asked())
    assert code(refused) == "agenda_empty"


def test_a_session_at_a_distance_needs_members_who_said_that_they_are_there(office: Office) -> None:
    office.listed()
    commission = office.commission
    commission.mode, commission.internal_rules = "remote", True
    commission.save()
    seat = commission.seats.get(kind="epci")
    seat.presence = "remote"
    seat.save()
    with pytest.raises(Refused) as refused:
        agenda.act(commission, "open", office.asked())
    assert code(refused) == "remote_members_identified"
    agenda.confirm(agenda.invite(seat))
    assert agenda.act(commission, "open", office.asked()).state == "open"


def test_the_board_has_six_members_and_other_seats_one(office: Office) -> None:
    for _ in range(4):
        agenda.seat(office.commission, "board", "Member")
    with pytest.raises(Refused) as refused:
        agenda.seat(office.commission, "board", "Seventh")
    assert code(refused) == "board_complete"
    with pytest.raises(Refused) as refused:
        agenda.seat(office.commission, "epci", "Second")
    assert code(refused) == "seat_taken"


def test_decided_as_told(office: Office) -> None:
    first, second, third = office.decided("ranked_attribution", "attribution_under_condition", "non_attribution")
    assert [(one.state, one.rank, one.reason) for one in (first, second, third)] == [
        ("ranked", 1, "first_of_ranking"),
        ("conditional", 2, "tax_notice_missing"),
        ("declined", None, "ranked_behind"),
    ]
    assert third.closed_on == DAY
    assert Item.objects.get().decided_on == DAY
    assert Vote.objects.filter(choice="for").count() == 4
    assert Entry.objects.about("commissions.candidacy", str(first.pk)).filter(verb="changed").count() == 1


@pytest.mark.parametrize(
    ("outcomes", "change", "why"),
    [
        (("attribution", "ranked_attribution", "non_attribution"), {}, "attribution_is_for_one"),
        (("ranked_attribution", "ranked_attribution", "non_attribution"), {"rank": 3}, "ranks_not_in_order"),
        (("ranked_attribution", "non_attribution", "non_attribution"), {"reason": "mood"}, "reason_not_in_use"),
        (("attribution", "non_attribution", "non_attribution"), {"outcome": "postponed"}, "outcome_unknown"),
    ],
)
def test_what_does_not_hold_together_is_refused(
    office: Office, outcomes: tuple[str, ...], change: dict[str, Any], why: str
) -> None:
    item = office.opened()
    told = proposals(item, *outcomes)
    first = next(iter(told))
    told[first] = Proposal(**{**vars(told[first]), **change})
    with pytest.raises(Refused) as refused:
        decide(item.pk, told, office.ballots(), office.asked())
    assert code(refused) == why
    assert not Vote.objects.exists()


def test_a_retired_reason_is_for_old_decisions_only(office: Office) -> None:
    item = office.opened()
    told = proposals(item, "attribution", "non_attribution", "non_attribution")
    last = list(told)[-1]
    told[last] = Proposal("non_attribution", "low_income_in_qpv")
    with pytest.raises(Refused) as refused:
        decide(item.pk, told, office.ballots(), office.asked())
    assert (code(refused), refused.value.values) == ("reason_not_in_use", {"reason": "low_income_in_qpv"})


def test_every_candidate_is_decided_on(office: Office) -> None:
    item = office.opened()
    told = proposals(item, "attribution", "non_attribution", "non_attribution")
    told.popitem()
    with pytest.raises(Refused) as refused:
        decide(item.pk, told, office.ballots(), office.asked())
    assert code(refused) == "candidate_undecided"


def test_votes_carry_or_not_and_the_mayor_breaks_a_tie(office: Office) -> None:
    item = office.opened()
    told = proposals(item, "attribution", "non_attribution", "non_attribution")
    seats = {seat.kind: seat.pk for seat in office.commission.seats.all()}
    against = {seats["board"]: "for", seats["tenants"]: "for", seats["epci"]: "against", seats["mayor"]: "against"}
    with pytest.raises(Refused) as refused:
        decide(item.pk, told, against, office.asked())
    assert code(refused) == "votes_not_carried"
    with_mayor = {**against, seats["mayor"]: "for", seats["tenants"]: "against"}
    assert decide(item.pk, told, with_mayor, office.asked()).by_casting_vote


def test_who_is_absent_or_of_another_commune_has_no_vote(office: Office) -> None:
    item = office.opened()
    told = proposals(item, "attribution", "non_attribution", "non_attribution")
    elsewhere = agenda.seat(office.commission, "mayor", "Another mayor", "44143")
    agenda.note_presence(elsewhere, "present")
    absent = agenda.seat(office.commission, "prefect", "Nobody")
    for seat in (elsewhere, absent):
        with pytest.raises(Refused) as refused:
            decide(item.pk, told, {**office.ballots("for"), seat.pk: "for"} | {}, office.asked())
        assert code(refused) == "votes_of_others"


def test_fewer_than_three_need_an_exception(office: Office) -> None:
    for one in Candidate.objects.filter(vacancy="v1", rank__gt=1):
        one.delete()
    item = office.opened()
    told = proposals(item, "attribution")
    with pytest.raises(Refused) as refused:
        decide(item.pk, told, office.ballots(), office.asked())
    assert code(refused) == "too_few_candidates"
    assert decide(item.pk, told, office.ballots(), office.asked(), "too_few_candidates").state == "decided"


@pytest.mark.parametrize("state", ["withdrawn", "housed"])
def test_who_is_no_longer_looking_does_not_count_as_examined(office: Office, state: str) -> None:
    item = office.opened()
    for one in item.candidacies.exclude(proposed_rank=1):
        one.application.state = state
        one.application.save()
    told = proposals(item, "attribution", "non_attribution", "non_attribution")
    only = {pk: one for pk, one in told.items() if one.outcome == "attribution"}
    with pytest.raises(Refused) as refused:
        decide(item.pk, only, office.ballots(), office.asked())
    assert (code(refused), refused.value.values) == ("too_few_candidates", {"count": 1})
    assert decide(item.pk, only, office.ballots(), office.asked(), "too_few_candidates").exception


def test_a_home_is_decided_without_who_was_erased(office: Office) -> None:
    item = office.opened()
    told = proposals(item, "attribution", "non_attribution", "non_attribution")
    gone = item.candidacies.get(proposed_rank=3)
    erase(gone.person_id)
    with pytest.raises(Refused, match="not_now"):
        decide(item.pk, told, office.ballots(), office.asked(), "too_few_candidates")
    del told[gone.pk]
    assert decide(item.pk, told, office.ballots(), office.asked(), "too_few_candidates").state == "decided"


def test_an_advert_closed_meanwhile_is_refused(office: Office) -> None:
    item = office.opened()
    vacancy = Vacancy.objects.get(pk="v1")
    vacancy.state = "withdrawn"
    vacancy.save()
    with pytest.raises(Refused) as refused:
        decide(item.pk, proposals(item, "attribution", *["non_attribution"] * 2), office.ballots(), office.asked())
    assert code(refused) == "advert_closed"


def test_a_home_that_left_the_register_is_refused(office: Office) -> None:
    item = office.opened()
    home = Home.objects.get(pk="h1")
    home.left = True
    home.save()
    with pytest.raises(Refused) as refused:
        decide(item.pk, proposals(item, "attribution", *["non_attribution"] * 2), office.ballots(), office.asked())
    assert code(refused) == "advert_closed"


def test_an_application_withdrawn_meanwhile_is_refused_or_taken_off(office: Office) -> None:
    item = office.opened()
    gone = item.candidacies.get(proposed_rank=2)
    application = Application.objects.get(pk=gone.application_id)
    application.state = "withdrawn"
    application.save()
    told = proposals(item, "ranked_attribution", "ranked_attribution", "non_attribution")
    with pytest.raises(Refused) as refused:
        decide(item.pk, told, office.ballots(), office.asked(), "too_few_candidates")
    assert (code(refused), refused.value.values) == ("application_inactive", {"number": gone.application_id})
    del told[gone.pk]
    decide(item.pk, told, office.ballots(), office.asked(), "too_few_candidates")
    gone.refresh_from_db()
    assert gone.state == "withdrawn"


def test_rules_changed_since_the_agenda_are_refused(office: Office) -> None:
    item = agenda.list_home(office.commission, "v1", office.asked(date(2025, 12, 1)))
    agenda.act(office.commission, "open", office.asked())
    told = proposals(item, "attribution", "non_attribution", "non_attribution")
    with pytest.raises(Refused) as refused:
        decide(item.pk, told, office.ballots(), office.asked())
    assert (code(refused), refused.value.values) == ("rules_changed", {"which": "ceilings"})


def test_put_off_or_sent_back_it_can_be_listed_again(office: Office) -> None:
    item = office.opened()
    put_off(item.pk, office.asked())
    other = Commission.objects.create(organisation=office.landlord, held_on=DAY, quorum=1)
    assert agenda.list_home(other, "v1", office.asked()).state == "listed"


def test_sent_back_offers_fall(office: Office) -> None:
    first, second, _ = office.decided()
    send_back(first.item_id, office.asked())
    assert {one.state for one in Candidacy.objects.filter(pk__in=(first.pk, second.pk))} == {"passed_over"}
    other = Commission.objects.create(organisation=office.landlord, held_on=DAY, quorum=1)
    assert agenda.list_home(other, "v1", office.asked()).state == "listed"


def test_a_home_that_nobody_gets_is_back_at_once(office: Office) -> None:
    office.decided("non_attribution", "non_attribution", "ineligible")
    assert Item.objects.get().state == "exhausted"


def test_an_officer_prepares_and_does_not_decide(office: Office) -> None:
    item = office.opened()
    officer = Asked(Actor(Role.OFFICER, office.secretary.user, office.landlord), DAY)
    with pytest.raises(PermissionDenied):
        decide(item.pk, proposals(item, "attribution", *["non_attribution"] * 2), office.ballots(), officer)


def test_a_session_with_a_home_undecided_is_not_over(office: Office) -> None:
    office.opened()
    with pytest.raises(Refused) as refused:
        agenda.act(office.commission, "close", office.asked())
    assert code(refused) == "homes_undecided"


def test_a_cancelled_session_frees_its_homes(office: Office) -> None:
    office.listed()
    agenda.act(office.commission, "cancel", office.asked())
    assert Item.objects.get().state == "postponed"
    with pytest.raises(Refused):
        agenda.seat(office.commission, "prefect", "Late")


def test_names_of_members_are_sealed(office: Office) -> None:
    seat = Seat.objects.filter(kind="board").get()
    assert seat.name == "Member board"
    assert b"Member" not in bytes(Seat.objects.get(pk=seat.pk).__dict__["name"])
