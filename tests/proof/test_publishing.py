"""A release appears with its proof, or not at all."""

import errno
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.attack.made_up import publish as by_hand
from tests.release.conftest import Household

from carreau.attack.findings import Attack
from carreau.attack.published import read
from carreau.attack.searching import attack, open_register
from carreau.errors import BadInput
from carreau.outputs import file_sha256
from carreau.proof import publishing
from carreau.proof.hashes import PROOF, verify
from carreau.proof.publishing import NotPublished, publish
from carreau.register.territory import Territory
from carreau.release.building import build
from carreau.release.gate import Release
from carreau.release.rules import Rules

Maker = Callable[..., Territory]
CELLS = {(0, 0): 6, (200, 200): 6, (200, 600): 20, (5_000, 5_000): 14}


@pytest.fixture
def town(territory: Maker) -> Territory:
    """A unit of three cells, one of them without homes, and two cells alone."""
    return territory([(at, 1 + n % 3, "alone", 15_000, n % 2 == 0) for at, many in CELLS.items() for n in range(many)])


@pytest.fixture
def release(town: Territory) -> Release:
    return build(town, method="finest")


def page(folder: Path) -> dict[str, Any]:
    return json.loads((folder / PROOF).read_text(encoding="utf-8"))


def naive(town: Territory, monkeypatch: pytest.MonkeyPatch) -> Release:
    """What a gate without threshold would let through."""
    weak = object.__new__(Rules)
    for name, value in vars(Rules.of("households")).items():
        object.__setattr__(weak, name, 1 if name == "threshold" else value)
    monkeypatch.setattr(Rules, "of", lambda _: weak)
    return build(town, method="finest", indicators="none")


def test_a_release_is_published_with_what_was_searched(release: Release, town: Territory, tmp_path: Path) -> None:
    proof = publish(release, tmp_path / "out", register=town.path)
    told = page(tmp_path / "out")
    assert told == proof.figures
    assert told["counts"] == {"units": 3, "households": 46, "cells": 4, "bridges": 1}
    assert (told["merged"]["units"], told["merged"]["cells"]) == (1, 3)
    assert told["in_no_unit"]["cells"] == 0
    assert told["utility"]["share_at_200m"] == pytest.approx(34 / 46, abs=1e-4)
    assert told["attack"]["verdict"] == "not broken"
    assert told["attack"]["register"] is True
    assert told["attack"]["searched"]["zones of Testville 2026-01-01"] == 3
    assert told["attack"]["not_searched"] == {}
    assert all(rule["reference"] for rule in told["rules"])


def test_the_counts_of_ways_of_telling_are_those_of_the_table(release: Release, tmp_path: Path) -> None:
    publish(release, tmp_path / "out")
    units = release.units
    ways = {one["indicator"]: one for one in page(tmp_path / "out")["told"]}
    exact = (units["poor_low"] == units["poor_high"]).sum()
    assert (ways["poor"]["exact"], ways["poor"]["interval"]) == (exact, 3 - exact)
    assert ways["living_standard"]["withheld"] == units["living_standard"].null_count()
    assert (ways["poor"]["sensitive"], ways["households"]["sensitive"]) == (True, False)


def test_the_hashes_are_those_of_every_file(release: Release, tmp_path: Path) -> None:
    publish(release, tmp_path / "out")
    files = {one.name for one in (tmp_path / "out").iterdir()} - {PROOF, ".carreau"}
    told = page(tmp_path / "out")["files"]
    assert told == {name: file_sha256(tmp_path / "out" / name) for name in files}
    assert {"proof.html", "release.json", "units.csv"} <= files


def test_the_pages_of_the_files_list_the_proof_too(release: Release, tmp_path: Path) -> None:
    """Without size and hash: the proof holds the hashes of those pages."""
    publish(release, tmp_path / "out")
    files = {one.relative_to(tmp_path / "out").as_posix() for one in (tmp_path / "out").rglob("*") if one.is_file()}
    package, entry = (
        json.loads((tmp_path / "out" / name).read_text(encoding="utf-8"))
        for name in ("datapackage.json", "dcat.jsonld")
    )
    listed = {one["path"]: one for one in package["resources"]}
    assert listed.keys() == files - {".carreau", "datapackage.json", "dcat.jsonld"}
    assert {name for name, one in listed.items() if "hash" not in one} == {"proof.json", "proof.html"}
    listed = {one["@id"]: one for one in entry["dcat:distribution"]}
    assert listed.keys() == files - {".carreau", "dcat.jsonld"}
    assert {name for name, one in listed.items() if "spdx:checksum" not in one} == {"proof.json", "proof.html"}


def test_a_third_party_finds_the_same(release: Release, town: Territory, tmp_path: Path) -> None:
    proof = publish(release, tmp_path / "out", register=town.path)
    again = attack(read(tmp_path / "out"), open_register(town.path))
    assert again.verdict == proof.figures["attack"]["verdict"]
    assert sorted(again.searched.values()) == sorted(proof.figures["attack"]["searched"].values())


def test_the_same_release_gives_the_same_bytes(release: Release, town: Territory, tmp_path: Path) -> None:
    for name in ("one", "another <b>name</b>"):
        publish(release, tmp_path / name, register=town.path)
    for file in (tmp_path / "one").iterdir():
        assert (tmp_path / "another <b>name</b>" / file.name).read_bytes() == file.read_bytes(), file.name


def test_a_proof_holds_no_figure_that_the_files_and_the_register_do_not_tell(territory: Maker, tmp_path: Path) -> None:
    """With the same published files, another number of people withheld gives the same proof, byte for byte."""
    lived = [((0, 0), 1, "alone", 15_000, n % 2 == 0) for n in range(20)]
    proofs = []
    for people in (7, 3):
        town = territory(lived + [((640_000, 0), 1, "alone", 9_000, True)] * 7)
        households = town.table("households").collect()
        households.head(20 + people).write_parquet(town.path / "households.parquet")
        release = build(town, method="natural")
        assert release.withheld == people
        publish(release, tmp_path / str(people), register=town.path)
        proofs.append((tmp_path / str(people) / PROOF).read_bytes())
    assert proofs[0] == proofs[1]
    told = json.loads(proofs[0])
    assert told["in_no_unit"]["cells"] == 1
    assert not {"withheld", "gap", "quality"} & set(str(told).replace("'", " ").split()) - {"withheld"}
    assert all(set(one) & {"withheld"} for one in told["told"])


def test_a_release_that_can_be_broken_does_not_appear(
    town: Territory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weak = naive(town, monkeypatch)
    with pytest.raises(NotPublished) as refused:
        publish(weak, tmp_path / "deep" / "out", register=town.path)
    assert not (tmp_path / "deep" / "out").exists()
    assert not any(path.is_dir() for path in (tmp_path / "deep").iterdir())
    assert {finding.kind for finding in refused.value.result.findings} == {"small"}
    said = refused.value.sentences("en")
    assert said[0] == "Broken: 2 findings."
    assert any("CRS3035RES200mN0E0" in sentence for sentence in said)
    assert "CRS3035" not in str(refused.value)


def test_what_stood_there_before_stays_when_the_new_one_is_broken(
    release: Release, town: Territory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(release, tmp_path / "out")
    before = (tmp_path / "out" / PROOF).read_bytes()
    with pytest.raises(NotPublished):
        publish(naive(town, monkeypatch), tmp_path / "out", register=town.path)
    assert (tmp_path / "out" / PROOF).read_bytes() == before
    assert verify(tmp_path / "out")


def test_what_could_not_be_searched_is_not_published(
    release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "attack", lambda *_, **__: Attack((), {}, {"cores too large": 1}))
    with pytest.raises(NotPublished, match="not everything was searched") as refused:
        publish(release, tmp_path / "out")
    assert "cores too large" in refused.value.sentences("fr")
    assert not (tmp_path / "out").exists()


def row_of(people: list[int]) -> list[Household]:
    """Households in a row of cells from west to east."""
    return [
        ((2_000_000, 3_200_000 + 200 * n), 1, "alone", 15_000, False)
        for n, many in enumerate(people)
        for _ in range(many)
    ]


def test_the_attack_takes_what_was_published_before_with_it(territory: Maker, tmp_path: Path) -> None:
    units = [{"unit_id": "west", "households": 26}, {"unit_id": "east", "households": 26}]
    by_hand(tmp_path / "first", units, {"west": [0, 1], "east": [2, 3]})
    later = territory(row_of([20, 6, 6, 20]))
    facts = json.loads((later.path / "territory.json").read_text(encoding="utf-8")) | {"reference_date": "2027-01-01"}
    (later.path / "territory.json").write_text(json.dumps(facts), encoding="utf-8")
    second = build(Territory.open(later.path), method="finest", indicators="none")
    alone = publish(second, tmp_path / "second")
    assert alone.figures["attack"]["tables"] == ["Testville 2027-01-01"]
    with pytest.raises(NotPublished) as refused:
        publish(second, tmp_path / "both", beside=[tmp_path / "first"])
    assert {finding.way for finding in refused.value.result.findings} == {"moved"}
    assert not (tmp_path / "both").exists()


@pytest.mark.parametrize("forged", [pl.DataFrame({"size": [200]}), None])
def test_only_a_release_is_published(forged: object, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="only a Release"):
        publish(forged, tmp_path / "out")  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_a_register_that_is_none_is_refused_before_anything_is_written(release: Release, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="give a territory folder"):
        publish(release, tmp_path / "out", register=tmp_path / "nowhere")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["é '\"", "<script>", "..out", "-rf", "new\nline", "x" * 200])
def test_a_folder_may_have_any_name(release: Release, tmp_path: Path, name: str) -> None:
    publish(release, tmp_path / name)
    assert verify(tmp_path / name)
    assert name not in (tmp_path / name / "proof.html").read_text(encoding="utf-8")


def test_a_folder_of_somebody_else_is_not_replaced(release: Release, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("kept")
    with pytest.raises(BadInput, match="holds files that Carreau did not write"):
        publish(release, tmp_path / "out")
    assert (tmp_path / "out" / "mine").read_text() == "kept"


@pytest.mark.parametrize("at", ["figures", "written", "hashes"])
def test_a_full_disk_leaves_nothing(release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(publishing, at, full)
    with pytest.raises(OSError, match="No space left"):
        publish(release, tmp_path / "out")
    assert [path for path in tmp_path.iterdir() if path.name != "territory"] == []


SMALL_DISK = """
import resource, signal, sys
from pathlib import Path
from carreau.proof.publishing import publish
from carreau.register.territory import Territory
from carreau.release.building import build

release = build(Territory.open(Path(sys.argv[1])), method="finest")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
publish(release, Path(sys.argv[2]))
"""


@pytest.mark.parametrize("room", [40, 5_000])
def test_a_file_that_does_not_fit_is_never_published_cut(town: Territory, tmp_path: Path, room: int) -> None:
    arguments = [sys.executable, "-c", SMALL_DISK, str(town.path), str(tmp_path / "out"), str(room)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert not (tmp_path / "out").exists()
