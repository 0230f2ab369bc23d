"""A run leaves a signed record that anybody can verify, and comes out again or says why not."""

import json
from collections.abc import Callable

import polars as pl
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.test import Client

from carreau.allocation.allocate import allocate
from carreau.allocation.policy import Policy
from carreau.allocation.replay.signing import opened as record_in
from carreau.errors import BadInput
from carreau.site.accounts.models import Organisation
from carreau.site.accounts.rights import Role
from carreau.site.applications.models import Application
from carreau.site.audit.erasure import erase
from carreau.site.bridge.models import Register, Result
from carreau.site.bridge.results import kept, load_allocation
from carreau.site.bridge.snapshot import expire, folder_of, opened, results_on, take
from carreau.site.oversight import replaying

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
Signed = Callable[..., Client]


def page(client: Client, run: Result) -> str:
    answer = client.get(f"/controle/calculs/{run.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_everybody_can_verify_the_record_with_the_published_key(
    client: Client, run: Result, landlord: Organisation, signed: Signed
) -> None:
    key = load_pem_public_key(client.get("/controle/cle.pem").content)
    file = signed(landlord).get(f"/controle/calculs/{run.pk}/compte-rendu.json")
    record = record_in(json.loads(file.content), key)  # type: ignore[arg-type]
    assert (record.digest, record.policy["name"], record.draw) == (run.digest, "points", None)
    changed = json.loads(file.content)
    changed["record"]["digest"] = "0" * 64
    with pytest.raises(BadInput):
        record_in(changed, key)  # type: ignore[arg-type]


def test_the_record_tells_nothing_of_anybody(run: Result) -> None:
    written = json.dumps(run.record)
    for known in ("h1", "v1", "a1", "a2", "Landlord"):
        assert f'"{known}"' not in written


def test_the_page_says_what_a_run_was_made_from(run: Result, landlord: Organisation, signed: Signed) -> None:
    said = page(signed(landlord), run)
    for part in (
        run.digest,
        run.snapshot.digest,
        "Cotation",
        "3\N{NO-BREAK SPACE}candidats",
        "la graine ne change rien",
    ):
        assert part.replace("\N{NO-BREAK SPACE}", " ") in said.replace("\N{NO-BREAK SPACE}", " ")


def test_the_law_that_a_policy_rests_on_is_told_in_the_language_of_the_page(
    run: Result, landlord: Organisation, signed: Signed
) -> None:
    client, reference = signed(landlord), Policy.load("points").reference
    assert f'<p class="help">{reference["fr"]}</p>' in page(client, run)
    assert "trois demandes par logement" in reference["fr"]
    english = client.get(f"/en/controle/calculs/{run.pk}/").content.decode()
    assert f'<p class="help">{reference["en"]}</p>' in english


def test_a_changed_record_is_said_and_not_run_again(run: Result, landlord: Organisation, signed: Signed) -> None:
    run.record = {**run.record, "record": {**run.record["record"], "digest": "0" * 64}}
    run.save()
    said = page(signed(landlord), run)
    assert "La signature de ce compte rendu n’est pas bonne" in said
    assert "rejouer/" not in said


def test_a_snapshot_that_was_changed_is_told_by_its_table(run: Result, landlord: Organisation, signed: Signed) -> None:
    file = folder_of(run.snapshot.digest) / "applications.parquet"
    rows = pl.read_parquet(file)
    rows.with_columns(dalo=~pl.col("dalo")).write_parquet(file)
    found = replaying.keep(run, replaying.done_again(run))
    assert found.verdict == "differs"
    assert [(one["kind"], one["name"]) for one in found.inputs] == [("table", "applications")]
    assert "candidates" in {one["name"] for one in found.results}
    said = page(signed(landlord), run)
    assert "La table applications n’est pas celle qui a été enregistrée" in said
    assert "La table de résultat candidates diffère" in said


def test_a_changed_program_is_told_and_may_give_the_same(run: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    from carreau.allocation.replay import verifying

    monkeypatch.setattr(verifying, "code", lambda: {"version": "999", "sha256": "0" * 64})
    found = replaying.done_again(run)
    assert found.verdict == "same"
    assert {(one.kind, one.name) for one in found.inputs} == {("code", "version"), ("code", "sha256")}


def test_who_is_erased_takes_the_inputs_along(run: Result, landlord: Organisation, signed: Signed) -> None:
    assert kept(run) is not None
    erase(Application.objects.get(pk="a2").person_id)
    run.snapshot.refresh_from_db()
    assert run.snapshot.expired
    assert kept(run) is None
    assert not results_on(run.snapshot).exists()
    found = replaying.keep(run, replaying.done_again(run))
    assert found.verdict == "inputs_expired"
    said = page(signed(landlord), run)
    assert "Données de départ détruites le" in said
    assert "données détruites" in said


def test_what_was_found_is_kept_as_long_as_its_snapshot(run: Result) -> None:
    found = kept(run)
    assert found is not None
    assert found.digest == run.digest
    expire(run.snapshot)
    assert kept(run) is None


def test_a_landlord_sees_no_run_of_another(
    register: Register, landlord: Organisation, other: Organisation, signed: Signed
) -> None:
    snapshot, policy = take(register, landlord), Policy.load("points")
    own = load_allocation(allocate(opened(snapshot), policy), snapshot, policy)
    territory = Organisation.objects.create(name="Métropole du Test", kind="territory")
    stranger = Organisation.objects.create(name="Ailleurs", kind="territory")
    register.organisation = territory
    register.save()
    for organisation, status in ((landlord, 200), (territory, 200), (other, 404), (stranger, 404)):
        client = signed(organisation)
        for part in ("", "compte-rendu.json"):
            assert client.get(f"/controle/calculs/{own.pk}/{part}").status_code == status
        assert (own.digest[:16] in client.get("/controle/calculs/").content.decode()) is (status == 200)


def test_downloading_a_record_is_in_the_log(run: Result, landlord: Organisation, signed: Signed) -> None:
    from carreau.site.audit.models import Entry

    signed(landlord, Role.OFFICER).get(f"/controle/calculs/{run.pk}/compte-rendu.json")
    assert Entry.objects.filter(verb="exported", model="bridge.result", object_id=str(run.pk)).count() == 1


def test_an_officer_reads_and_does_not_run_again(run: Result, landlord: Organisation, signed: Signed) -> None:
    client = signed(landlord, Role.OFFICER)
    assert "rejouer/" not in page(client, run)
    assert client.post(f"/controle/calculs/{run.pk}/rejouer/").status_code == 403


def test_a_list_of_runs_asks_the_database_the_same_for_one_and_for_many(
    register: Register,
    run: Result,
    landlord: Organisation,
    signed: Signed,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    for _ in range(3):
        replaying.keep(run, replaying.done_again(run))
    client = signed(landlord)
    with django_assert_max_num_queries(14):
        client.get("/controle/calculs/")
