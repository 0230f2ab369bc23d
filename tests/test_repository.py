"""What holds of the repository itself: its words, its locks, its decisions, its targets, and what must not be in it."""

import hashlib
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import polars as pl
import pytest

import carreau
from carreau.register import vocabulary
from carreau.register.tables import TABLES

ROOT = Path(__file__).parents[1]
LOCKS = ["requirements.lock", "requirements-dev.lock"]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GLOSSARY = (ROOT / "GLOSSARY.md").read_text()
LISTS = {name: kind.categories.to_list() for name, kind in vars(vocabulary).items() if isinstance(kind, pl.Enum)}
AGPL_3 = "0d96a4ff68ad6d4b6f1f30f713b18d5184912ba8dd389f86aa7710db079abcb0"

# written in two halves, so that this file does not hold what it forbids
FORBIDDEN = {
    "a path of a home or work folder": r"(?<![\w.])/(?:ho" + r"me|Us" + r"ers|ro" + r"ot|wo" + r"rk)/\w",
    "an index or the host of a registry": (
        r"py" + r"pi\.org|python" + r"hosted|registry\.np" + r"mjs|deb\.deb" + r"ian\.org"
        r"|(?:^|\s)-(?:-extra)?-index" + r"-url|--find" + r"-links"
    ),
    "work left undone": r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b",
    "a conflict left unsolved": r"(?m)^(?:<{7}|>{7}) ",
}


@cache
def tracked() -> tuple[Path, ...]:
    """Files that git tracks, or would if they were added now; the tree itself where there is no git."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a clone: git lists no files")
    return tuple(ROOT / name for name in listed if name and (ROOT / name).is_file())


@cache
def texts() -> dict[str, str]:
    found = {}
    for path in tracked():
        content = path.read_bytes()
        if b"\0" not in content[:8192] and path.stat().st_size < 5_000_000:
            found[path.relative_to(ROOT).as_posix()] = content.decode("utf-8", errors="replace")
    return found


def locked(lock: str) -> dict[str, list[str]]:
    """Versions by package name; several where platforms or Pythons differ."""
    versions: dict[str, list[str]] = {}
    for name, version in re.findall(r"(?m)^([a-z0-9-]+)==([^\s;]+)", (ROOT / lock).read_text()):
        versions.setdefault(name, []).append(version)
    return versions


def names_of(requirements: list[str]) -> set[str]:
    return {re.split(r"[^A-Za-z0-9._-]", r)[0].lower().replace("_", "-").replace(".", "-") for r in requirements}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    found = [
        f"{name}:{text.count(chr(10), 0, hit.start()) + 1}: {hit.group()!r}"
        for name, text in texts().items()
        for hit in re.finditer(FORBIDDEN[what], text)
    ]
    assert not found, f"{what}: {found}"


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("a path of a home or work folder", "read('/ho" + "me/ada/file')"),
        ("a path of a home or work folder", "in /wo" + "rk/main"),
        ("an index or the host of a registry", "--extra-index" + "-url there"),
        ("an index or the host of a registry", "files.python" + "hosted"),
        ("work left undone", "# TO" + "DO: later"),
    ],
)
def test_the_guard_sees(what: str, line: str) -> None:
    assert re.search(FORBIDDEN[what], line)


def test_no_file_is_too_large_to_review_or_clone() -> None:
    assert not [path.name for path in tracked() if path.stat().st_size > 10_000_000]


@pytest.mark.parametrize("table", TABLES)
def test_the_glossary_has_every_table(table: str) -> None:
    assert f"| `{table}` |" in GLOSSARY


@pytest.mark.parametrize("closed_list", LISTS)
def test_the_glossary_has_every_closed_list_and_its_words(closed_list: str) -> None:
    _, found, section = GLOSSARY.partition(f"\n### {closed_list}: ")
    assert found
    section = section.partition("\n### ")[0]
    words = [word for word in LISTS[closed_list] if closed_list != "LETTER"]
    assert [word for word in words if f"`{word}`" not in section] == []


def test_the_glossary_has_no_word_that_the_code_lacks() -> None:
    _, _, lists = GLOSSARY.partition("\n## Closed lists")
    known = {word for words in LISTS.values() for word in words} | {"carreau.register.vocabulary"}
    assert set(re.findall(r"`([^`]+)`", lists)) <= known


def test_every_decision_is_in_the_index_under_its_title() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text()
    pages = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    assert pages
    missing = []
    for path in pages:
        title = path.read_text().splitlines()[0].removeprefix("# ")
        if f"- [{title}]({path.name})" not in index:
            missing.append(f"- [{title}]({path.name})")
    assert not missing, "lines to add to docs/decisions/README.md"


def test_links_between_pages_lead_somewhere() -> None:
    broken = [
        f"{name}: {link}"
        for name, text in texts().items()
        if name.endswith(".md")
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
        if "://" not in link and not (ROOT / name).parent.joinpath(link).exists()
    ]
    assert not broken


def test_make_lists_every_target_and_nothing_else() -> None:
    phony = re.search(r"(?m)^\.PHONY: (.+)$", (ROOT / "Makefile").read_text())
    assert phony
    listed = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert [line.split()[1] for line in listed.splitlines()] == phony[1].split()
    assert all(len(line.split()) > 2 for line in listed.splitlines())


def test_the_contributors_guide_names_every_target() -> None:
    phony = re.search(r"(?m)^\.PHONY: help (.+)$", (ROOT / "Makefile").read_text())
    assert phony
    guide = (ROOT / "CONTRIBUTING.md").read_text()
    assert [target for target in phony[1].split() if f"`make {target}`" not in guide] == []


def test_the_version_is_in_one_place() -> None:
    assert "version" in PYPROJECT["project"]["dynamic"]
    assert "version" not in PYPROJECT["project"]
    assignment = rf'version\w*\s*=\s*"{re.escape(carreau.__version__)}"'
    assert [name for name, text in texts().items() if re.search(assignment, text)] == ["src/carreau/__init__.py"]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_version_has_hashes_and_no_line_an_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "//" not in text
    for block in re.split(r"(?m)^(?=\S)", text)[1:]:
        assert re.fullmatch(r"[a-z0-9-]+==\S+( ; [^\\\n]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+\n", block), block


def test_the_locks_hold_all_that_pyproject_asks_for() -> None:
    asked = names_of(PYPROJECT["project"]["dependencies"])
    tools = names_of(PYPROJECT["dependency-groups"]["dev"] + PYPROJECT["build-system"]["requires"])
    assert asked <= locked("requirements.lock").keys(), "run `make lock`"
    assert asked | tools <= locked("requirements-dev.lock").keys(), "run `make lock`"


def test_both_locks_agree() -> None:
    development = locked("requirements-dev.lock")
    assert {name: development[name] for name in locked("requirements.lock")} == locked("requirements.lock")


def test_the_licence_is_the_whole_agpl() -> None:
    assert PYPROJECT["project"]["license"] == "AGPL-3.0-or-later"
    assert hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == AGPL_3
