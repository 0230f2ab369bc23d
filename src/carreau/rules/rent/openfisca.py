"""OpenFisca-France's own parameter files, read where they are installed: its updates are ours.

Only the files that are asked for are read, and nothing of OpenFisca is imported: its whole system takes seconds.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from carreau import plain_yaml
from carreau.errors import BadInput


@dataclass(frozen=True)
class Reference:
    """A text that sets an amount: its title and its address, empty when the file gives none."""

    title: str
    address: str


def value(name: str, day: date) -> float:
    """The number in force on a day; `name` is the path of the file in OpenFisca's tree, without `.yaml`.

    Raises BadInput when the file is missing, or has no value in force on that day.
    """
    held = [number for start, number in values(name) if start <= day]
    if not held or held[-1] is None:
        raise BadInput(f"OpenFisca-France has no value of {name} in force on {day}")
    return held[-1]


@cache
def values(name: str) -> tuple[tuple[date, float | None], ...]:
    """Each start and its number, oldest first; null where a parameter ends."""
    text, _, _ = _text(name).partition("\nmetadata:")
    page = _parsed(text, name)
    if "values" not in page:
        page = _parsed(_text(name), name)
    return tuple(sorted((start, entry["value"]) for start, entry in page["values"].items()))


def references(name: str, day: date) -> tuple[Reference, ...]:
    """The texts that OpenFisca gives for the value in force on a day (the newest it names, when it names none)."""
    dated = _parsed(_text(name), name).get("metadata", {}).get("reference") or {}
    past = [start for start in dated if start <= day]
    if not past:
        return ()
    given = dated[max(past)]
    listed = given if isinstance(given, list) else [given]
    return tuple(Reference(one["title"], one.get("href", "")) for one in listed if one.get("title"))


def version() -> str:
    """The version of OpenFisca-France whose files are read."""
    from importlib.metadata import version as installed

    return installed("openfisca-france")


@cache
def _folder() -> Path:
    spec = find_spec("openfisca_france")
    if spec is None or spec.origin is None:
        raise BadInput("OpenFisca-France is not installed; install Carreau with its dependencies")
    return Path(spec.origin).parent / "parameters"


def _text(name: str) -> str:
    try:
        return (_folder() / f"{name}.yaml").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadInput(f"OpenFisca-France {version()} has no parameter {name}") from None


def _parsed(text: str, name: str) -> dict[str, Any]:
    page = plain_yaml.load(text)
    if not isinstance(page, dict):
        raise BadInput(f"OpenFisca-France: {name} is not a parameter")
    return page
