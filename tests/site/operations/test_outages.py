"""A database that is gone for ten seconds, and a disk that is full, while a site serves and works."""

import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.site.operations.conftest import until
from tests.site.operations.test_serving import Served, answers
from tools.with_postgresql import Server

pytestmark = pytest.mark.installation
SECONDS = 10


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.remove()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("may not mount a file system; the boundary is tested by test_job_work.py")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def unavailable(served: Served) -> Any:
    try:
        status, headers, text = served.get("/")
    except OSError:
        return None
    return (headers, text) if status == 503 else None


def jobs(server: Server) -> list[tuple[str, int]]:
    with psycopg.connect(f"host={server.folder} user=postgres dbname=carreau") as database:
        return [(state, attempts) for state, attempts in database.execute("SELECT state, attempts FROM jobs_job")]


@pytest.mark.postgresql
def test_postgresql_gone_for_ten_seconds(server: Server, tmp_path: Path) -> None:
    served = Served(tmp_path / "site", **server.environment())
    try:
        served.start()
        file = tmp_path / "steps"
        served.ask("steps", file=str(file), count=40, pause=0.1)
        until(file.exists)
        server.stop()
        back = time.monotonic() + SECONDS
        headers, text = until(lambda: unavailable(served))
        assert headers["retry-after"] == "10"
        assert "La base de données ne répond pas" in text
        assert served.get("/sante")[0] == 503
        time.sleep(max(back - time.monotonic(), 0))
        server.start()
        until(lambda: answers(served))
        assert served.get("/")[0] == 200
        until(lambda: jobs(server)[0][0] == "done", 180)
        assert served.process
        assert served.process.poll() is None
    finally:
        if served.process:
            served.stop()


def test_sqlite_locked_for_ten_seconds(tmp_path: Path) -> None:
    served = Served(tmp_path / "site")
    try:
        served.start()
        file = tmp_path / "steps"
        served.ask("steps", file=str(file), count=40, pause=0.1)
        until(file.exists)
        with closing(sqlite3.connect(served.home / "carreau.sqlite3", isolation_level=None)) as database:
            database.execute("BEGIN EXCLUSIVE")
            assert served.get("/")[0] == 200  # reads go on
            time.sleep(SECONDS)
            database.execute("ROLLBACK")
        until(lambda: served.jobs()[0]["state"] == "done", 180)
        assert served.jobs()[0]["attempts"] == 1
    finally:
        if served.process:
            served.stop()


def test_a_full_disk_fails_the_job_and_leaves_what_was_there(small_disk: Path, tmp_path: Path) -> None:
    served = Served(tmp_path / "site")
    try:
        served.start()
        made = small_disk / "made"
        served.ask("fill", folder=str(made), megabytes=1)
        until(lambda: [one["state"] for one in served.jobs()] == ["done"])
        served.ask("fill", folder=str(made), megabytes=10)
        until(lambda: [one["state"] for one in served.jobs()] == ["done", "failed"])
        assert served.jobs()[1]["problem"] == "disk_full"
        assert (made / "much").stat().st_size == 1_000_000
        assert not list(small_disk.glob(".made.staging"))
    finally:
        if served.process:
            served.stop()
