"""An account of equal treatment: from the site's own decisions, through the gate, for those entitled, once a month."""

from collections.abc import Callable

import polars as pl
import pytest
from django.test import Client
from django.utils import timezone

from carreau.allocation.treatment.audit import COMPARISONS
from carreau.outputs import digest
from carreau.site.accounts.actor import Actor
from carreau.site.accounts.models import Organisation
from carreau.site.accounts.rights import Role
from carreau.site.applications.models import Application
from carreau.site.audit.erasure import erase
from carreau.site.bridge.models import Register
from carreau.site.commissions import agenda
from carreau.site.commissions.deciding import Proposal, decide
from carreau.site.commissions.holding import Asked
from carreau.site.commissions.models import Candidacy, Commission
from carreau.site.oversight import comparing
from carreau.site.oversight.events import happened

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
Signed = Callable[..., Client]
YEAR = timezone.localdate().year


def decided(landlord: Organisation, vacancies: list[str]) -> None:
    """A session that declines all candidates but the first."""
    day = timezone.localdate()
    session = Commission.objects.create(organisation=landlord, held_on=day, quorum=1)
    agenda.note_presence(agenda.seat(session, "board", "Somebody"), "present")
    asked = Asked(Actor(Role.SECRETARY, None, landlord), day)
    items = [agenda.list_home(session, name, asked) for name in vacancies]
    agenda.act(session, "open", asked)
    votes = {seat.pk: "for" for seat in session.seats.all()}
    for item in items:
        told = {
            one.pk: Proposal("ranked_attribution", "first_of_ranking", 1)
            if one.proposed_rank == 1
            else Proposal("non_attribution", "ranked_behind")
            for one in item.candidacies.all()
        }
        decide(item.pk, told, votes, asked, "too_few_candidates")


def test_what_happened_is_read_from_the_ranking_and_the_decisions(one: Organisation) -> None:
    decided(one, ["v0"])
    found = happened(one, YEAR)
    counts = dict(
        found.events.group_by("stage", "outcome").len().select(pl.concat_str("stage", "outcome"), "len").rows()
    )
    assert counts["candidatespresented"] + counts["candidatespassed_over"] == 60
    assert (counts["commissionranked_attribution"], counts["commissionnon_attribution"]) == (1, 2)
    assert not [name for name in counts if name.startswith(("registration", "answer"))]
    assert happened(one, YEAR - 1).decisions.is_empty()


def test_small_groups_are_neither_shown_nor_kept(one: Organisation, signed: Signed) -> None:
    decided(one, ["v0", "v1"])
    made = comparing.keep(comparing.compare(one, YEAR))
    told = [row for row in made.comparisons if row["told"]]
    assert told
    assert all(min(row["group"], row["others"]) >= 11 for row in told)
    hidden = [row for row in made.comparisons if not row["told"]]
    assert hidden
    figures = ("group", "others", "strata", "of_group", "of_others", "estimate", "low", "high", "p", "q")
    assert all(row[name] is None for row in hidden for name in figures)
    assert "commission" not in made.counted, "six decisions are too few to be counted"
    page = signed(one).get(f"/controle/egalite/{made.pk}/").content.decode()
    assert "moins de 25 ans" in page.lower()
    assert "Trop peu de demandes" in page
    assert "ne sait pas lesquelles ne l’ont pas été" in page


def test_an_account_is_kept_with_its_hash(one: Organisation) -> None:
    made = comparing.keep(comparing.compare(one, YEAR))
    made.refresh_from_db()
    again = comparing.as_audit(made).comparisons
    assert again.schema == COMPARISONS
    assert digest({"comparisons": again}) == made.digest


def test_the_page_draws_what_its_tables_say_without_a_number_of_anybody(one: Organisation, signed: Signed) -> None:
    made = comparing.keep(comparing.compare(one, YEAR))
    page = signed(one).get(f"/controle/egalite/{made.pk}/").content.decode()
    assert page.count("<svg") > 0
    assert page.count('role="img"') == page.count('class="scroll forest"')
    assert "Benjamini" in page
    for number in Application.objects.values_list("number", flat=True):
        assert f">{number}<" not in page


def test_a_territory_sees_the_homes_that_it_imported_and_no_decision(
    city: Register, one: Organisation, signed: Signed
) -> None:
    decided(one, ["v0"])
    territory = Organisation.objects.create(name="Métropole du Test", kind="territory")
    city.organisation = territory
    city.save()
    made = comparing.keep(comparing.compare(territory, YEAR))
    assert happened(territory, YEAR).decisions.height == 3
    assert made.sampled == []
    client = signed(territory)
    assert client.get(f"/controle/egalite/{made.pk}/").status_code == 200
    assert client.get(f"/controle/egalite/{made.pk}/decisions/").status_code == 404
    assert signed(one).get(f"/controle/egalite/{made.pk}/").status_code == 404


def test_who_is_given_no_account_is_told_of_none(signed: Signed) -> None:
    union = Organisation.objects.create(name="Union", kind="union")
    client = signed(union)
    assert client.get("/controle/egalite/").status_code == 404
    assert client.post("/controle/egalite/comparer/").status_code == 404
    assert "/controle/egalite/" not in client.get("/controle/").content.decode()


def test_decisions_are_drawn_for_people_without_the_account_at_hand(one: Organisation, signed: Signed) -> None:
    decided(one, ["v0", "v1"])
    made = comparing.keep(comparing.compare(one, YEAR))
    assert {row["candidacy"] for row in made.sampled} == set(Candidacy.objects.values_list("pk", flat=True))
    page = signed(one, Role.SECRETARY).get(f"/controle/egalite/{made.pk}/decisions/").content.decode()
    for candidacy in Candidacy.objects.all():
        assert f"/commissions/logement/{candidacy.item_id}/#candidate-{candidacy.pk}" in page
    assert "<svg" not in page.split("<main")[1]
    assert signed(one, Role.OFFICER).get(f"/controle/egalite/{made.pk}/decisions/").status_code == 403


def test_who_was_erased_is_in_no_account(one: Organisation) -> None:
    erase(Application.objects.get(pk="a01").person_id)
    assert "a01" not in happened(one, YEAR).events["application_id"].to_list()
