"""Real processes: workers on the test's own database, and whole installations."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerProcess
from multiprocessing.forkserver import ensure_running
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from tests.site.operations.labour.forked import work_until_told

from carreau.site.jobs.kinds import KINDS
from carreau.site.jobs.models import Job

ROOT = Path(__file__).parents[3]
FORKING = multiprocessing.get_context("forkserver")


def until(true: Callable[[], Any], seconds: float = 300) -> Any:
    """Wait until something is true; what it gave."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)
    return found


def address(alias: str) -> str:
    """The address of a test database, for another process."""
    held = connections[alias].settings_dict
    if connections[alias].vendor == "sqlite":
        return f"sqlite:///{held['NAME']}"
    return f"postgres://{held['USER']}@{held['HOST'].replace('/', '%2F')}/{held['NAME']}"


def environment() -> dict[str, str]:
    """What leads another process to the databases of the test."""
    databases = {"DATABASE_URL": address("default"), "KEYRING_URL": address("keyring")}
    names = {"CARREAU_SECRET": settings.SECRET_KEY, "DJANGO_SETTINGS_MODULE": "tests.site.operations.labour.settings"}
    return databases | names


class Workers:
    """Workers as processes of their own, each forked from one that has loaded the site: to load it takes seconds.

    That the command `python -m carreau.site.jobs.worker` begins one is shown by `test_serving.py`.
    """

    def __init__(self) -> None:
        self.processes: list[ForkServerProcess] = []

    def start(self) -> ForkServerProcess:
        process = FORKING.Process(target=work_until_told)
        process.start()
        self.processes.append(process)
        return process

    def end(self) -> None:
        for process in self.processes:
            if process.is_alive():
                signalled(process, signal.SIGCONT)
                process.kill()
            process.join()


def signalled(process: ForkServerProcess, number: int) -> None:
    assert process.pid
    os.kill(process.pid, number)


def ended(process: ForkServerProcess, seconds: float = 300) -> int | None:
    """The exit code of a process that ends in time."""
    process.join(seconds)
    return process.exitcode


@pytest.fixture(scope="session")
def loaded(django_db_setup: None) -> None:
    """Begin the process that workers are forked from; it ends with this one."""
    FORKING.set_forkserver_preload(["tests.site.operations.labour.loaded"])
    with pytest.MonkeyPatch.context() as changed:
        for name, value in environment().items():
            changed.setenv(name, value)
        ensure_running()


@pytest.fixture
def workers(loaded: None, transactional_db: None) -> Iterator[Workers]:
    made = Workers()
    yield made
    made.end()


@pytest.fixture
def labour() -> Iterator[None]:
    """The kinds of work of `labour`, in this process too."""
    from tests.site.operations.labour import work

    before = dict(KINDS)
    for name in ("steps", "once", "deaf", "fill"):
        KINDS.setdefault(name, work.KINDS_OF_LABOUR[name])
    yield
    KINDS.clear()
    KINDS.update(before)


@pytest.fixture
def unblocked(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Databases that the test itself leads Django to may be asked."""
    with django_db_blocker.unblock():
        yield


def state(job: Job) -> str:
    """The state of a job, as the database has it now."""
    return Job.objects.values_list("state", flat=True).get(pk=job.pk)
