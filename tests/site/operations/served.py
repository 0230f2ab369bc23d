"""An installation that is served by `carreau serve`, as a process of its own."""

import json
import signal
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connections
from tests.databases import use
from tests.installations import clean_environment, free_port
from tests.site.operations.conftest import ROOT, until

from carreau.site.jobs.work import start


class Served:
    """An installation served by the command, which makes it where there is none.

    On SQLite, unless `more`, which are variables of its environment, say otherwise.
    """

    def __init__(self, home: Path, **more: str) -> None:
        self.home, self.port = home, free_port()
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
        return self.process.wait(180)

    def get(self, path: str) -> tuple[int, dict[str, str], str]:
        """Ask for a page: status, headers, text."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
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

    def ask(self, kind: str, **arguments: Any) -> str:
        """Ask for work, from this process; the job's key in the database."""
        before = connections["default"].settings_dict["NAME"]
        use("default", str(self.home / "carreau.sqlite3"))
        try:
            return start(kind, None, **arguments).pk.hex
        finally:
            use("default", before)

    def job(self, key: str) -> tuple[str, int, str]:
        """Its state, its attempts and its problem."""
        with closing(sqlite3.connect(self.home / "carreau.sqlite3")) as database:
            asked = "SELECT state, attempts, problem FROM jobs_job WHERE id = ?"
            found: tuple[str, int, str] = database.execute(asked, [key]).fetchone()
            return found

    def state(self, key: str) -> str:
        return self.job(key)[0]

    def pids(self, module: str) -> list[int]:
        """The processes of this installation that run a module and were started by the command."""
        assert self.process
        found = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
        rows = [line.split(None, 2) for line in found.splitlines()[1:]]
        return [int(pid) for pid, parent, args in rows if int(parent) == self.process.pid and f"-m {module}" in args]

    def answers(self) -> bool:
        try:
            return self.get("/sante")[0] == 200
        except OSError:
            return False

    def refused(self) -> str:
        """What the command says when it does not serve."""
        done = subprocess.run(
            self.command(), cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=180
        )
        assert (done.returncode, done.stdout) == (2, "")
        return done.stderr
