"""What the law sets, as dated values: each with its unit, the text it comes from and how sure we are of it.

A family is a file of `rules/parameters/`. A value holds from its start until the next start of the same parameter.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from importlib.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from carreau import plain_yaml
from carreau.errors import BadInput

CERTAINTIES = ("verified", "to verify")


@dataclass(frozen=True)
class Value:
    """A value from a date on: a number, a word, a truth value, a list or a mapping of them."""

    start: date
    value: Any
    reference: str
    certainty: str
    note: str = ""


@dataclass(frozen=True)
class Parameter:
    """What a text sets: its name (unique in its family), a title, the unit of its values, oldest first."""

    name: str
    title: str
    unit: str
    values: tuple[Value, ...]

    def on(self, day: date) -> Any:
        """The content of the value in force on a day. Raises BadInput when there is none yet."""
        try:
            return in_force(self.values, day).value
        except BadInput as error:
            raise BadInput(f"{self.name}: {error.problem}") from None


@dataclass(frozen=True)
class Family:
    """The parameters of one file, by name."""

    name: str
    parameters: Mapping[str, Parameter]

    def __getitem__(self, name: str) -> Parameter:
        return self.parameters[name]


def in_force(values: tuple[Value, ...], day: date) -> Value:
    """The value with the newest start that is not after `day`. Raises BadInput when all start later."""
    started = [value for value in values if value.start <= day]
    if not started:
        first = min(value.start for value in values)
        raise BadInput(f"no value in force on {day}: the oldest known starts on {first}")
    return max(started, key=lambda value: value.start)


@dataclass(frozen=True)
class Text:
    """A text that decides a case: the parameter it sets, its reference, how sure we are of it."""

    about: str
    reference: str
    certainty: str


def texts_behind(parameters: Mapping[str, Iterable[str]], day: date) -> tuple[Text, ...]:
    """The texts in force on a day behind the named parameters of each family."""
    return tuple(
        Text(name, value.reference, value.certainty)
        for family, names in parameters.items()
        for name in names
        for value in [in_force(load(family)[name].values, day)]
    )


def families() -> tuple[str, ...]:
    """Names of the families shipped."""
    return tuple(sorted(Path(file.name).stem for file in _folder().iterdir() if file.name.endswith(".yaml")))


@cache
def load(family: str) -> Family:
    """A shipped family by name. Raises BadInput for an unknown one, naming those that exist."""
    if family not in families():
        raise BadInput(f"unknown family of parameters {family!r}; there are {', '.join(families())}")
    return read(_folder().joinpath(f"{family}.yaml"))


def read(file: Path | Traversable) -> Family:
    """Read a family from YAML.

    Raises BadInput naming the file and the parameter when a unit, a start date, a reference or a certainty is missing,
    when two values start on the same day, or when the text is not YAML.
    """
    try:
        page = plain_yaml.load(file.read_text(encoding="utf-8"))
        parameters = page["parameters"]
        read_ones = {name: _parameter(name, entry, file) for name, entry in parameters.items()}
        return Family(str(page["family"]), read_ones)
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"is not a family of parameters: {_one_line(error)}", file=str(file)) from None


def _folder() -> Traversable:
    return resources.files("carreau.rules").joinpath("parameters")


def _parameter(name: str, entry: Mapping[str, Any], file: Path | Traversable) -> Parameter:
    unit = entry.get("unit")
    if not unit:
        raise BadInput(f"{name} has no unit", file=str(file))
    if not entry.get("values"):
        raise BadInput(f"{name} has no values", file=str(file))
    values = tuple(sorted((_value(name, one, file) for one in entry["values"]), key=lambda value: value.start))
    if len({value.start for value in values}) < len(values):
        raise BadInput(f"{name} has two values that start on the same day", file=str(file))
    return Parameter(name, str(entry.get("title", name)), str(unit), values)


def _value(name: str, entry: Mapping[str, Any], file: Path | Traversable) -> Value:
    if not isinstance(entry.get("start"), date):
        raise BadInput(f"{name} has a value without a start date (start: YYYY-MM-DD)", file=str(file))
    where = f"{name} from {entry['start']}"
    if entry.get("value") is None:
        raise BadInput(f"{where} has no value", file=str(file))
    if not str(entry.get("reference") or "").strip():
        raise BadInput(f"{where} has no reference", file=str(file))
    if entry.get("certainty") not in CERTAINTIES:
        raise BadInput(f"{where} has no certainty, one of: {', '.join(CERTAINTIES)}", file=str(file))
    return Value(entry["start"], entry["value"], entry["reference"], entry["certainty"], entry.get("note") or "")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
