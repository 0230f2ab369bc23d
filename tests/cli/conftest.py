import sys
from pathlib import Path

import pytest
from command import Carreau, Said
from tests.installations import demonstration

from carreau.cli import main


@pytest.fixture
def carreau(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Carreau:
    """Run a command in this process, as a shell would see it."""

    def run(*arguments: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["carreau", *map(str, arguments)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return run


@pytest.fixture(scope="session")
def nantes() -> Path:
    """The territory of Nantes with its synthetic population; read only."""
    return demonstration() / "territory"
