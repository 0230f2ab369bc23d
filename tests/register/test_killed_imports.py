"""An import killed at any moment leaves the former territory or the new one, never half; the next run succeeds."""

import multiprocessing
import random
import time
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from builders import home_2018, write_2018

from carreau.errors import BadInput
from carreau.outputs import digest
from carreau.register.filosofi import import_filosofi
from carreau.register.importing import ImportOptions, import_rpls
from carreau.register.territory import Territory

ROWS, KILLS = 200_000, 50
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
    return digest({name: territory.table(name).collect() for name in territory.facts["tables"]})


def import_when_told(started: Connection, file: Path, out: Path) -> None:
    started.send(True)
    import_rpls(file, out, YEAR)


@pytest.mark.parametrize("before", ["nothing", "a register and cells"])
def test_kills_at_random_moments(tmp_path: Path, before: str) -> None:
    def prepare(folder: Path) -> None:
        if before != "nothing":
            import_rpls(small, folder, YEAR)
            import_filosofi(CELLS, folder, year=2019)

    small = write_2018(tmp_path / "small.csv", [home_2018()])
    large = write_large(tmp_path / "large.csv")
    prepare(tmp_path / "expected")
    former = state(tmp_path / "expected")
    begin = time.monotonic()
    import_rpls(large, tmp_path / "expected", YEAR)
    duration = time.monotonic() - begin
    expected = state(tmp_path / "expected")

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["carreau.register.importing"])
    moments = random.Random(before)
    out = tmp_path / "out"
    prepare(out)
    seen = set()
    for _ in range(KILLS // 2):
        waits, started = context.Pipe(duplex=False)
        process = context.Process(target=import_when_told, args=(started, large, out))
        process.start()
        waits.recv()
        time.sleep(moments.uniform(0, 1.4 * duration))
        process.kill()
        process.join()
        found = state(out)
        seen.add(found)
        assert found in (former, expected)
        if found == expected:
            prepare(out)
    import_rpls(large, out, YEAR)
    assert state(out) == expected
    assert former in seen
    leftovers = {path.name for path in tmp_path.iterdir()} - {"small.csv", "large.csv", "expected", "out"}
    assert leftovers == set()
