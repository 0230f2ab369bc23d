"""The files of a release against the hashes of its proof."""

import json
from pathlib import Path, PurePosixPath

from carreau.errors import BadInput
from carreau.outputs import MARK, file_sha256

PROOF = "proof.json"


def hashes(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file of a folder and of those in it, by the path from the folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in (MARK, PROOF))
    return {path.relative_to(folder).as_posix(): file_sha256(path) for path in files}


def verify(folder: Path) -> bool:
    """Whether the folder has a proof; its files are then those that the proof was made of.

    Files that the proof does not name are let be: other tables may be put beside a release to be attacked with it.

    Raises BadInput naming the file that is missing or differs, or when `proof.json` cannot be one.
    """
    file = folder / PROOF
    if not file.is_file():
        return False
    for name, told in _told(file).items():
        path = folder / name
        if not path.is_file():
            raise BadInput(f"is not there, but {PROOF} names it; fetch the release again", file=path)
        if file_sha256(path) != told:
            raise BadInput(f"is not the file that {PROOF} was made of; fetch the release again", file=path)
    return True


def _told(file: Path) -> dict[str, str]:
    try:
        page = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        raise BadInput("is not JSON", file=file) from None
    files = page.get("files") if isinstance(page, dict) else None
    if not isinstance(files, dict) or not files or not all(isinstance(told, str) for told in files.values()):
        raise BadInput("has no hashes of files", file=file, column="files")
    for name in files:
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise BadInput(f"names {name!r}, which is not in the folder", file=file, column="files")
    return files
