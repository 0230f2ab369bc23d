"""While a site serves and works: processes that die, a database that is locked or gone, a full disk, hostile bytes."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.installations import empty_installation
from tests.site.operations.conftest import until
from tests.site.operations.served import Served
from tools.with_postgresql import Server

pytestmark = [pytest.mark.installation, pytest.mark.usefixtures("labour", "unblocked")]
SECONDS = 10
ASK = """
import json, sys, django
django.setup()
from carreau.site.jobs.work import start
print(start(sys.argv[1], None, **json.loads(sys.argv[2])).pk)
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Served for all tests that leave it as it was."""
    made = Served(empty_installation(tmp_path_factory.mktemp("running") / "site"))
    made.start()
    yield made
    made.stop()


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


@pytest.mark.skipif(not Path("/proc").exists(), reason="reads /proc")
def test_what_dies_is_started_again_and_its_job_given_back_at_once(running: Served, tmp_path: Path) -> None:
    file = tmp_path / "steps"
    job = running.ask("steps", file=str(file), count=3, pause=0.1, ended_once=True)
    until(file.exists)
    os.kill(running.pids("carreau.site.jobs.worker")[0], signal.SIGKILL)
    until(lambda: running.state(job) == "done")
    assert running.job(job) == ("done", 2, "worker_gone")
    os.kill(running.pids("carreau.site.config.web")[0], signal.SIGKILL)
    until(lambda: running.pids("carreau.site.config.web"))
    until(running.answers)


def test_an_installation_that_is_served_already_is_refused(running: Served) -> None:
    assert "is served already" in Served(running.home).refused()
    assert running.answers()


def raw(served: Served, request: bytes) -> bytes:
    """What the server answers to these very bytes."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as connection:
        connection.sendall(request)
        return connection.recv(65536)


def test_hostile_bytes_get_a_refusal_and_hold_nobody_else_up(running: Served) -> None:
    host = b"Host: 127.0.0.1\r\n"
    assert raw(running, b"GET /static/../../secret HTTP/1.1\r\n" + host + b"\r\n").split()[1] in (b"400", b"404")
    assert raw(running, b"GET /static/%2e%2e/%2e%2e/secret HTTP/1.1\r\n" + host + b"\r\n").split()[1] in (
        b"400",
        b"404",
    )
    assert raw(running, b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n").split()[1] == b"400"
    assert raw(running, b"GET / HTTP/1.1\r\n" + host + b"X: " + b"x" * 200_000).split()[1] in (b"400", b"431")
    assert raw(running, b"nonsense\r\n\r\n").split()[1:2] in ([], [b"400"])
    head = b"POST /sante HTTP/1.1\r\n" + host + b"Content-Length: 100000\r\n\r\n"
    slow = [socket.create_connection(("127.0.0.1", running.port)) for _ in range(8)]
    try:
        for connection in slow:
            connection.sendall(head + b"a")  # and then nothing
        assert running.get("/")[0] == 200
    finally:
        for connection in slow:
            connection.close()


def test_sqlite_locked_for_ten_seconds(running: Served, tmp_path: Path) -> None:
    file = tmp_path / "steps"
    job = running.ask("steps", file=str(file), count=40, pause=0.1)
    until(file.exists)
    with closing(sqlite3.connect(running.home / "carreau.sqlite3", isolation_level=None, timeout=60)) as database:
        database.execute("BEGIN EXCLUSIVE")
        assert running.get("/")[0] == 200  # reads go on
        time.sleep(SECONDS)
        database.execute("ROLLBACK")
    until(lambda: running.state(job) == "done")
    assert running.job(job)[1] == 1


def test_a_full_disk_fails_the_job_and_leaves_what_was_there(running: Served, small_disk: Path) -> None:
    made = small_disk / "made"
    first = running.ask("fill", folder=str(made), megabytes=1)
    until(lambda: running.state(first) == "done")
    second = running.ask("fill", folder=str(made), megabytes=10)
    until(lambda: running.state(second) == "failed")
    assert running.job(second)[2] == "disk_full"
    assert (made / "much").stat().st_size == 1_000_000
    assert not list(small_disk.glob(".made.staging"))


@pytest.mark.slow
@pytest.mark.postgresql
def test_postgresql_gone_for_ten_seconds(server: Server, tmp_path: Path) -> None:
    served = Served(tmp_path / "site", **server.environment())
    try:
        served.start()
        file = tmp_path / "steps"
        served.python(ASK, "steps", json.dumps({"file": str(file), "count": 40, "pause": 0.1}))
        until(file.exists)
        server.stop()
        back = time.monotonic() + SECONDS
        headers, text = until(lambda: unavailable(served))
        assert headers["retry-after"] == "10"
        assert "La base de données ne répond pas" in text
        assert served.get("/sante")[0] == 503
        time.sleep(max(back - time.monotonic(), 0))
        server.start()
        until(served.answers)
        assert served.get("/")[0] == 200
        until(lambda: jobs(server)[0][0] == "done", 180)
        assert served.process
        assert served.process.poll() is None
    finally:
        if served.process:
            served.stop()
