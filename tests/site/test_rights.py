"""Every address names its action, and what the table of rights says is what happens."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from carreau.site.accounts.rights import ADMINISTRATORS, RIGHTS, Action, Role, may


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one)
        else:
            yield one


def test_the_table_knows_every_action() -> None:
    assert set(RIGHTS) == set(Action)


def test_a_right_that_depends_on_the_state_is_refused_in_another() -> None:
    assert may(Role.MANAGER, Action.CANCEL_JOB, "running")
    assert not may(Role.MANAGER, Action.CANCEL_JOB, "done")
    assert frozenset({Role.ADMINISTRATOR}) == ADMINISTRATORS


@pytest.mark.parametrize("pattern", list(patterns()), ids=lambda one: str(one.pattern))
def test_every_address_names_its_action(pattern: Any) -> None:
    assert isinstance(getattr(pattern.callback, "action", None), Action)


@pytest.mark.django_db(databases=["default", "keyring"])
def test_a_visitor_reads_the_front_page(client: Client) -> None:
    assert client.get("/").status_code == 200
    assert client.get("/en/").status_code == 200
    assert client.get("/sante").json() == {"default": True, "keyring": True}
