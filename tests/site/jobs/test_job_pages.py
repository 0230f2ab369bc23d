"""What an officer sees of long work, and may do to it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.site.jobs.conftest import Office, fresh

from carreau.errors import BadInput
from carreau.site.accounts.models import Membership, User
from carreau.site.accounts.rights import Role
from carreau.site.jobs.kinds import KINDS
from carreau.site.jobs.models import Job
from carreau.site.jobs.work import Handle, cancel, run_waiting, start, work
from carreau.text import LANGUAGES, catalogue, knows

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.fixture(autouse=True)
def _one_factor(settings: Any) -> None:
    settings.SECOND_FACTOR_DEMANDED = False


@pytest.fixture
def manager(client: Client, office: Office) -> Client:
    client.force_login(office.manager.user)
    return client


def page(client: Client, job: Job, **headers: str) -> str:
    answer = client.get(reverse("job", args=[job.pk]), headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_shows_the_organisations_jobs_only(manager: Client, office: Office, counting: list[int]) -> None:
    ours, installations = start("count", office.manager, to=3), start("count", None, to=3)
    shown = manager.get(reverse("jobs")).content.decode()
    assert reverse("job", args=[ours.pk]) in shown
    assert reverse("job", args=[installations.pk]) not in shown
    assert manager.get(reverse("job", args=[installations.pk])).status_code == 404
    for name in ("job_cancel", "job_retry"):
        assert manager.post(reverse(name, args=[installations.pk])).status_code == 404


def test_a_job_is_followed_with_or_without_a_script(manager: Client, office: Office, counting: list[int]) -> None:
    job = start("count", office.manager, to=3)
    shown = page(manager, job)
    assert "En attente" in shown
    assert 'http-equiv="refresh"' in shown
    assert 'hx-trigger="every 1s"' in shown
    assert "Jo Gestion" in shown
    part = page(manager, job, HX_Request="true")
    assert "<html" not in part
    run_waiting()
    answer = manager.get(reverse("job", args=[job.pk]), headers={"HX-Request": "true"})
    assert answer["HX-Refresh"] == "true"
    done = page(manager, job)
    assert "Terminé" in done
    assert "hx-get" not in done
    assert "htmx" not in done
    assert 'http-equiv="refresh"' not in done


def test_cancel_and_retry(manager: Client, office: Office, counting: list[int]) -> None:
    job = start("count", office.manager, to=3)
    assert manager.get(reverse("job_cancel", args=[job.pk])).status_code == 405
    assert manager.post(reverse("job_cancel", args=[job.pk])).status_code == 302
    assert fresh(job).state == "cancelled"
    assert "Annulation demandée (Jo Gestion)" in page(manager, job)
    assert manager.post(reverse("job_retry", args=[job.pk])).status_code == 302
    assert fresh(job).state == "queued"


def test_too_late_is_said(manager: Client, office: Office, counting: list[int]) -> None:
    job = start("count", office.manager, to=3)
    run_waiting()
    answer = manager.post(reverse("job_cancel", args=[job.pk]))
    assert answer.status_code == 409
    assert "Trop tard" in answer.content.decode()
    assert fresh(job).state == "done"


def test_an_officer_sees_and_does_not_cancel(client: Client, office: Office, counting: list[int]) -> None:
    officer = User.objects.create_user("agent@habitat.example")
    Membership.objects.create(user=officer, organisation=office.organisation, role=Role.OFFICER)
    client.force_login(officer)
    job = start("count", office.manager, to=3)
    assert reverse("job_cancel", args=[job.pk]) not in page(client, job)
    assert client.post(reverse("job_cancel", args=[job.pk])).status_code == 403
    assert fresh(job).state == "queued"


def test_a_refusal_says_where_in_the_file(manager: Client, office: Office, kinds: dict[str, Any]) -> None:
    @work("read")
    def read(job: Handle) -> dict[str, Any]:
        raise BadInput("'x' is no age", file="/in/parc.csv", row=12, column="AGE")

    job = start("read", office.manager)
    run_waiting()
    shown = page(manager, job)
    assert "fichier parc.csv, ligne 12, colonne AGE" in shown
    assert "Recommencer ce travail" in shown
    assert "/in/" not in shown


def said_of(client: Client, office: Office, problem: str, state: str) -> str:
    from django.utils import timezone

    over = {} if state == "queued" else {"finished": timezone.now()}
    job = Job.objects.create(
        kind="count", same=problem + state, organisation=office.organisation, state=state, problem=problem, **over
    )
    return page(client, job)


@pytest.mark.parametrize(
    ("problem", "state", "words"),
    [
        ("worker_gone", "queued", "s’est arrêté net. Il recommence de lui-même"),
        ("worker_gone", "lost", "s’est arrêté net. Il n’a pas été recommencé"),
        ("disk_full", "failed", "Le disque du serveur est plein"),
        ("database_gone", "lost", "La base de données n’a plus répondu"),
    ],
)
def test_what_happened_is_said_in_words(
    manager: Client, office: Office, counting: list[int], problem: str, state: str, words: str
) -> None:
    assert words in said_of(manager, office, problem, state)


def test_a_result_is_shown_by_the_names_of_its_figures(manager: Client, office: Office, kinds: dict[str, Any]) -> None:
    @work("read", address=lambda result: f"/registres/{result['register']}")
    def read(job: Handle) -> dict[str, Any]:
        return {"register": 7, "homes": 35110, "secret_of_ours": 1}

    job = start("read", office.manager)
    run_waiting()
    shown = page(manager, job)
    assert "35\u202f110" in shown
    assert 'href="/registres/7"' in shown
    assert "secret_of_ours" not in shown
    cancelled = start("read", office.manager)
    cancel(cancelled.pk, None)
    assert "/registres/" not in page(manager, cancelled).split('id="followed"')[1]


def test_every_kind_and_every_way_to_end_has_its_words() -> None:
    kinds = [one for one in KINDS if KINDS[one].function.__module__.startswith("carreau.")]
    assert kinds
    assert [one for one in kinds if not knows(f"jobs.kind.{one}")] == []
    for language in LANGUAGES:
        assert catalogue(language)["jobs.unavailable"]
