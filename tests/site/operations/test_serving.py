"""`carreau serve`: one command makes an installation, serves it, keeps it alive and stops it cleanly."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.installations import clean_environment, empty_installation, free_port
from tests.site.operations.conftest import ROOT, until

pytestmark = pytest.mark.installation
ASK = """
import json, sys, django
django.setup()
from carreau.site.jobs.work import start
print(start(sys.argv[1], None, **json.loads(sys.argv[2])).pk)
"""


class Served:
    """An installation of its own, on SQLite, served by the command: an empty one, or one that the command makes."""

    def __init__(self, home: Path, *, made: bool = False, **more: str) -> None:
        self.home, self.port = home, free_port()
        if not made and not home.exists():
            empty_installation(home)
        labour = {"DJANGO_SETTINGS_MODULE": "tests.site.operations.labour.settings"}
        self.environment = clean_environment() | labour | more
        self.process: subprocess.Popen[bytes] | None = None
        self.said, self.errors = home.with_suffix(".said"), home.with_suffix(".errors")

    def command(self, *more: str) -> list[str]:
        where = ["--home", str(self.home), "--port", str(self.port), "--json"]
        return [sys.executable, "-m", "carreau", "serve", *where, *more]

    def start(self, *more: str) -> dict[str, Any]:
        """Start it and wait until it says that it is ready; what it said."""
        with self.said.open("w") as out, self.errors.open("a") as errors:
            self.process = subprocess.Popen(
                self.command(*more), cwd=ROOT, env=self.environment, stdout=out, stderr=errors, start_new_session=True
            )
        until(lambda: self.said.read_text().endswith("\n") or self.process.poll() is not None)
        assert self.process.poll() is None, self.errors.read_text()
        said: dict[str, Any] = json.loads(self.said.read_text())
        return said

    def stop(self, number: int = signal.SIGTERM) -> int:
        assert self.process
        self.process.send_signal(number)
        return self.process.wait(90)

    def get(self, path: str) -> tuple[int, dict[str, str], str]:
        """Ask for a page: status, headers, text."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, dict(answer.headers), answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read().decode()

    def python(self, code: str, *arguments: str) -> str:
        """What Python prints in this installation."""
        command = [sys.executable, "-c", code, *arguments]
        own = self.environment | {"CARREAU_HOME": str(self.home)}
        done = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ask(self, kind: str, **arguments: Any) -> None:
        self.python(ASK, kind, json.dumps(arguments))

    def jobs(self) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(self.home / "carreau.sqlite3")) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute("SELECT state, attempts, problem FROM jobs_job")]

    def pids(self, module: str) -> list[int]:
        """The processes of this installation that run a module and were started by the command."""
        assert self.process
        found = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
        rows = [line.split(None, 2) for line in found.splitlines()[1:]]
        return [int(pid) for pid, parent, args in rows if int(parent) == self.process.pid and f"-m {module}" in args]


@pytest.fixture
def served(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Served]:
    made = Served(tmp_path / "site", made=getattr(request, "param", False))
    yield made
    if made.process and made.process.poll() is None:
        made.stop()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Served for all tests that do not end it."""
    made = Served(tmp_path_factory.mktemp("running") / "site")
    made.start()
    yield made
    made.stop()


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"


@pytest.mark.parametrize("served", [True], indirect=True, ids=["from nothing"])
def test_it_makes_an_installation_serves_it_and_stops_with_exit_code_0(served: Served) -> None:
    said = served.start()
    assert said["address"] == f"http://127.0.0.1:{served.port}/"
    assert said["home"] == str(served.home)
    status, _, text = served.get("/sante")
    assert (status, json.loads(text)["default"], json.loads(text)["keyring"]) == (200, True, True)
    assert served.get("/")[0] == 200
    assert (served.home / "secret").stat().st_mode & 0o777 == 0o600
    children = served.pids("carreau.site")
    assert len(children) == 2
    assert served.stop(signal.SIGINT) == 0
    assert all(gone(pid) for pid in children)
    assert served.start()["address"]  # again, on what is there


@pytest.mark.skipif(not Path("/proc").exists(), reason="reads /proc")
def test_what_dies_is_started_again_and_its_job_given_back_at_once(served: Served, tmp_path: Path) -> None:
    served.start()
    file = tmp_path / "steps"
    served.ask("steps", file=str(file), count=3, pause=0.1, ended_once=True)
    until(file.exists)
    os.kill(served.pids("carreau.site.jobs.worker")[0], signal.SIGKILL)
    until(lambda: served.jobs()[0]["state"] == "done")
    assert served.jobs() == [{"state": "done", "attempts": 2, "problem": "worker_gone"}]
    os.kill(served.pids("carreau.site.config.web")[0], signal.SIGKILL)
    until(lambda: served.pids("carreau.site.config.web"))
    until(lambda: answers(served))


def answers(served: Served) -> bool:
    try:
        return served.get("/sante")[0] == 200
    except OSError:
        return False


def test_a_stop_gives_the_running_job_back_and_the_next_start_finishes_it(served: Served, tmp_path: Path) -> None:
    served.start()
    file = tmp_path / "steps"
    served.ask("steps", file=str(file), count=3, pause=0.1, ended_once=True)
    until(file.exists)
    assert served.stop() == 0
    assert served.jobs() == [{"state": "queued", "attempts": 1, "problem": "worker_stopped"}]
    served.start()
    until(lambda: served.jobs()[0]["state"] == "done")


def test_when_the_supervisor_is_killed_its_children_end(served: Served) -> None:
    served.start()
    children = served.pids("carreau.site")
    assert served.process
    served.process.kill()
    served.process.wait()
    until(lambda: all(gone(pid) for pid in children))


def refused(served: Served) -> str:
    done = subprocess.run(
        served.command(), cwd=ROOT, env=served.environment, capture_output=True, text=True, timeout=180
    )
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr


def test_a_port_in_use_is_refused(served: Served) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", served.port))
        taken.listen()
        assert f"port {served.port} of 127.0.0.1 cannot be used" in refused(served)


def test_an_installation_that_is_served_already_is_refused(running: Served) -> None:
    other = Served(running.home)
    assert "is served already" in refused(other)
    time.sleep(0.5)
    assert answers(running)


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
        began = time.monotonic()
        assert running.get("/")[0] == 200
        assert time.monotonic() - began < 15
    finally:
        for connection in slow:
            connection.close()


MADE = """
import django
django.setup()
from carreau.site.accounts.models import User
print(User.objects.create_user("lila@personne.example", name="Lila").person_id)
"""
ERASED = """
import sys, uuid, django
django.setup()
from carreau.site.audit.erasure import erase
erase(uuid.UUID(sys.argv[1]))
"""


def test_a_backup_that_is_put_back_is_erased_again_before_anybody_is_served(served: Served, tmp_path: Path) -> None:
    served.start("--workers", "0")
    person = served.python(MADE).strip()
    served.stop()
    database, backup = served.home / "carreau.sqlite3", tmp_path / "backup.sqlite3"
    with closing(sqlite3.connect(database)) as live, closing(sqlite3.connect(backup)) as copy:
        live.backup(copy)
    served.python(ERASED, person)
    for file in served.home.glob("carreau.sqlite3*"):
        file.unlink()
    shutil.copy(backup, database)
    assert active(database)
    served.start("--workers", "0")
    assert not active(database)
    assert "erased again" in served.errors.read_text()


def active(database: Path) -> bool:
    with closing(sqlite3.connect(database)) as opened:
        return bool(opened.execute("SELECT is_active FROM accounts_user").fetchone()[0])
