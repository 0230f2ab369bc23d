import json
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from tests.installations import clean_environment, demonstration

from carreau.cli import main
from carreau.demo.run import run

KEYS = {"bondy", "homes", "households", "applications", "vacancies", "units", "assignments", "seconds", "digest"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(demonstration(), tmp_path_factory.mktemp("demo") / "nantes"))


def demo(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path) -> dict[str, Any]:
    monkeypatch.setattr(sys, "argv", ["carreau", "demo", "--no-serve", "--json", "--home", str(home)])
    main_ends(main)
    return json.loads(capsys.readouterr().out)


def main_ends(command: Any) -> None:
    with pytest.raises(SystemExit) as end:
        command()
    assert end.value.code == 0


def test_a_second_start_reuses_the_first(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reused = demo(capsys, monkeypatch, home)
    assert set(reused) >= KEYS
    assert reused["reused"] is True
    assert reused["homes"] == 35_319
    assert reused["units"] == 456
    assert reused["bondy"]["homes"] == 9_605
    assert reused["assignments"] > 3_000


def test_what_another_version_made_is_made_again_with_the_same_digest(home: Path, tmp_path: Path) -> None:
    stale = Path(shutil.copytree(home, tmp_path / "stale"))
    with (stale / "territory" / "homes.parquet").open("ab") as file:
        file.write(b"what another version wrote")
    (stale / "demo.json").write_text(json.dumps({"made_by": "another", "figures": {}}))
    again = run(stale)
    assert again.reused is False
    assert again.figures["digest"] == run(home).figures["digest"]


@pytest.mark.slow
def test_the_demonstration_ends_in_the_site(home: Path) -> None:
    """It answers on this machine, is signed in to with what it printed, gives no row, and stops when asked to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "carreau", "demo", "--home", str(home), "--port", str(port)]
    plain = clean_environment()  # the settings of the tests are not those of a new user
    with subprocess.Popen(command, env=plain, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as served:
        said = said_until(served, "Ctrl-C")
        try:
            address = f"http://127.0.0.1:{port}"
            assert "Un logement social" in urllib.request.urlopen(f"{address}/").read().decode()
            assert "logements à louer" in urllib.request.urlopen(f"{address}/logements/").read().decode()
            assert sum("@demo.invalid" in line for line in said) == 15 + 1  # members, and an applicant
            for path in ("/territory/households.parquet", "/../territory/territory.json", "/site/carreau.sqlite3"):
                with pytest.raises(urllib.error.HTTPError) as refused:
                    urllib.request.urlopen(address + path)
                assert refused.value.code in (400, 404)
                refused.value.close()
        finally:
            served.send_signal(signal.SIGINT)
            assert served.wait(timeout=60) == 0


def said_until(served: "subprocess.Popen[str]", word: str) -> list[str]:
    said: list[str] = []
    assert served.stderr is not None
    for line in served.stderr:
        said.append(line)
        if word in line:
            return said
    raise AssertionError(f"it ended without {word!r}: {said[-3:]}")
