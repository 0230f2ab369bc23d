"""Reading a points grid from YAML, by name or by file; what it says is checked in `checks`."""

from collections.abc import Hashable
from datetime import date
from functools import cache
from importlib import resources
from importlib.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from carreau.errors import BadInput
from carreau.plain_yaml import Loader
from carreau.rules.grids.checks import flag, known_fields, table, title, words
from carreau.rules.grids.grid import Grid, Table
from carreau.rules.grids.words import NOT_SCORED
from carreau.rules.parameters import CERTAINTIES

NEEDS = ("name", "title", "reference", "certainty")
MAY = ("fictitious", "partial", "from", "until", "not_scored", "refusal", "rubrics", "tables")
NO_EFFECT = "no_effect"


def grids() -> tuple[str, ...]:
    """Names of the grids shipped."""
    return tuple(sorted(Path(file.name).stem for file in _folder().iterdir() if file.name.endswith(".yaml")))


def load_grid(name_or_path: str | Path) -> Grid:
    """A shipped grid by name, or any by file. Raises BadInput when there is none, or it is refused (see `parse`)."""
    if str(name_or_path) in grids():
        return _shipped(str(name_or_path))
    path = Path(name_or_path)
    if path.is_file():
        return read(path)
    raise BadInput(f"unknown points grid {str(name_or_path)!r}: not a file, nor one of {', '.join(grids())}")


def read(file: Path | Traversable) -> Grid:
    """Read and check a grid of a file, as `parse` does."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"cannot be read as YAML: {' '.join(str(error).split())}", file=str(file)) from None
    return parse(text, str(file))


def parse(text: str, file: str) -> Grid:
    """Read and check a grid; `file` is the name that errors give.

    Raises BadInput naming the file, the rubric, the criterion and the field: unknown or missing field, unknown kind or
    word, points that are not whole numbers, two rubrics or criteria of the same name, nothing to score, no reference,
    no article where one must be cited, dates in disorder, bad YAML.
    """
    try:
        page = yaml.load(text, Loader=_OncePerKey)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        raise BadInput(f"cannot be read as YAML: {' '.join(str(error).split())}", file=file) from None
    try:
        return _grid(page)
    except BadInput as error:
        raise BadInput(error.problem, file=file) from None


class _OncePerKey(Loader):  # type: ignore[misc]
    """YAML whose mappings hold each key once: the plain loader keeps the last and says nothing."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if twice := sorted({str(key) for key in keys if keys.count(key) > 1}):
            raise yaml.constructor.ConstructorError(None, None, f"{', '.join(twice)} written twice", node.start_mark)
        return super().construct_mapping(node, deep)


@cache
def _shipped(name: str) -> Grid:
    return read(_folder().joinpath(f"{name}.yaml"))


def _folder() -> Traversable:
    return resources.files("carreau.rules.grids").joinpath("shipped")


def _grid(page: Any) -> Grid:
    if not isinstance(page, dict) or ("rubrics" in page) == ("tables" in page):
        raise BadInput("is not a points grid: it must have either rubrics or tables")
    known_fields("the grid", page, NEEDS, MAY)
    if page["certainty"] not in CERTAINTIES:
        raise BadInput(f"certainty must be one of {', '.join(CERTAINTIES)}, not {page['certainty']!r}")
    if page.get("refusal", NO_EFFECT) != NO_EFFECT:
        raise BadInput(
            f"refusal can only be {NO_EFFECT}, not {page['refusal']!r}; an effect is a criterion of refusals"
        )
    start, end = _dates(page)
    not_scored = words("not_scored", page.get("not_scored", []), tuple(NOT_SCORED))
    return Grid(
        name=str(page["name"]),
        title=title(page["title"]),
        reference=str(page["reference"]),
        certainty=page["certainty"],
        fictitious=flag(page, "fictitious"),
        partial=flag(page, "partial"),
        tables=_tables(page, not_scored),
        start=start,
        end=end,
        not_scored=not_scored,
        refusal=page.get("refusal", ""),
    )


def _tables(page: dict[str, Any], not_scored: tuple[str, ...]) -> tuple[Table, ...]:
    if "rubrics" in page:
        return (table("everyone", page["rubrics"]),)
    given = page["tables"]
    if not isinstance(given, dict) or not given or set(given) - {"new", "transfer"}:
        raise BadInput("tables must be a mapping of new and transfer, each with its rubrics")
    apart = {"transfer"} & set(not_scored)
    if (missing := {"new", "transfer"} - set(given) - apart) and not page.get("partial"):
        raise BadInput(f"tables: {missing.pop()} is missing; a grid that lacks a table is partial")
    return tuple(table(applicants, rubrics) for applicants, rubrics in given.items())


def _dates(page: dict[str, Any]) -> tuple[date | None, date | None]:
    start, end = page.get("from"), page.get("until")
    for field, day in (("from", start), ("until", end)):
        if day is not None and type(day) is not date:
            raise BadInput(f"{field} must be a date (YYYY-MM-DD), not {day!r}")
    if start and end and end < start:
        raise BadInput(f"until {end} is before from {start}")
    return start, end
