"""Draws, runs and accounts asked for on pages and made by jobs, which commit."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.site.oversight.conftest import Signed
from tests.site.oversight.test_draws import TOLD, form
from tests.site.oversight.test_runs import page
from tests.site.oversight.test_treatment_accounts import YEAR

from carreau.site.accounts.models import Organisation
from carreau.site.applications.models import Candidate
from carreau.site.bridge.models import Register, Result
from carreau.site.jobs.models import Job
from carreau.site.jobs.work import run_waiting
from carreau.site.oversight import comparing
from carreau.site.oversight.demonstration import frozen_before
from carreau.site.oversight.drawing import Refused
from carreau.site.oversight.models import Draw, Replayed, Treatment

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)


def test_a_landlord_announces_and_freezes_from_page_to_page(
    register: Register, landlord: Organisation, client: Client, signed: Signed
) -> None:
    manager = signed(landlord)
    address = manager.post("/controle/tirages/annoncer/", form(register)).url
    said = client.get(address).content.decode()
    assert TOLD[1] in said
    assert "source annoncée" in said
    assert "<form method" not in said, "a visitor reads"
    manager.post(f"{address}figer/")
    run_waiting()
    assert Job.objects.get().state == "done"
    frozen = Draw.objects.get().frozen_sha256 or "nothing"
    assert frozen in client.get(address).content.decode()
    assert manager.post(f"{address}tirer/", {"value": "3-7-12"}).status_code == 409
    assert manager.post(f"{address}figer/").status_code == 409


def test_a_landlord_publishes_the_value_and_everybody_can_compute_the_seed(
    register: Register, landlord: Organisation, client: Client, signed: Signed
) -> None:
    one = frozen_before(register, landlord, TOLD, timezone.now())
    manager, address = signed(landlord), f"/controle/tirages/{one.pk}/"
    assert manager.post(f"{address}tirer/", {"value": ""}).status_code == 400
    manager.post(f"{address}tirer/", {"value": "3-7-12"})
    run_waiting()
    assert Job.objects.get().state == "done"
    one.refresh_from_db()
    told = client.get(address).content.decode()
    for part in ("3-7-12", one.drawn.seed, one.result.digest, str(one.drawn.number)):
        assert part in told
    assert TOLD[0] in client.get("/controle/tirages/").content.decode()
    assert TOLD[0] in client.get("/controle/").content.decode()
    run = manager.get(f"/controle/calculs/{one.result.pk}/").content.decode()
    assert "issue d’un tirage annoncé" in run
    assert re.search(rf'href="{address}"', run)


def test_a_run_comes_out_again(run: Result, landlord: Organisation, signed: Signed) -> None:
    before = list(Candidate.objects.values_list("pk", "rank"))
    client = signed(landlord)
    answer = client.post(f"/controle/calculs/{run.pk}/rejouer/")
    run_waiting()
    assert Job.objects.get().state == "done"
    assert (Replayed.objects.get().verdict, Replayed.objects.get().digest) == ("same", run.digest)
    assert f"/controle/calculs/{run.pk}/" in client.get(answer.url).content.decode()
    assert ">identique<" in page(client, run)
    assert list(Candidate.objects.values_list("pk", "rank")) == before


def test_an_account_is_made_once_a_month(one: Organisation, signed: Signed) -> None:
    client = signed(one)
    client.post("/controle/egalite/comparer/")
    run_waiting()
    assert Job.objects.get().state == "done"
    made = Treatment.objects.get()
    answer = client.post("/controle/egalite/comparer/")
    assert answer.status_code == 409
    assert "moins de trente jours" in answer.content.decode()
    assert comparing.keep(comparing.compare(one, YEAR)) == made
    with pytest.raises(Refused, match="account_too_soon"):  # on the next day, a year later
        comparing.keep(comparing.compare(one, YEAR + 1))
    assert comparing.not_before(one) == made.made + comparing.APART
    made.made = timezone.now() - timedelta(days=31)
    made.save()
    assert client.post("/controle/egalite/comparer/").status_code == 302
