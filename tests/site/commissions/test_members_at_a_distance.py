"""Who may sit at a distance, and the seats that are given."""

import pytest
from django.test import Client
from tests.site.commissions.conftest import Office

from carreau.rules.commission.procedure import Refused
from carreau.site.commissions import agenda
from carreau.site.commissions.models import Seat

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def at_a_distance(office: Office) -> None:
    office.commission.mode, office.commission.internal_rules = "remote", True
    office.commission.save()


def test_nobody_sits_at_a_distance_in_a_session_held_in_a_room(office: Office) -> None:
    seat = office.commission.seats.get(kind="epci")
    with pytest.raises(Refused, match="remote_in_room"):
        agenda.note_presence(seat, "remote")
    with pytest.raises(Refused, match="remote_in_room"):
        agenda.invite(seat)
    seat.refresh_from_db()
    assert (seat.presence, seat.link) == ("present", "")


def test_a_session_in_a_room_does_not_open_with_somebody_at_a_distance(office: Office) -> None:
    office.listed()
    seat = office.commission.seats.get(kind="epci")
    seat.presence = "remote"
    seat.save()
    with pytest.raises(Refused, match="remote_in_room"):
        agenda.act(office.commission, "open", office.asked())


def test_a_link_of_a_session_moved_to_a_room_is_refused(office: Office) -> None:
    at_a_distance(office)
    seat = office.commission.seats.select_related("commission").get(kind="epci")
    token = agenda.invite(seat)
    office.commission.mode = "in_room"
    office.commission.save()
    with pytest.raises(Refused, match="remote_in_room"):
        agenda.confirm(token)


def test_in_a_session_at_a_distance_some_may_be_in_the_room(office: Office) -> None:
    at_a_distance(office)
    agenda.note_presence(office.commission.seats.get(kind="epci"), "remote")
    office.listed()
    assert agenda.act(office.commission, "open", office.asked()).state == "open"


def test_the_page_offers_what_the_session_allows(secretary: Client, office: Office) -> None:
    page = f"/commissions/{office.commission.pk}/"
    assert '<option value="remote"' not in without_form(secretary, page)
    seat = office.commission.seats.get(kind="epci")
    secretary.post(f"{page}presences/", {f"presence-{seat.pk}": "remote"})
    answer = secretary.post(f"/commissions/membre/{seat.pk}/lien/", follow=True)
    assert "personne n’y siège à distance" in answer.content.decode()
    assert Seat.objects.get(pk=seat.pk).presence == "present"
    at_a_distance(office)
    assert '<option value="remote"' in without_form(secretary, page)


def without_form(secretary: Client, page: str) -> str:
    return secretary.get(page).content.decode().partition('id="presences"')[2]


@pytest.mark.parametrize(("kind", "says"), [("epci", "Ce siège est déjà occupé."), ("board", "déjà ses 6 membres")])
def test_a_seat_refused_keeps_what_was_filled_in(secretary: Client, office: Office, kind: str, says: str) -> None:
    for _ in range(4):
        agenda.seat(office.commission, "board", "Member")
    posted = {"kind": kind, "name": "Dominique Exemple", "commune": ""}
    answer = secretary.post(f"/commissions/{office.commission.pk}/membres/", posted)
    assert answer.status_code == 409
    page = answer.content.decode().replace("\u00a0", " ")
    assert says in page
    assert 'value="Dominique Exemple"' in page


def test_a_seat_in_a_session_that_is_over_is_refused_in_words(secretary: Client, office: Office) -> None:
    office.decided()
    posted = {"kind": "prefect", "name": "Dominique Exemple", "commune": ""}
    answer = secretary.post(f"/commissions/{office.commission.pk}/membres/", posted, follow=True)
    assert "La séance est finie." in answer.content.decode()
