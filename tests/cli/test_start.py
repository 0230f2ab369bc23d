"""What a command imports before it does anything: help and the list of policies need no tables, a rent no engine."""

import subprocess
import sys
from importlib import import_module

import pytest

from carreau.cli import COMMANDS, MAP, REGISTER
from carreau.cli.calling import called

HEAVY = {
    *("dataframely", "django", "highspy", "numba", "openfisca_core", "openfisca_france", "pandas", "polars_hash"),
    *("pyarrow", "pyogrio", "pyproj", "scipy", "shapely", "sklearn", "cryptography", "multiprocessing"),
}
"""What takes long to import, or would if somebody had it installed."""
TABLES = {"numpy", "polars"}
STARTED = "import sys\nfrom carreau.cli import main\ntry:\n    main()\nfinally:\n    print('imported', *sys.modules)"
RENT = ("rent", "--income", "9000", "--rent", "420", "--charges", "60", "--commune", "75113")


def imported(*arguments: str) -> set[str]:
    """The packages that a command has imported when it ends, in a process of its own; `carreau`'s modules in full."""
    done = subprocess.run([sys.executable, "-c", STARTED, *arguments], capture_output=True, text=True, check=True)
    modules = done.stdout.rpartition("imported ")[2].split()
    return {name if name.startswith("carreau.") else name.partition(".")[0] for name in modules}


@pytest.mark.parametrize("arguments", [("--help",), ("map", "--help"), ("register", "--help")])
def test_the_help_of_a_group_imports_no_engine(arguments: tuple[str, ...]) -> None:
    found = imported(*arguments)
    assert not found & (HEAVY | TABLES)
    assert not {name for name in found if name.startswith(("carreau.allocation", "carreau.release", "carreau.rules"))}


def test_the_list_of_policies_imports_no_engine() -> None:
    assert not imported("policies") & (HEAVY | TABLES)


def test_a_rent_imports_tables_and_nothing_heavier() -> None:
    found = imported(*RENT)
    assert "polars" in found
    assert not found & HEAVY
    assert not {name for name in found if name.startswith(("carreau.release", "carreau.demo", "carreau.site"))}


@pytest.mark.parametrize(
    ("name", "place", "about"), [(n, *one) for g in (COMMANDS, REGISTER, MAP) for n, one in g.items()]
)
def test_the_line_of_each_command_is_the_first_of_its_own_words(name: str, place: str, about: str) -> None:
    module, function = place.split(":")
    assert str(getattr(import_module(module), function).__doc__).splitlines()[0] == about
    command = called(name, place)
    assert command.name == name
    assert "as_json" in {parameter.name for parameter in command.params}
