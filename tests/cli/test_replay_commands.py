"""A signed record on the command line: is it the one, and does the run come out again?"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from command import Carreau
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.allocation.territories import application, home, territory, vacancy

from carreau.allocation.allocate import allocate
from carreau.allocation.policy import Policy
from carreau.allocation.replay.drawing import Announcement, draw, freeze
from carreau.allocation.replay.record import Record, record_of
from carreau.allocation.replay.signing import sign
from carreau.register.territory import Territory

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path) -> Territory:
    waiting = [application(name) for name in "abc"]
    return territory(tmp_path / "town", [home("h1")], [vacancy("v1", "h1")], waiting)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return pem(tmp_path / "key.pem", KEY)


def pem(file: Path, key: Ed25519PrivateKey) -> Path:
    file.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return file


@pytest.fixture
def record(place: Territory, tmp_path: Path) -> Path:
    """The record of lots that were drawn in public."""
    told = Announcement("a session", "a public source", NOON, NOON + timedelta(days=2))
    tables = {name: place.table(name).collect() for name in ("applications", "vacancies")}
    drawn = draw(told, freeze(tables, NOON + timedelta(days=1)), "4-8", read=NOON + timedelta(days=3))
    policy = Policy.load("lottery")
    run = allocate(place, policy, seed=drawn.number)
    run.save(tmp_path / "run")
    file = tmp_path / "record.json"
    file.write_text(json.dumps(sign(record_of(place, policy, run, drawn), KEY)))
    return file


def test_a_record_is_verified_without_any_data(carreau: Carreau, record: Path, key: Path) -> None:
    figures = carreau("verify", record, "--key", key, "--json").figures
    assert (figures["signed"], figures["draw"]) == (True, True)
    assert figures["record"]["policy"]["name"] == "lottery"
    said = carreau("verify", record, "--key", key, "--language", "en")
    assert said.code == 0
    assert "The draw holds" in said.out


def test_a_draw_that_does_not_hold_is_said(carreau: Carreau, place: Territory, tmp_path: Path, key: Path) -> None:
    page = sign(record_of(place, Policy.load("lottery"), allocate(place, Policy.load("lottery"), seed=7)), KEY)
    page["record"]["draw"] = {"lots": "said afterwards"}
    file = tmp_path / "record.json"
    file.write_text(json.dumps(sign(Record.of_dict(page["record"]), KEY)))
    assert carreau("verify", file, "--key", key).code == 1


@pytest.mark.parametrize("written", ["{}", "[1]", "not JSON"])
def test_what_is_no_record_is_refused_in_one_line(carreau: Carreau, tmp_path: Path, key: Path, written: str) -> None:
    (tmp_path / "no.json").write_text(written)
    said = carreau("verify", tmp_path / "no.json", "--key", key)
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert "no.json" in said.err


def test_another_key_and_a_changed_record_are_refused(
    carreau: Carreau, record: Path, key: Path, tmp_path: Path
) -> None:
    other = pem(tmp_path / "other.pem", Ed25519PrivateKey.generate())
    assert carreau("verify", record, "--key", other).code == 2
    page = json.loads(record.read_text())
    page["record"]["seed"] += 1
    record.write_text(json.dumps(page))
    assert carreau("verify", record, "--key", key).code == 2
    assert carreau("verify", record, "--key", record).code == 2


def test_a_run_comes_out_again(carreau: Carreau, record: Path, key: Path, tmp_path: Path) -> None:
    given = ("--key", key, "--territory", tmp_path / "town", "--kept", tmp_path / "run")
    figures = carreau("replay", record, *given, "--json").figures
    assert (figures["verdict"], figures["inputs"], figures["results"]) == ("same", [], [])
    assert figures["digest"] == figures["recorded"]


def test_another_snapshot_is_told_table_by_table(carreau: Carreau, record: Path, key: Path, tmp_path: Path) -> None:
    waiting = [application(name) for name in "abd"]
    territory(tmp_path / "changed", [home("h1")], [vacancy("v1", "h1")], waiting)
    given = ("--key", key, "--territory", tmp_path / "changed", "--kept", tmp_path / "run", "--language", "en")
    said = carreau("replay", record, *given)
    assert said.code == 1
    assert "The table applications is not the one that was recorded" in said.out
    assert "The result table candidates differs" in said.out
