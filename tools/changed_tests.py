"""Name the tests that a change touches: those whose imports lead to a changed module, and those of a changed room.

    python tools/changed_tests.py [--since REF]

Without a reference: what differs from the last commit, or, when nothing does, the last commit itself. Imports are
followed through `carreau`, `tests` and `tools`, those of a folder's conftest.py too; a file of data (YAML, a template)
stands for the modules of its folder. Prints the test files, one a line; all of `tests` where the change may touch
anything (locks, settings of the tests).
"""

import argparse
import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "carreau"
ANYTHING = ("pyproject.toml", "requirements", "package-lock.json", "tests/conftest.py", "tests/settings.py")
BY_STEM = ("builders.py", "command.py")
"""What tests beside them import by its name alone."""
DRAWN = ("templates", "static")
"""Folders of the site whose files a browser shows."""


def changed_files(since: str | None) -> list[str]:
    """Paths from the project's folder that differ, those not yet known to git too."""
    found = _git("diff", "--name-only", since or "HEAD") + _git("ls-files", "--others", "--exclude-standard")
    return found or ([] if since else _git("diff", "--name-only", "HEAD~1", "HEAD"))


def _git(*arguments: str) -> list[str]:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    return done.stdout.splitlines()


def module_of(file: Path, root: Path) -> str:
    """The dotted name of a Python file below the folder that imports start from."""
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules_changed(files: Iterable[str]) -> Iterator[str]:
    """The modules that the changed files are, or stand for."""
    for file in map(ROOT.joinpath, files):
        if PACKAGE not in file.parents:
            if file.suffix == ".py":
                yield module_of(file, ROOT)
        elif file.suffix == ".py":
            yield module_of(file, PACKAGE.parent)
        else:
            folder = next(one for one in file.parents if any(one.glob("*.py")) or one == PACKAGE)
            parts = file.relative_to(folder).parts
            if parts[0] in DRAWN and len(parts) > 2:  # a template of an app stands for the app
                folder = folder / parts[1]
            yield from (module_of(one, PACKAGE.parent) for one in folder.glob("*.py"))


def downstream(changed: set[str]) -> set[str]:
    """The changed modules and all of `carreau` whose imports lead to one."""
    graph = grimp.build_graph("carreau")
    known = changed & graph.modules
    return changed.union(*(graph.find_downstream_modules(one) for one in known))


def imports_of(file: Path) -> Iterator[str]:
    """The modules that a file names in its imports; of `from a import b` both `a` and `a.b`."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def fixtures_of(file: Path) -> Iterator[str]:
    """The conftest.py of each folder that a test is in, but the first, which holds for all."""
    for folder in file.parents:
        if folder == ROOT / "tests":
            return
        if (folder / "conftest.py") != file and (folder / "conftest.py").exists():
            yield module_of(folder / "conftest.py", ROOT)


def room_of(path: str) -> str:
    """Of `tests/site/homes/test_x.py` and of `src/carreau/site/homes/models.py` alike: `site/homes`."""
    parts = path.removeprefix("src/carreau/").removeprefix("tests/").split("/")[:-1]
    return "/".join(parts[: 2 if parts[:1] == ["site"] else 1])


def tests_of(files: list[str]) -> list[str]:
    """The test files, or folders, to run."""
    if any(file.startswith(ANYTHING) for file in files):
        return ["tests"]
    touched = downstream(set(modules_changed(files)))
    imports = {
        module_of(file, ROOT): (file, {*imports_of(file), *fixtures_of(file)})
        for file in (*(ROOT / "tests").rglob("*.py"), *(ROOT / "tools").glob("*.py"))
    }
    for file, named in [one for one in imports.values() if one[0].name in BY_STEM]:
        imports[file.stem] = file, named
    while more := {name for name, (_, named) in imports.items() if name not in touched and named & touched}:
        touched |= more
    rooms = {room_of(file) for file in files if file.startswith(("src/carreau/", "tests/"))}
    drawn = any(f"/site/{one}/" in file for file in files for one in DRAWN)
    found = {
        file.relative_to(ROOT).as_posix()
        for name, (file, _) in imports.items()
        if file.name.startswith("test_") and (name in touched or room_of(file.relative_to(ROOT).as_posix()) in rooms)
    }
    return sorted(found) + (["tests/browser", "tests/site/pages"] if drawn else [])


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--since", help="a commit or branch to compare with")
    sys.stdout.write("".join(f"{one}\n" for one in tests_of(changed_files(given.parse_args().since))))
