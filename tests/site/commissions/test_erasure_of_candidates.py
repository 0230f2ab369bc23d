"""Nothing sealed stays of somebody who was erased, and no link of theirs leads anywhere."""

import pytest
from tests.site.commissions.conftest import Office

from carreau.rules.commission.procedure import Refused
from carreau.site.audit.erasure import erase
from carreau.site.commissions import agenda
from carreau.site.commissions.models import Candidacy

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def test_what_was_written_of_a_candidate_is_emptied_whatever_became_of_them(office: Office) -> None:
    first, _, declined = office.decided()
    for one, state in ((first, "withdrawn"), (declined, "declined")):
        one.note = "A note on the household."
        one.save()
        assert not Candidacy.objects.filter(pk=one.pk, note__isnull=True).exists()
        erase(one.person_id)
        assert Candidacy.objects.get(pk=one.pk, note__isnull=True, breakdown__isnull=True).state == state


def test_a_member_who_was_erased_does_not_confirm(office: Office) -> None:
    office.commission.mode, office.commission.internal_rules = "remote", True
    office.commission.save()
    seat = office.commission.seats.select_related("commission").get(kind="epci")
    token = agenda.invite(seat)
    erase(seat.person_id)
    with pytest.raises(Refused, match="link_unknown"):
        agenda.confirm(token)
    seat.refresh_from_db()
    assert (seat.kind, seat.presence, seat.name) == ("epci", "present", None)
