"""What takes long to make and what several processes need: made by the first who asks, copied or read by the others.

It is kept for the next run too, in `.pytest_cache`, under the digest of all that it was made from: whoever changes a
line of that gets it made again.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".pytest_cache" / "made-once"
KEPT = 2
"""How many folders of a name are kept: a run that began before a change still reads the older one."""


@cache
def digest_of(*patterns: str) -> str:
    """Of the names and contents of the files that the patterns find below the project's folder."""
    files = {file for pattern in patterns for file in ROOT.glob(pattern) if file.is_file()}
    assert files, f"nothing is called {patterns}"
    told = hashlib.sha256()
    for file in sorted(files):
        if "__pycache__" not in file.parts:
            told.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes() + b"\0")
    return told.hexdigest()[:16]


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Among all processes on this tree, one at a time."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{name}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def made_once(name: str, make: Callable[[Path], object], *, of: Iterable[str], day: str = "") -> Path:
    """The folder that `make` fills. Only to be read.

    `of` are patterns of the files that it depends on; `day`, the day that it is made on where it depends on that too.
    """
    made = FOLDER / f"{name}-{day}{digest_of(*of, 'requirements-dev.lock')}"
    with alone(name):
        if made.exists():
            os.utime(made)
            return made
        making = made.with_suffix(".making")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir()
        make(making)
        making.rename(made)
        older = [one for one in FOLDER.glob(f"{name}-*") if one.is_dir()]
        for one in sorted(older, key=lambda one: -one.stat().st_mtime)[KEPT:]:
            shutil.rmtree(one)
    return made
