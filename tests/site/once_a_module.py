"""What takes a second to make in the databases: made once a module, in a transaction that is undone after its tests."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.test import override_settings

Made = TypeVar("Made")


@contextmanager
def rolled_back() -> Iterator[None]:
    """Whatever is done within is undone, in every database."""
    with ExitStack() as stack:
        for alias in connections:
            stack.enter_context(transaction.atomic(using=alias))
        yield
        for alias in connections:
            transaction.set_rollback(True, using=alias)


def commits(request: pytest.FixtureRequest) -> bool:
    """Whether a test of the module commits, so that nothing can be undone around it."""
    marks = (one.get_closest_marker("django_db") for one in request.session.items if one.path == request.path)
    return any(mark and mark.kwargs.get("transaction") for mark in marks)


def once_a_module(request: pytest.FixtureRequest, make: Callable[[Path], Made]) -> Iterator[Callable[[Path], Made]]:
    """For a fixture of module scope: yields what gives a test its own copy, and its files in the folder that it names.

    `make` is told where the installation's files go. In a module whose tests commit, each test makes its own.
    """
    if commits(request):
        yield make
        return
    request.getfixturevalue("django_db_setup")
    home: Path = request.getfixturevalue("tmp_path_factory").mktemp("once") / "site"
    with request.getfixturevalue("django_db_blocker").unblock(), rolled_back():
        with override_settings(ENVIRONMENT=replace(settings.ENVIRONMENT, home=home)):
            made = make(home)

        def own(to: Path) -> Made:
            shutil.copytree(home, to, dirs_exist_ok=True)
            return deepcopy(made)

        yield own
