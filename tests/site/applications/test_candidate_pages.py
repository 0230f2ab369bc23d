"""An officer sees the candidates for the landlord's own homes, with the reasons, and the log says so."""

import pytest
from django.test import Client

from carreau.site.accounts.models import Membership, Organisation, User
from carreau.site.accounts.rights import Role
from carreau.site.applications.models import Application
from carreau.site.audit.models import Entry
from carreau.site.bridge.models import Result
from carreau.site.keyring.keys import destroy

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def test_the_landlords_homes_and_no_other(officer: Client, result: Result) -> None:
    page = officer.get("/attributions/")
    assert [one["vacancy"].pk for one in page.context["adverts"]] == ["v1"]
    assert officer.get("/attributions/v3/").status_code == 404


def test_ranks_with_points_and_reasons(officer: Client, result: Result) -> None:
    page = officer.get("/attributions/v1/")
    ranked = page.context["candidates"]
    assert [(one.rank, one.number, one.points) for one in ranked] == [(1, "a2", 62), (2, "a1", 12)]
    assert ranked[0].breakdown == [("DALO", 50), ("ancienneté", 12)]
    assert "62 points (DALO 50, ancienneté 12)" in page.content.decode()
    assert "devant le suivant par le nombre de points" in ranked[0].why


def test_in_english(officer: Client, result: Result) -> None:
    assert (
        "62 points (right to housing (DALO) 50, seniority 12)" in officer.get("/en/attributions/v1/").content.decode()
    )


def test_looking_is_in_the_log(officer: Client, result: Result) -> None:
    officer.get("/attributions/v1/")
    entry = Entry.objects.filter(verb="seen").get()
    assert (entry.model, entry.object_id) == ("homes.vacancy", "v1")


def test_a_home_without_candidates_says_so(officer: Client, result: Result) -> None:
    from carreau.site.applications.models import Candidate

    for one in Candidate.objects.filter(vacancy="v1"):
        one.delete()
    assert "Aucune demande éligible" in officer.get("/attributions/v1/").content.decode()


def test_who_was_erased_is_a_candidate_no_more(officer: Client, result: Result) -> None:
    destroy(Application.objects.get(pk="a2").person_id)
    assert [one.number for one in officer.get("/attributions/v1/").context["candidates"]] == ["a1"]


def test_filter_and_order_are_in_the_address(officer: Client, result: Result) -> None:
    assert officer.get("/attributions/", {"rooms": "5"}).context["adverts"] == []
    assert officer.get("/attributions/", {"rooms": "two", "order": "no"}).status_code == 200
    assert len(officer.get("/attributions/", {"rooms": "2", "order": "candidates"}).context["adverts"]) == 1


def test_a_reader_sees_the_homes_and_no_way_to_the_candidates(
    client: Client, landlord: Organisation, result: Result
) -> None:
    user = User.objects.create_user("lecture@habitat.example")
    Membership.objects.create(user=user, organisation=landlord, role=Role.READER)
    client.force_login(user)
    assert "/attributions/v1/" not in client.get("/attributions/").content.decode()
    assert client.get("/attributions/v1/").status_code == 403
