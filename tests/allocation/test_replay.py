"""A signed record gives the same result again, or says what is not the same any more."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from territories import application, home, territory, vacancy

from carreau.allocation.allocate import allocate
from carreau.allocation.allocation import Allocation
from carreau.allocation.policy import Policy
from carreau.allocation.replay import verifying, versions
from carreau.allocation.replay.drawing import Announcement, draw, draws_lots, freeze
from carreau.allocation.replay.record import Record, record_of
from carreau.allocation.replay.signing import fingerprint, opened, sign
from carreau.allocation.replay.verifying import Replay, first_differing, replay, sentences
from carreau.allocation.shipped import policies
from carreau.errors import BadInput
from carreau.register.territory import Territory

POLICY = Policy.load("points")
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
SECRET = b"a secret of thirty-two bytes, or more"


def run(place: Territory, policy: Policy, seed: int | str) -> Allocation:
    return allocate(place, policy, seed=seed)  # type: ignore[arg-type]


def town(path: Path, *more: dict[str, Any]) -> Territory:
    waiting = [application("a"), application("b", dalo=True), application("c", seniority_from=date(2023, 1, 1)), *more]
    homes, vacancies = [home("h1"), home("h2")], [vacancy("v1", "h1"), vacancy("v2", "h2")]
    return territory(path, homes, vacancies, waiting)


@pytest.fixture
def place(tmp_path: Path) -> Territory:
    return town(tmp_path / "town")


def kinds(found: Replay) -> list[tuple[str, str]]:
    return [(one.kind, one.name) for one in found.inputs]


def test_a_record_read_back_gives_the_same_digest(place: Territory) -> None:
    record = record_of(place, POLICY, run(place, POLICY, 7))
    page = json.loads(json.dumps(sign(record, KEY)))
    again = opened(page, KEY.public_key())
    assert again == record
    found = replay(again, place, POLICY, run)
    assert (found.verdict, found.inputs, found.results) == ("same", (), ())
    assert not found.experiment, "no lots are drawn under this policy"
    assert list(sentences(found, "en")) == [f"Run again, it gives the same result (digest {record.digest})"]


def test_lots_drawn_with_a_chosen_seed_are_an_experiment(place: Territory) -> None:
    lottery = Policy.load("lottery")
    found = replay(record_of(place, lottery, run(place, lottery, 7)), place, lottery, run)
    assert found.experiment
    assert list(sentences(found, "en"))[1:] == [
        "Lots were not drawn in public: the seed was chosen, this is an experiment",
    ]


@pytest.mark.parametrize("name", policies())
def test_a_run_uses_its_seed_where_its_policy_draws_lots(place: Territory, name: str) -> None:
    policy = Policy.load(name)
    assert run(place, policy, 1).facts["seed_used"] is draws_lots(policy)


def test_another_table_is_named_with_the_first_rows_that_differ(place: Territory, tmp_path: Path) -> None:
    kept = run(place, POLICY, 1)
    record = record_of(place, POLICY, kept)
    other = town(tmp_path / "other", application("d", dalo=True, seniority_from=date(2020, 1, 1)))
    found = replay(record, other, POLICY, run, kept=kept)
    assert found.verdict == "differs"
    assert kinds(found) == [("table", "applications")]
    rows = {one.name: one.rows for one in found.results}
    assert rows["assignments"][0].startswith("v1 ")
    said = list(sentences(found, "fr"))
    assert "La table applications n’est pas celle qui a été enregistrée" in said


def test_a_policy_that_says_something_else_is_named_under_its_name(place: Territory) -> None:
    record = record_of(place, POLICY, run(place, POLICY, 1))
    found = replay(record, place, replace(POLICY, candidates=1), run)
    assert kinds(found) == [("policy", "points")]
    assert found.verdict == "differs"
    assert all(one.rows == () for one in found.results), "nothing was kept to compare rows with"


def test_the_words_and_comments_of_a_policy_file_do_not_matter_but_its_grid_does() -> None:
    assert versions.policy_sha256(POLICY) == versions.policy_sha256(Policy.load("points"))
    assert POLICY.grid is not None
    other = replace(POLICY, grid=replace(POLICY.grid, partial=True))
    assert versions.policy_sha256(other) != versions.policy_sha256(POLICY)


def test_a_changed_file_of_rules_is_named(place: Territory, monkeypatch: pytest.MonkeyPatch) -> None:
    record = record_of(place, POLICY, run(place, POLICY, 1))
    changed = {**versions.rules(), "rules/parameters/ceilings.yaml": "0" * 64}
    monkeypatch.setattr(verifying, "rules", lambda: changed)
    found = replay(record, place, POLICY, run)
    assert kinds(found) == [("rule", "rules/parameters/ceilings.yaml")]
    assert found.verdict == "same", "the file differs, what came out does not"


def test_every_file_of_parameters_is_in_the_version_of_the_rules() -> None:
    folder = Path(versions.__file__).parents[2] / "rules"
    named = {f"rules/{file.relative_to(folder).as_posix()}" for file in folder.rglob("*.yaml")}
    assert named <= set(versions.rules())
    assert versions.SCALES in versions.rules()
    assert len(versions.code()["sha256"]) == 64


@pytest.mark.parametrize("key", [KEY, SECRET])
def test_a_record_that_was_changed_or_signed_by_another_is_refused(place: Territory, key: Any) -> None:
    page = sign(record_of(place, POLICY, run(place, POLICY, 1)), key)
    stranger = Ed25519PrivateKey.generate().public_key()
    own, other = (key, b"x" * 32) if isinstance(key, bytes) else (key.public_key(), stranger)
    assert opened(page, own).policy["name"] == "points"
    for bad in ({**page, "record": {**page["record"], "digest": "0" * 64}}, {**page, "signature": "AAAA"}):
        with pytest.raises(BadInput, match="not the one that was signed"):
            opened(bad, own)
    with pytest.raises(BadInput, match="not the one that was signed"):
        opened(page, other)
    with pytest.raises(BadInput, match="is not a signed record"):
        opened({"record": {}}, own)


def test_a_page_cannot_choose_how_it_is_checked(place: Territory) -> None:
    """A page signed by HMAC with the public key as its secret does not pass for one signed with the private key."""
    public = KEY.public_key().public_bytes_raw()
    page = sign(record_of(place, POLICY, run(place, POLICY, 1)), public)
    with pytest.raises(BadInput, match="not the one that was signed"):
        opened({**page, "key": fingerprint(KEY.public_key())}, KEY.public_key())
    with pytest.raises(ValueError, match="at least 32 bytes"):
        sign(opened(page, public), b"short")


def test_a_record_of_another_format_is_refused(place: Territory) -> None:
    page = record_of(place, POLICY, run(place, POLICY, 1)).as_dict()
    with pytest.raises(BadInput, match="not a record of format 1"):
        Record.of_dict({**page, "format": 2})
    with pytest.raises(BadInput, match="should not have, colour"):
        Record.of_dict({**page, "colour": "red"})


def test_a_run_with_lots_drawn_in_public_says_so_and_another_seed_is_noticed(place: Territory) -> None:
    noon = datetime(2026, 3, 1, tzinfo=UTC)
    told = Announcement("commission of March", "Loto of 7 March", noon, noon + timedelta(days=6))
    frozen = freeze({"applications": place.table("applications").collect()}, noon + timedelta(days=1))
    drawn = draw(told, frozen, "3-7-12", read=noon + timedelta(days=7))
    record = record_of(place, POLICY, run(place, POLICY, drawn.number), drawn)
    found = replay(record, place, POLICY, run)
    assert (found.verdict, found.experiment, found.inputs) == ("same", False, ())
    late = {**record.draw, "frozen_at": told.known.isoformat()}  # type: ignore[dict-item]
    for bad, said in (
        (replace(record, seed=5), "seed"),
        (replace(record, draw=late), "lots: candidates must be frozen before the public value can be known"),
    ):
        assert ("draw", said) in kinds(replay(bad, place, POLICY, run))
    with pytest.raises(BadInput, match="not made with the seed that was drawn"):
        record_of(place, POLICY, run(place, POLICY, 1), drawn)


def test_inputs_that_are_gone_are_said_to_be(place: Territory) -> None:
    record = record_of(place, POLICY, run(place, POLICY, 1))
    found = replay(record, None, POLICY, run)
    assert (found.verdict, found.digest) == ("inputs_expired", "")
    assert "Les données de départ ne sont plus conservées" in next(iter(sentences(found, "fr")))


def test_the_kept_result_is_that_of_the_record(place: Territory, tmp_path: Path) -> None:
    record = record_of(place, POLICY, run(place, POLICY, 1))
    other = run(town(tmp_path / "other", application("z", dalo=True)), POLICY, 1)
    with pytest.raises(BadInput, match="the kept result is not the recorded one"):
        replay(record, place, POLICY, run, kept=other)


def test_the_first_rows_that_differ() -> None:
    one = pl.DataFrame({"vacancy_id": ["v", "v", "w", "w"], "rank": [1, 2, 1, 1], "points": [3, None, 2, 2]})
    assert first_differing(one, one.reverse()) == ()
    assert first_differing(one, one.with_columns(pl.col("points").fill_null(0))) == ("v 2",)
    assert first_differing(one, one[:3]) == ("w 1",), "a row that is there twice is not a row that is there once"
    assert first_differing(one, one.rename({"points": "marks"})) == ("marks", "points")
