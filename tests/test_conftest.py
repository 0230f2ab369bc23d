"""The last line of a run says what was not run; with CARREAU_REQUIRE_ALL=1 a missing program is a failure."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BROWSER_TEST = "import pytest\n\n@pytest.mark.browser\ndef test_page():\n    pass\n\ndef test_plain():\n    pass\n"


ROOT = Path(__file__).parents[1]


def run_pytest(folder: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    shutil.copy(Path(__file__).with_name("conftest.py"), folder / "conftest.py")
    (folder / "pytest.ini").write_text(
        "[pytest]\nmarkers =\n  browser: needs Chromium\n  slow: not now\n  both_databases: not here\n"
    )
    (folder / "test_some.py").write_text(BROWSER_TEST)
    (folder / "bin").mkdir(exist_ok=True)
    environment = {"PATH": str(folder / "bin"), "HOME": str(folder), "PYTHONPATH": str(ROOT), **environment}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, str(folder)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)


def give_programs(folder: Path) -> None:
    (folder / "bin").mkdir()
    for name in ("chromium", "pg_ctl"):
        program = folder / "bin" / name
        program.write_text("#!/bin/sh\n")
        os.chmod(program, 0o755)


def test_without_chromium_the_last_line_names_what_was_not_run(tmp_path: Path) -> None:
    done = run_pytest(tmp_path)
    assert done.returncode == 0
    last = done.stdout.splitlines()[-1]
    assert last == "not run: 1 tests that need Chromium; get it with: sudo apt-get install chromium"


def test_where_everything_is_required_a_missing_chromium_fails(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, CARREAU_REQUIRE_ALL="1")
    assert done.returncode != 0
    assert "Chromium is missing, get it with" in done.stderr


@pytest.mark.parametrize("required", ["0", "1"])
def test_with_all_programs_everything_runs_and_nothing_is_said(tmp_path: Path, required: str) -> None:
    give_programs(tmp_path)
    done = run_pytest(tmp_path, CARREAU_REQUIRE_ALL=required)
    assert done.returncode == 0
    assert "2 passed" in done.stdout
    assert "not run" not in done.stdout


TIMED = """
import time
import pytest

@pytest.fixture(scope="module")
def rested():
    time.sleep(0.3)

def test_sleeps(rested):
    time.sleep(0.2)

def test_wakes(rested):
    pass

@pytest.mark.slow
def test_later():
    pass
"""


@pytest.mark.parametrize("processes", ["0", "2"])
def test_a_run_tells_where_its_time_went_and_what_was_left_for_later(tmp_path: Path, processes: str) -> None:
    give_programs(tmp_path)
    told = tmp_path / "time.json"
    (tmp_path / "tests" / "cli").mkdir(parents=True)
    (tmp_path / "tests" / "cli" / "test_timed.py").write_text(TIMED)
    done = run_pytest(
        tmp_path, "-q", "-m", "not slow", "-n", processes, "--dist", "loadgroup", "--timing", "--timing-file", str(told)
    )
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1] == "not run: 1 slow tests; make test-all runs them"
    found = json.loads(told.read_text())
    assert found["tests"]["tests/cli/test_timed.py::test_sleeps"] >= 0.5
    ((name, (seconds,)),) = [one for one in found["fixtures"].items() if one[0].endswith("::rested")]
    assert name == "tests/cli/test_timed.py::rested"
    assert seconds >= 0.3
    assert len(found["processes"]) == max(int(processes), 1)
    assert "4  cli" not in done.stdout
    assert re.search(r"2 +cli$", done.stdout, re.MULTILINE)


MADE = """
import sys, time
from pathlib import Path
from tests import made_once
made_once.FOLDER = Path(sys.argv[1])

def make(folder):
    time.sleep(0.2)
    with (made_once.FOLDER / "made").open("a") as times:
        times.write("once ")
    (folder / "whole").write_text("whole")

made = made_once.made_once("thing", make, of=("tests/made_once.py",))
print((made / "whole").read_text())
"""


def test_processes_that_need_the_same_wait_for_the_first_to_make_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", MADE, str(tmp_path)]
    asked = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [one.communicate(timeout=60)[0] for one in asked] == ["whole\n"] * 3
    assert (tmp_path / "made").read_text() == "once "
