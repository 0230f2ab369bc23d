"""Real processes: workers on the test's own database, and whole installations."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from carreau.site.jobs.kinds import KINDS
from carreau.site.jobs.models import Job

ROOT = Path(__file__).parents[3]


def until(true: Callable[[], Any], seconds: float = 120) -> Any:
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
    return os.environ | databases | names


class Workers:
    """Workers as processes of their own."""

    def __init__(self) -> None:
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "carreau.site.jobs.worker"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment(), start_new_session=True)
        self.processes.append(process)
        return process

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait()


@pytest.fixture
def workers(transactional_db: None) -> Iterator[Workers]:
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


def state(job: Job) -> str:
    """The state of a job, as the database has it now."""
    return Job.objects.values_list("state", flat=True).get(pk=job.pk)
