"""Nothing about anybody reaches the log: what is put into requests, errors and messages is looked for in it."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from carreau.site.config.logs import KNOWN, Lines, logging_settings

CANARY = "canary.diallo@personne.example"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """The log, as it would be on standard error."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)


def parsed(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


@pytest.mark.django_db(databases=["default", "keyring"])
def test_a_request_is_one_line_of_known_fields(client: Client, lines: io.StringIO) -> None:
    answer = client.get("/", {"q": CANARY}, headers={"User-Agent": CANARY, "Referer": CANARY}, REMOTE_ADDR="192.0.2.77")
    (line,) = [one for one in parsed(lines) if one["logger"] == "carreau.requests"]
    assert set(line) == {"time", "level", "logger", "message", "request", "method", "route", "status", "ms"}
    assert (line["method"], line["route"], line["status"]) == ("GET", "front", 200)
    assert answer.headers["X-Request-ID"] == line["request"]


@pytest.mark.django_db(databases=["default", "keyring"])
@pytest.mark.parametrize("method", ["GET", "POST", "BREW-" + CANARY])
@pytest.mark.parametrize("path", [f"/{CANARY}", f"/compte/{CANARY}/", "/", "/compte/connexion", "/travaux/"])
def test_no_request_leaves_what_it_carries(client: Client, lines: io.StringIO, method: str, path: str) -> None:
    client.raise_request_exception = False
    client.cookies["session"] = CANARY
    client.generic(
        method,
        f"{path}?email={CANARY}",
        f"login={CANARY}&password={CANARY}",
        content_type="application/x-www-form-urlencoded",
        headers={"Host": "localhost", "User-Agent": CANARY, "X-Request-ID": CANARY},
        REMOTE_ADDR="192.0.2.77",
    )
    assert parsed(lines)
    assert CANARY not in lines.getvalue()
    assert "192.0.2.77" not in lines.getvalue()


@pytest.mark.django_db(databases=["default", "keyring"])
def test_an_exception_is_its_class_and_where(
    client: Client, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ValueError(CANARY) from KeyError(CANARY)

    client.raise_request_exception = False
    monkeypatch.setattr("carreau.site.accounts.middleware.actor_of", broken)
    client.get(f"/{CANARY}")
    assert CANARY not in lines.getvalue()
    (line,) = [one for one in parsed(lines) if "error" in one]
    assert line["error"] == "builtins.ValueError"
    assert line["at"][-1].endswith(" broken")


def test_a_library_says_its_template_or_its_place(lines: io.StringIO) -> None:
    library = logging.getLogger("some.library")
    library.warning("cannot send to %s", CANARY)
    library.warning(f"cannot send to {CANARY}", extra={"job": CANARY})
    first, second = parsed(lines)
    assert first["message"] == "cannot send to %s"
    assert second["message"].startswith("test_log_lines:")
    assert CANARY not in lines.getvalue()


def test_our_own_lines_have_known_fields_only(lines: io.StringIO) -> None:
    logging.getLogger("carreau.jobs").warning("something", extra={"job": "1", "email": CANARY})
    (line,) = parsed(lines)
    assert line["job"] == "1"
    assert "email" not in line
    assert not {"email", "name", "ip", "user", "path", "query"} & set(KNOWN)


def test_everything_goes_to_standard_error_as_lines() -> None:
    made = logging_settings(debug=False)
    assert list(made["handlers"]) == ["stderr"]
    assert made["root"]["level"] == "WARNING"
    assert all(one.get("handlers", []) == [] for one in made["loggers"].values())
