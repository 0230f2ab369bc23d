"""The private ledger: hashes under a key, for its owner alone; what is erased is gone."""

import stat
from pathlib import Path

import polars as pl
import pytest

from carreau.errors import BadInput
from carreau.release.ledger import FILE, KEY, Ledger

PEOPLE = pl.DataFrame(
    {
        "household_id": ["a", "b", "c"],
        "home_id": ["1", "2", "2"],
        "moved_in": ["2020-01-01", None, None],
        "poor": [True, None, False],
    }
).with_columns(pl.col("moved_in").str.to_date())


def entries(ledger: Ledger, people: pl.DataFrame = PEOPLE) -> pl.DataFrame:
    return ledger.hashed(people, ["poor"]).with_columns(shape=pl.lit("u"))


def test_it_is_for_its_owner_alone_and_names_nobody(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger")
    ledger.followed_by("release", entries(ledger)).save()
    for name in (FILE, KEY):
        assert stat.S_IMODE((tmp_path / "ledger" / name).stat().st_mode) == 0o600
    kept = pl.read_parquet(tmp_path / "ledger" / FILE)
    assert set(kept.columns) == {"shape", "release", "turn", "home", "stay", "household", "facts"}
    assert kept.drop("shape", "release").dtypes == [pl.Int32, *[pl.UInt64] * 4]


def test_the_same_key_gives_the_same_hashes_and_another_one_others(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "one")
    again, other = Ledger.open(tmp_path / "one"), Ledger.open(tmp_path / "other")
    assert entries(ledger).equals(entries(again))
    assert not set(entries(ledger)["household"]) & set(entries(other)["household"])


def test_a_stay_is_a_home_since_a_day(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path)
    before, moved = entries(ledger), entries(ledger, PEOPLE.with_columns(home_id=pl.lit("9")))
    assert before["stay"].is_null().to_list() == [False, True, True]
    assert before["stay"][0] != moved["stay"][0]
    assert before["home"].to_list()[1:] == [before["home"][1]] * 2
    assert before["household"].equals(moved["household"])
    assert (before["facts"] == entries(ledger, PEOPLE.with_columns(poor=True))["facts"]).to_list() == [
        True,
        False,
        False,
    ]


def test_releases_are_numbered_as_they_come_and_one_twice_changes_nothing(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path)
    one = ledger.followed_by("one", entries(ledger))
    two = one.followed_by("two", entries(ledger).head(1)).followed_by("one", entries(ledger))
    two.save()
    kept = Ledger.open(tmp_path).entries
    assert kept.group_by("release", "turn").len().sort("turn").rows() == [("one", 1, 3), ("two", 2, 1)]


def test_what_is_erased_is_gone(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path)
    known = ledger.followed_by("one", entries(ledger))
    assert known.without(["b", "nobody"]).entries.equals(known.entries.filter(pl.Series([True, False, True])))


def test_entries_without_their_key_and_files_that_are_something_else_are_refused(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path)
    ledger.followed_by("one", entries(ledger)).save()
    (tmp_path / KEY).rename(tmp_path / "elsewhere")
    with pytest.raises(BadInput, match="nobody can tell who moved"):
        Ledger.open(tmp_path)
    assert Ledger.open(tmp_path, key_file=tmp_path / "elsewhere").entries.height == 3
    (tmp_path / KEY).write_text("11" * 32)
    with pytest.raises(BadInput, match="is not the key of this ledger"):
        Ledger.open(tmp_path)
    (tmp_path / "elsewhere").write_text("short\n")
    with pytest.raises(BadInput, match="not a key of 32 bytes"):
        Ledger.open(tmp_path, key_file=tmp_path / "elsewhere")
    (tmp_path / FILE).write_bytes(b"nothing of the kind")
    (tmp_path / KEY).write_text("00" * 32)
    with pytest.raises(BadInput, match="is not a ledger"):
        Ledger.open(tmp_path)
