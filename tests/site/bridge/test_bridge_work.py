"""Registers, rankings and releases asked for on pages and run as jobs."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.register.builders import home_2018, write_2018

from carreau.site.accounts.models import Membership, Organisation, User
from carreau.site.accounts.rights import Role
from carreau.site.applications.models import Candidate
from carreau.site.bridge.models import Register
from carreau.site.bridge.uploads import safe_name
from carreau.site.homes.models import Home
from carreau.site.jobs.models import Job
from carreau.site.jobs.work import run_waiting

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)


def manager_of(client: Client, organisation: Organisation) -> Client:
    user = User.objects.create_user(f"gestion.{organisation.pk}@habitat.example")
    Membership.objects.create(user=user, organisation=organisation, role=Role.MANAGER)
    client.force_login(user)
    return client


@pytest.fixture
def manager(client: Client, landlord: Organisation) -> Client:
    return manager_of(client, landlord)


@pytest.fixture
def rpls(tmp_path: Path) -> bytes:
    """A register of the open layout, of two homes."""
    homes = [home_2018(NUMVOIE="12"), home_2018(NUMVOIE="14")]
    return write_2018(tmp_path / "sent.csv", homes).read_bytes()


def sent(client: Client, content: bytes, name: str = "rpls 2026.csv", **given: object) -> object:
    return client.post("/registres/envoyer/", {"year": 2026, "file": SimpleUploadedFile(name, content), **given})


def test_a_register_that_is_sent_is_read_by_a_job(
    manager: Client, landlord: Organisation, rpls: bytes, own_home: Path
) -> None:
    answer = sent(manager, rpls)
    job = Job.objects.get()
    assert answer.url == f"/travaux/{job.pk}/"
    run_waiting()
    job.refresh_from_db()
    assert (job.state, job.result["homes"]) == ("done", 2)
    assert Home.objects.filter(landlord=landlord, left=False).count() == 2
    assert not any((own_home / "uploads").iterdir())


def test_what_is_no_register_is_refused_and_nothing_changes(manager: Client, landlord: Organisation) -> None:
    before = set(Home.objects.values_list("pk", "left"))
    sent(manager, b"a;b\n1;2\n")
    run_waiting()
    job = Job.objects.get()
    assert (job.state, job.problem) == ("failed", "refused")
    assert job.problem_values["file"] == "rpls_2026.csv"
    assert set(Home.objects.values_list("pk", "left")) == before


@pytest.mark.parametrize(
    ("name", "year"), [("rpls.exe", 2026), ("rpls.csv", 1789), ("rpls.csv", "last"), ("rpls.csv", "")]
)
def test_a_form_that_cannot_be_is_answered_in_words(manager: Client, name: str, year: object) -> None:
    answer = sent(manager, b"x", name, year=year)
    assert answer.status_code == 400
    assert "summary" in answer.content.decode()
    assert not Job.objects.exists()


def test_a_territory_sends_no_register_and_publishes_the_map(client: Client, register: Register, rpls: bytes) -> None:
    territory = Organisation.objects.create(name="Métropole du Test", kind="territory")
    manager_of(client, territory)
    assert sent(client, rpls).status_code == 400
    assert client.post(f"/registres/{register.pk}/publier/").status_code == 404
    register.organisation = territory
    register.save()
    assert client.post(f"/registres/{register.pk}/publier/").status_code == 302
    run_waiting()
    assert Job.objects.get().problem == "refused"  # the small town has no household to map


def test_a_landlord_publishes_nothing(manager: Client, register: Register) -> None:
    assert manager.post(f"/registres/{register.pk}/publier/").status_code == 400


def test_candidates_are_ranked_by_a_job_for_the_landlord_alone(manager: Client, register: Register) -> None:
    assert manager.post(f"/registres/{register.pk}/classer/", {"policy": "worst"}).status_code == 400
    manager.post(f"/registres/{register.pk}/classer/", {"policy": "points"})
    run_waiting()
    assert Job.objects.get().result["candidates"] == 2
    assert set(Candidate.objects.values_list("vacancy_id", flat=True)) == {"v1"}


def test_the_page_lists_the_registers_of_the_organisation(
    manager: Client, register: Register, django_assert_max_num_queries: Callable[..., object]
) -> None:
    with django_assert_max_num_queries(12):
        assert "Made up" in manager.get("/registres/").content.decode()


@pytest.mark.parametrize(
    ("given", "kept"),
    [("rpls.csv", "rpls.csv"), ("../../etc/passwd", "passwd"), ("C:\\a\\b c.csv", "b_c.csv"), (".htaccess", "htaccess"),
     ("", "file"), ("..", "file"), ("é" * 200, "_")],
)  # fmt: skip
def test_the_name_of_a_file_is_ours_to_write(given: str, kept: str) -> None:
    assert safe_name(given) == kept


def test_a_compressed_register_is_read_too(manager: Client, landlord: Organisation, rpls: bytes) -> None:
    sent(manager, gzip.compress(rpls), "rpls.csv.gz")
    run_waiting()
    assert Job.objects.get().state == "done"
