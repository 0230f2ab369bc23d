"""A person with values found nowhere else goes through the site; none of them comes out where it should not."""

import io
import json
import logging
from typing import Any

import pytest
from django.contrib.auth import signals
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from tests.site.audit.conftest import Office
from tests.site.audit.test_erasure import everything, written_ways

from carreau.site.accounts.models import User
from carreau.site.accounts.rights import Action, needs
from carreau.site.config.logs import Lines
from carreau.site.config.urls import urlpatterns as site_patterns
from carreau.site.jobs.kinds import KINDS
from carreau.site.jobs.models import Job
from carreau.site.jobs.work import Handle, run_waiting, start, work

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)

NAME, ADDRESS, PASSWORD, TYPED = (
    "Philomène Canari-Obsidienne",
    "philomene.canari@obsidienne.example",
    "mot de passe canari obsidienne",
    "revenu canari 31415,92 euros",
)
CANARIES = (NAME, ADDRESS, PASSWORD, TYPED)


class Oops(Exception):  # noqa: N818 - it is what it says
    pass


@needs(Action.READ_PUBLIC_PAGES)
def failing(request: HttpRequest, name: str) -> HttpResponse:
    """A view whose mistake has in its message, and in its variables, what somebody typed."""
    typed = request.POST["income"]
    logging.getLogger("some.library").warning("could not read %s of %s", typed, ADDRESS)
    raise Oops(f"{name} typed {typed}")


urlpatterns = [*site_patterns, path("raise/<str:name>", failing)]


@pytest.fixture
def stderr() -> Any:
    """What the site's own handler writes, line by line, whatever pytest does with the others."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def carried(raw: bytes) -> list[str]:
    return [value for value in CANARIES if any(way in raw for way in written_ways(value))]


def through_the_site(client: Client, office: Office) -> None:
    user = User.objects.create_user(ADDRESS, PASSWORD, name="Somebody")
    user.name = NAME
    user.save()
    client.post("/compte/connexion", {"login": ADDRESS, "password": PASSWORD})
    client.post("/compte/connexion", {"login": ADDRESS, "password": TYPED})
    client.force_login(user)
    with override_settings(ROOT_URLCONF=__name__):
        assert client.post(f"/raise/{NAME}", {"income": TYPED}).status_code == 500
        assert client.get(f"/absent/{ADDRESS}").status_code == 404
    with pytest.raises(Exception, match=r"(?i)constraint|unique"), transaction.atomic():
        User.objects.create_user(ADDRESS, name=NAME)
    start("mistaken", office.manager, organisation=office.organisation.pk)
    run_waiting()
    assert Job.objects.get(kind="mistaken").state == "failed"


def test_no_canary_comes_out(client: Client, office: Office, stderr: io.StringIO) -> None:
    @work("mistaken")
    def mistaken(_job: Handle, *, organisation: int) -> dict[str, int]:
        raise Oops(f"{NAME} of {organisation} at {ADDRESS}")

    client.raise_request_exception = False
    try:
        through_the_site(client, office)
    finally:
        del KINDS["mistaken"]
    lines = [json.loads(line) for line in stderr.getvalue().splitlines()]
    assert carried(stderr.getvalue().encode()) == []
    mistakes = [line for line in lines if "Oops" in str(line.get("error"))]
    assert any("test_canary" in str(line["at"]) for line in mistakes)
    found = {column: carried(raw) for column, raw in everything() if carried(raw)}
    assert found == {}


def test_signing_in_is_an_event_without_the_name_tried(client: Client, office: Office) -> None:
    from carreau.site.audit.models import Entry

    assert signals.user_logged_in.receivers
    user = User.objects.create_user(ADDRESS, PASSWORD, name=NAME)
    client.force_login(user)
    assert Entry.objects.get(verb="signed_in").object_id == str(user.pk)
    signals.user_login_failed.send(sender=None, credentials={"username": ADDRESS}, request=None)
    assert Entry.objects.get(verb="sign_in_refused").after == {}
