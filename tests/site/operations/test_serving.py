"""`carreau serve`: one command makes an installation, serves it and stops it cleanly; what it refuses."""

import json
import os
import shutil
import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.installations import empty_installation
from tests.site.operations.conftest import until
from tests.site.operations.served import Served

pytestmark = [pytest.mark.installation, pytest.mark.usefixtures("labour", "unblocked")]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    made = Served(tmp_path / "site")
    yield made
    if made.process and made.process.poll() is None:
        made.stop()


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"


def test_it_makes_an_installation_stops_in_the_middle_of_a_job_goes_on_and_ends_with_its_supervisor(
    served: Served, tmp_path: Path
) -> None:
    """One story, because each start costs seconds."""
    said = served.start()
    assert said["address"] == f"http://127.0.0.1:{served.port}/"
    assert said["home"] == str(served.home)
    status, _, text = served.get("/sante")
    assert (status, json.loads(text)["default"], json.loads(text)["keyring"]) == (200, True, True)
    assert served.get("/")[0] == 200
    assert (served.home / "secret").stat().st_mode & 0o777 == 0o600
    children = served.pids("carreau.site")
    assert len(children) == 2

    file = tmp_path / "steps"
    job = served.ask("steps", file=str(file), count=3, pause=0.1, ended_once=True)
    until(file.exists)
    assert served.stop(signal.SIGINT) == 0
    assert all(gone(pid) for pid in children)
    assert served.job(job) == ("queued", 1, "worker_stopped")

    assert served.start()["address"]  # again, on what is there
    until(lambda: served.state(job) == "done")

    children = served.pids("carreau.site")
    assert len(children) == 2
    assert served.process
    served.process.kill()
    served.process.wait()
    until(lambda: all(gone(pid) for pid in children))


def test_a_port_in_use_is_refused(served: Served) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", served.port))
        taken.listen()
        assert f"port {served.port} of 127.0.0.1 cannot be used" in served.refused()


MADE_AND_ERASED = """
import sqlite3, sys, django
django.setup()
from carreau.site.accounts.models import User
from carreau.site.audit.erasure import erase
person = User.objects.create_user("lila@personne.example", name="Lila").person_id
sqlite3.connect(sys.argv[1]).backup(sqlite3.connect(sys.argv[2]))
erase(person)
"""


def test_a_backup_that_is_put_back_is_erased_again_before_anybody_is_served(served: Served, tmp_path: Path) -> None:
    empty_installation(served.home)
    database, backup = served.home / "carreau.sqlite3", tmp_path / "backup.sqlite3"
    served.python(MADE_AND_ERASED, str(database), str(backup))
    assert not active(database)
    for file in served.home.glob("carreau.sqlite3*"):
        file.unlink()
    shutil.copy(backup, database)
    assert active(database)
    served.start("--workers", "0")
    assert not active(database)
    assert "erased again" in served.errors.read_text()
    assert served.stop() == 0


def active(database: Path) -> bool:
    with closing(sqlite3.connect(database)) as opened:
        return bool(opened.execute("SELECT is_active FROM accounts_user").fetchone()[0])
