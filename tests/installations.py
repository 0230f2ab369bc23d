"""Installations of the site that are made once and copied: an empty one, and a whole one with its pages listed.

`python -m tests.installations empty|whole HOME`: a process of its own, so that the settings of the site are those that
it is served with.
"""

import gzip
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.resources import files
from itertools import islice
from pathlib import Path

from tests.made_once import ROOT, made_once

CODE = ("src/carreau/**/*", "tests/installations.py", "tests/browser/settings.py")
ONE_IN = 3  # of the homes of Nantes: fewer would have but one landlord
STATE = ("CARREAU_", "DJANGO_", "KEYRING_", "DATABASE_")


def clean_environment() -> dict[str, str]:
    """The variables of this process without what the test run itself set for Carreau or Django."""
    return {name: value for name, value in os.environ.items() if not name.startswith(STATE)}


def environment(home: Path, settings: str) -> dict[str, str]:
    """What leads a process to an installation, and to none that the test run itself may use."""
    own = {"DJANGO_SETTINGS_MODULE": settings, "CARREAU_HOME": str(home), "CARREAU_SECOND_FACTOR": "0"}
    return clean_environment() | own


def today() -> str:
    """Sessions, offers and answers of the demonstration are dated from the day that it is made."""
    return f"{datetime.now().astimezone().date()}-"


def empty_installation(home: Path) -> Path:
    """A new installation: its secrets, the schema of its databases, its static files."""
    return _copied("empty", home)


def whole_installation(home: Path) -> Path:
    """One in three homes of the Nantes extract with all that the demonstration loads, and a map of Bondy."""
    return _copied("whole", home)


def _copied(kind: str, home: Path) -> Path:
    def make(folder: Path) -> None:
        command = [sys.executable, "-m", "tests.installations", kind, str(folder / "home")]
        subprocess.run(command, cwd=ROOT, env=environment(folder / "home", "tests.browser.settings"), check=True)

    made = made_once(f"installation-{kind}", make, of=CODE, day=today() if kind == "whole" else "") / "home"
    shutil.copytree(made, home, dirs_exist_ok=True)
    return home


def demonstration() -> Path:
    """The folder that `carreau demo --no-serve` makes, with its figures. Only to be read."""
    from carreau.demo.run import run

    return made_once("demonstration", lambda folder: run(folder / "demo-nantes"), of=CODE) / "demo-nantes"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(home: Path, log: Path, settings: str = "tests.browser.settings") -> Iterator[str]:
    """The address of an installation while its web server runs."""
    port = free_port()
    command = [sys.executable, "-m", "carreau.site.config.web", "127.0.0.1", str(port), "--attached"]
    with log.open("w") as lines:
        server = subprocess.Popen(
            command, cwd=ROOT, env=environment(home, settings), stdin=subprocess.PIPE, stderr=lines
        )
        try:
            until_it_answers(f"http://127.0.0.1:{port}/sante", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.communicate(timeout=30)


def until_it_answers(address: str, server: "subprocess.Popen[bytes]", seconds: float = 60) -> None:
    """Wait for a server that was started; an AssertionError when it ends instead."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(address)
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server does not answer")


def territory(folder: Path) -> Path:
    """Some homes of all Nantes, with households and applications."""
    from carreau.demo.run import EXTRACT, SEED
    from carreau.register.importing import ImportOptions, import_rpls
    from carreau.register.synthetic.synthesize import synthesize

    extract = folder / EXTRACT
    with files("carreau.demo").joinpath("data", EXTRACT).open("rb") as whole, gzip.open(whole, "rb") as lines:
        extract.write_bytes(gzip.compress(next(lines) + b"".join(islice(lines, 0, None, ONE_IN))))
    import_rpls(extract, folder / "territory", ImportOptions())
    synthesize(folder / "territory", seed=SEED)
    return folder / "territory"


def main(kind: str, home: Path) -> None:
    """Make the databases and the static files in `home`, and in a whole one the demonstration's data."""
    from carreau.site.config.environment import make_home

    make_home(home)
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    from carreau.site.config.migrating import migrate

    for alias in connections:
        migrate(alias)
    call_command("collectstatic", interactive=False, verbosity=0)
    if kind == "whole":
        from carreau.demo.bondy import bondy
        from carreau.demo.run import SEED
        from carreau.site.bridge.demonstration import load

        load(territory(home), bondy(home / "bondy", seed=SEED).path)
    connections.close_all()  # the last to close writes what is in the log beside a file


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
