"""Hostile requests are refused clearly; every answer carries its headers; a database that is gone has its page."""

import json
from typing import Any

import pytest
from django.db import connection
from django.db.utils import OperationalError
from django.test import Client
from django.urls import reverse

from carreau.site.config import health
from carreau.site.jobs.keeping import sign_of_life

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
HEADERS = {
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=()",
}


@pytest.mark.parametrize("path", ["/", "/en/", "/nothing-here", "/compte/", "/travaux/"])
@pytest.mark.parametrize("header", HEADERS)
def test_every_page_carries_its_headers(client: Client, path: str, header: str) -> None:
    assert HEADERS[header] in client.get(path).headers[header]


def test_the_policy_lets_no_inline_script_or_style_through(client: Client) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_a_host_of_somebody_else_is_refused(client: Client) -> None:
    answer = client.get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-For", "X-Original-URL"])
def test_headers_of_a_proxy_are_not_believed(client: Client, header: str) -> None:
    answer = client.get("/", headers={header: "evil.example"})
    assert answer.status_code == 200
    assert "evil.example" not in answer.content.decode()


def test_a_form_that_is_too_large_is_refused(client: Client) -> None:
    sign_in = reverse("account_login")
    assert client.post(sign_in, {"login": "x" * 1_100_000}).status_code == 400
    assert client.post(sign_in, {f"field{number}": "" for number in range(600)}).status_code == 400
    assert client.post(sign_in, {"login": "x"}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/static/../secret", "/static/%2e%2e/secret", "/static/..%2fsecret", "/..%2f..%2fetc/passwd"]
)
def test_no_path_leads_out_of_the_static_files(client: Client, path: str) -> None:
    assert client.get(path).status_code in (400, 404)


def gone(*_: Any, **__: Any) -> None:
    raise OperationalError("server at 10.1.2.3 closed the connection for user gestion")


def test_when_the_database_is_gone_the_page_says_so_and_when_to_come_back(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.raise_request_exception = False
    monkeypatch.setattr("carreau.site.accounts.middleware.actor_of", gone)
    answer = client.get("/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert "no-store" in answer.headers["Cache-Control"]
    shown = answer.content.decode()
    assert "La base de données ne répond pas" in shown
    assert "10.1.2.3" not in shown
    assert "does not answer" in client.get("/en/").content.decode()


def test_any_other_error_is_a_500_without_details(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise ValueError("Amina Diallo")

    client.raise_request_exception = False
    monkeypatch.setattr("carreau.site.accounts.middleware.actor_of", broken)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Diallo" not in answer.content.decode()


def test_health(client: Client) -> None:
    answer = client.get("/sante")
    assert answer.status_code == 200
    assert answer.json() == {"default": True, "keyring": True, "migrations": True, "worker": False}
    sign_of_life("one")
    assert client.get("/sante").json()["worker"] is True


def test_health_when_a_migration_is_missing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_UP_TO_DATE", set())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'jobs'")
    answer = client.get("/sante")
    assert answer.status_code == 503
    assert json.loads(answer.content)["migrations"] is False
