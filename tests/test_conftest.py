"""The last line of a run says what was not run; with CARREAU_REQUIRE_ALL=1 a missing program is a failure."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BROWSER_TEST = "import pytest\n\n@pytest.mark.browser\ndef test_page():\n    pass\n\ndef test_plain():\n    pass\n"


def run_pytest(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    shutil.copy(Path(__file__).with_name("conftest.py"), folder / "conftest.py")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = browser: needs Chromium\n")
    (folder / "test_some.py").write_text(BROWSER_TEST)
    (folder / "bin").mkdir(exist_ok=True)
    environment = {"PATH": str(folder / "bin"), "HOME": str(folder), **environment}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(folder)]
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
