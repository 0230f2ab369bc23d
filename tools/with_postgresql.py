"""Run a command with a PostgreSQL of its own, which is gone afterwards.

    python tools/with_postgresql.py -- python -m pytest tests/site

The command finds it in DATABASE_URL and KEYRING_URL. The server listens on a socket in a temporary folder only; as root
it runs as the user `postgres`. Where PostgreSQL is missing the command is not run, which is an error under
CARREAU_REQUIRE_ALL=1.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

NEEDED = ("initdb", "pg_ctl", "createdb")
GET = "sudo apt-get install postgresql"
FAST = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=500"


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, the newest version's if there are several; None where it is missing."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name), reverse=True)
    found = shutil.which("pg_ctl")
    folders += [Path(found).parent] if found else []
    return next((one for one in folders if all((one / name).exists() for name in NEEDED)), None)


class Server:
    """A server in a temporary folder, with the databases `carreau` and `keyring`. Start, stop and start it at will."""

    def __init__(self) -> None:
        where = programs()
        if where is None:
            raise FileNotFoundError(f"PostgreSQL is missing, get it with: {GET}")
        self._programs = where
        self.folder = Path(tempfile.mkdtemp(prefix="carreau-pg-"))
        try:
            self._make()
        except BaseException:
            self.remove()
            raise

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def address(self, name: str) -> str:
        """The address of one of its databases, as `DATABASE_URL` has it."""
        return f"postgres://postgres@{quote(str(self.folder), safe='')}/{name}"

    def environment(self) -> dict[str, str]:
        """The variables that lead the site to it."""
        return {"DATABASE_URL": self.address("carreau"), "KEYRING_URL": self.address("keyring")}

    def start(self) -> None:
        """Start it, and wait until it answers."""
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", self._data, "-l", log, "-w", "-o", f"{FAST} -k {self.folder}", "start")

    def stop(self) -> None:
        """Stop it at once, breaking its connections."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")

    def remove(self) -> None:
        """Stop it and remove its folder."""
        subprocess.run([*self._command("pg_ctl"), "-D", self._data, "-m", "immediate", "stop"], capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run("initdb", "--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "-D", self._data)
        self.start()
        for name in ("carreau", "keyring"):
            self._run("createdb", "-h", str(self.folder), "-U", "postgres", name)

    def _command(self, program: str) -> list[str]:
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        return [*as_postgres, str(self._programs / program)]

    def _run(self, program: str, *arguments: str) -> None:
        # to a file: the server keeps its standard output, and a pipe would never end
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run([*self._command(program), *arguments], cwd="/", stdout=said, stderr=said)
            if done.returncode:
                said.seek(0)
                raise RuntimeError(f"{program}: {said.read()}")


def main(command: list[str]) -> int:
    """Run the command; its exit code."""
    if programs() is None:
        sys.stderr.write(f"not run on PostgreSQL: {' '.join(command)}; get it with: {GET}\n")
        return int(os.environ.get("CARREAU_REQUIRE_ALL") == "1")
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    server = Server()
    try:
        return subprocess.run(command, env=os.environ | server.environment()).returncode
    finally:
        server.remove()


if __name__ == "__main__":
    if sys.argv[1:2] != ["--"] or len(sys.argv) < 3:
        raise SystemExit(__doc__)
    sys.exit(main(sys.argv[2:]))
