"""The files of a release are those that its proof was made of, or one is told which is not."""

import json
from pathlib import Path

import pytest

from carreau.errors import BadInput
from carreau.outputs import file_sha256
from carreau.proof.hashes import PROOF, verify


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "zones").mkdir()
    for name in ("units.csv", "zones/qpv.csv"):
        (tmp_path / name).write_text(f"of {name}")
    named(tmp_path, {name: file_sha256(tmp_path / name) for name in ("units.csv", "zones/qpv.csv")})
    return tmp_path


def named(folder: Path, files: object) -> None:
    (folder / PROOF).write_text(json.dumps({"files": files}))


def test_the_same_files_pass(folder: Path) -> None:
    assert verify(folder)


def test_a_folder_without_proof_has_none(tmp_path: Path) -> None:
    assert not verify(tmp_path)


@pytest.mark.parametrize("name", ["units.csv", "zones/qpv.csv"])
def test_a_file_that_differs_is_named(folder: Path, name: str) -> None:
    (folder / name).write_text("other")
    with pytest.raises(BadInput, match=rf"{name}: is not the file that proof.json was made of"):
        verify(folder)


def test_a_file_that_is_missing_is_named(folder: Path) -> None:
    (folder / "units.csv").unlink()
    with pytest.raises(BadInput, match=r"units.csv: is not there"):
        verify(folder)


def test_other_tables_may_be_put_beside(folder: Path) -> None:
    (folder / "zones" / "iris.csv").write_text("mine")
    assert verify(folder)


@pytest.mark.parametrize("files", [None, [], {}, {"units.csv": 3}, "units.csv"])
def test_a_proof_without_hashes_is_refused(folder: Path, files: object) -> None:
    named(folder, files)
    with pytest.raises(BadInput, match="has no hashes"):
        verify(folder)


@pytest.mark.parametrize("name", ["../secret", "zones/../../secret", "/etc/hostname"])
def test_a_proof_cannot_have_files_read_elsewhere(folder: Path, name: str) -> None:
    named(folder, {name: "0" * 64})
    with pytest.raises(BadInput, match="which is not in the folder"):
        verify(folder)


@pytest.mark.parametrize("text", ["", "{", "[1]", "3"])
def test_what_is_no_proof_is_refused(folder: Path, text: str) -> None:
    (folder / PROOF).write_text(text)
    with pytest.raises(BadInput, match=r"is not JSON|has no hashes"):
        verify(folder)
