"""Copies of the tree in which modules are changed and tests run: the tree itself is never touched."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOOLS = Path(__file__).parents[1]
LEFT = ("node_modules", "__pycache__")
OURS = ("CARREAU_", "DATABASE_URL", "DJANGO_", "KEYRING_", "MUTATION_", "PYTEST_ADDOPTS", "PYTEST_XDIST", "PYTHON")
WITHOUT = "not browser and not installation and not postgresql"
"""Tests that need a browser, an installation of their own or a server are not run."""


@dataclass(frozen=True)
class Ended:
    """How pytest ended: its exit code (None when the limit ended it), what our plugin recorded, what it printed."""

    code: int | None
    record: dict[str, Any]
    printed: str
    seconds: float


class Copy:
    """A copy of the tree in a folder of its own, for one process at a time."""

    def __init__(self, of: Path, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "tree"
        shutil.copytree(of, self.root, ignore=_left, symlinks=True)

    @property
    def made_once(self) -> Path:
        """Where the tests of Carreau keep what takes long to make, such as migrated databases."""
        return self.root / ".pytest_cache" / "made-once"

    def run(self, plugins: Sequence[str], plan: dict[str, Any], files: Sequence[str], limit: float) -> Ended:
        """Run pytest on test files, at most `limit` seconds; whatever it started ends with it."""
        temporary, asked, record = (self.folder / name for name in ("tmp", "plan.json", "record.json"))
        temporary.mkdir()
        record.unlink(missing_ok=True)
        asked.write_text(json.dumps({**plan, "root": str(self.root), "record": str(record)}), encoding="utf-8")
        given = [part for name in plugins for part in ("-p", f"mutation.{name}")]
        command = [sys.executable, "-m", "pytest", "-q", "--tb=line", "-p", "no:cacheprovider", "-m", WITHOUT]
        command += [*given, *files]
        command += ["-x"] if plan.get("first_failure") else []
        began = time.monotonic()
        with (self.folder / "printed").open("w+b") as printed:
            code = _ended(command, self.root, self._environment(asked, temporary), printed, limit)
            printed.seek(0)
            text = printed.read().decode("utf-8", errors="replace")
        shutil.rmtree(temporary, ignore_errors=True)
        held = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}
        return Ended(code, held, text, time.monotonic() - began)

    def write(self, file: str, content: bytes) -> None:
        """Give a module another text; what Python compiled of it before goes."""
        path = self.root / file
        path.write_bytes(content)
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
            compiled.unlink()

    def _environment(self, plan: Path, temporary: Path) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        path = os.pathsep.join((str(self.root / "src"), str(TOOLS)))
        return kept | {
            "COVERAGE_CORE": "ctrace",  # the one that can tell tests apart
            "MUTATION_PLAN": str(plan),
            "PYTHONHASHSEED": "0",
            "PYTHONPATH": path,
            "TMPDIR": str(temporary),
        }


def _left(_folder: str, names: list[str]) -> list[str]:
    """What a copy leaves out: dependencies and caches."""
    return [name for name in names if name in LEFT or name.startswith(".")]


def _ended(command: list[str], where: Path, environment: dict[str, str], printed: Any, limit: float) -> int | None:
    process = subprocess.Popen(
        command,
        cwd=where,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=printed,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        return process.wait(timeout=limit)
    except subprocess.TimeoutExpired:
        return None
    finally:
        _end_all(process)


def _end_all(process: subprocess.Popen[bytes]) -> None:
    """End the process and all that it started and left running."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
