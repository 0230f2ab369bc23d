import re
from pathlib import Path

import pytest
from tests.installations import demonstration

from carreau.cli.demo import _told
from carreau.demo.run import Demonstration, run

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def made() -> Demonstration:
    return run(demonstration())


def test_the_readme_shows_what_the_demonstration_prints(made: Demonstration) -> None:
    (shown,) = blocks("text")
    assert shown.splitlines() == _told(made, made.home, 0.0)[: len(shown.splitlines())]


def test_the_python_of_the_readme_runs(
    made: Demonstration, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = blocks("python")
    monkeypatch.chdir(made.home.parent)
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out.strip() == code.rsplit("# ", 1)[1].strip()


def test_the_readme_opens_with_a_first_result_in_fifteen_lines_of_commands_and_output() -> None:
    first = README.split("```text")[1].split("```")[0].strip().splitlines()
    commands = blocks("sh")[0].strip().splitlines()
    assert len(first) + len(commands) < 15


def test_the_commands_of_the_readme_exist() -> None:
    page = (ROOT / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^## `carreau ([a-z ]+)`", page, flags=re.MULTILINE))
    for line in blocks("sh")[1].splitlines():
        words = line.split()
        if words[0] == "carreau":
            assert words[1] in documented or f"{words[1]} {words[2]}" in documented, line
