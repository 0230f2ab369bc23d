"""An erased applicant is in no list, no snapshot and no table; the rest stays as it was."""

from datetime import date

import pytest
from django.test import Client

from carreau.errors import BadInput
from carreau.site.applications.models import Application, Candidate
from carreau.site.audit.erasure import erase
from carreau.site.audit.retention import expire
from carreau.site.bridge.models import Result, Snapshot
from carreau.site.bridge.snapshot import folder_of, opened

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def test_erasing_an_applicant(officer: Client, result: Result) -> None:
    applicant = Application.objects.get(pk="a2")
    erase(applicant.person_id)
    applicant.refresh_from_db()
    assert (applicant.state, applicant.facts) == ("erased", None)
    assert not Candidate.objects.filter(application="a2").exists()
    assert [one.number for one in officer.get("/attributions/v1/").context["candidates"]] == ["a1"]


def test_the_snapshots_with_the_person_in_them_are_destroyed_and_say_so(result: Result) -> None:
    snapshot = result.snapshot
    erase(Application.objects.get(pk="a2").person_id)
    snapshot.refresh_from_db()
    assert snapshot.key is None
    assert not folder_of(snapshot.digest).exists()
    with pytest.raises(BadInput, match="inputs expired"):
        opened(Snapshot.objects.get())


def test_erasing_twice_is_erasing_once(result: Result) -> None:
    person = Application.objects.get(pk="a2").person_id
    erase(person)
    erase(person)
    assert Application.objects.get(pk="a1").facts


def test_an_application_struck_off_is_erased_a_year_later(result: Result) -> None:
    one = Application.objects.get(pk="a1")
    one.state, one.struck_off = Application.State.HOUSED, date(2026, 3, 1)
    one.save()
    assert expire(date(2027, 3, 1))["applications.application"] == 0
    assert expire(date(2027, 3, 2))["applications.application"] == 1
    assert Application.objects.get(pk="a1").state == "erased"
    assert expire(date(2027, 3, 3))["applications.application"] == 0
