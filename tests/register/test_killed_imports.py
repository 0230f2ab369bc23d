"""An import killed at any moment leaves the former territory or the new one, never half; the next run succeeds."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from builders import home_2018, write_2018
from tests.examples import examples

from carreau.errors import BadInput
from carreau.outputs import digest
from carreau.register.filosofi import import_filosofi
from carreau.register.importing import ImportOptions, import_rpls
from carreau.register.territory import Territory

ROWS, KILLS = 120_000, min(examples(10), 50)
KNOWN: dict[tuple[str, ...], str] = {}
"""Digests by the hashes of the files, which `check` has just verified."""
YEAR = ImportOptions(year=2018)
CELLS = Path(__file__).parent / "data" / "filosofi_2019_saint_denis.csv"


def write_large(file: Path) -> Path:
    """The required columns only, with many identical rows."""
    random_numbers = np.random.default_rng(3)
    frame = pl.DataFrame({
        "DEPCOM": random_numbers.choice(["44109", "1004", "2A004", "75113"], ROWS),
        "NBPIECE": random_numbers.integers(1, 7, ROWS),
        "SURFHAB": random_numbers.integers(15, 120, ROWS),
        "CONSTRUCT": random_numbers.integers(1950, 2018, ROWS),
        "TYPECONST": "C",
        "FINAN": random_numbers.choice(["13", "12", "10", "x"], ROWS),
        "NUMAPPT": random_numbers.integers(0, 100, ROWS),
    })  # fmt: skip
    frame.write_csv(file, separator=";")
    return file


def state(folder: Path) -> str:
    """The digest of a sound territory, or the sentence that refuses a folder that is none."""
    try:
        territory = Territory.open(folder)
    except BadInput as refusal:
        return refusal.problem
    assert territory.check()["problems"] == []
    files = tuple(facts["sha256"] for facts in territory.facts["tables"].values())
    if files not in KNOWN:
        KNOWN[files] = digest({name: territory.table(name).collect() for name in territory.facts["tables"]})
    return KNOWN[files]


# Python and the libraries are loaded once; each import runs in a process of its own, forked before any thread starts.
STARTER = """
import os, pathlib, sys
from carreau.register.importing import ImportOptions, import_rpls
for line in sys.stdin:
    file, out = map(pathlib.Path, line.rstrip().split("|"))
    child = os.fork()
    if child == 0:
        import_rpls(file, out, ImportOptions(year=2018))
        os._exit(0)
    print(child, flush=True)
    os.waitpid(child, 0)
    print("ended", flush=True)
"""


@pytest.fixture
def starter() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", STARTER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        yield process


def kill_an_import(starter: subprocess.Popen[str], file: Path, out: Path, after: float) -> None:
    """Start an import, wait some seconds and kill it, unless it has ended."""
    assert starter.stdin
    assert starter.stdout
    starter.stdin.write(f"{file}|{out}\n")
    child = int(starter.stdout.readline())
    time.sleep(after)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    assert starter.stdout.readline() == "ended\n"


def timed(file: Path, out: Path) -> float:
    begin = time.monotonic()
    import_rpls(file, out, YEAR)
    return time.monotonic() - begin


@pytest.mark.parametrize("before", ["nothing", "a register and cells"])
def test_kills_at_random_moments(tmp_path: Path, starter: subprocess.Popen[str], before: str) -> None:
    def prepare(folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        if before != "nothing":
            import_rpls(small, folder, YEAR)
            import_filosofi(CELLS, folder, year=2019)

    small = write_2018(tmp_path / "small.csv", [home_2018()])
    large = write_large(tmp_path / "large.csv")
    prepare(tmp_path / "expected")
    former = state(tmp_path / "expected")
    duration = min(timed(large, tmp_path / name) for name in ("warm", "expected"))
    expected = state(tmp_path / "expected")

    moments = random.Random(before)
    out = tmp_path / "out"
    prepare(out)
    seen = set()
    for _ in range(KILLS // 2):
        kill_an_import(starter, large, out, after=moments.uniform(0, 1.2 * duration))
        found = state(out)
        seen.add(found)
        assert found in (former, expected)
        if found == expected:
            prepare(out)
    import_rpls(large, out, YEAR)
    assert state(out) == expected
    assert former in seen
    leftovers = {path.name for path in tmp_path.iterdir()} - {"small.csv", "large.csv", "expected", "out", "warm"}
    assert leftovers == set()
