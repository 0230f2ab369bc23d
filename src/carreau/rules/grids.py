"""Points grids (cotation) as data: rubrics of criteria, read from YAML and checked before they score anybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from carreau.errors import BadInput
from carreau.register.vocabulary import GROUND, PRESENT_HOUSING

WORDS = {"ground": tuple(GROUND.categories), "present_housing": tuple(PRESENT_HOUSING.categories)}
FIELDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "seniority": (frozenset({"points_per_month"}), frozenset({"cap", "abnormal_after_months", "abnormal_points"})),
    "ground": (frozenset({"any_of", "points"}), frozenset()),
    "present_housing": (frozenset({"any_of", "points"}), frozenset()),
    "dalo": (frozenset({"points"}), frozenset()),
    "over_occupied": (frozenset({"points"}), frozenset()),
    "transfer": (frozenset({"points"}), frozenset()),
}


@dataclass(frozen=True)
class Criterion:
    """One line of a grid. `kind` says what is looked at; the other fields say for how many points.

    `points` when it holds (`any_of` words for grounds and present housing); for seniority `points_per_month` whole
    months up to `cap` points, plus `abnormal_points` from `abnormal_after_months` on.
    """

    name: str
    rubric: str
    kind: str
    points: int = 0
    any_of: tuple[str, ...] = ()
    points_per_month: int = 0
    cap: int | None = None
    abnormal_after_months: int | None = None
    abnormal_points: int = 0


@dataclass(frozen=True)
class Grid:
    """A points grid whose rubrics add up. `fictitious` and `partial` must be shown wherever its points are."""

    name: str
    title: Mapping[str, str]
    reference: str
    certainty: str
    fictitious: bool
    partial: bool
    criteria: tuple[Criterion, ...]


def grids() -> tuple[str, ...]:
    """Names of the grids shipped."""
    return tuple(sorted(Path(file.name).stem for file in _folder().iterdir() if file.name.endswith(".yaml")))


def load_grid(name_or_path: str | Path) -> Grid:
    """A shipped grid by name, or any by file. Raises BadInput when there is none, or it cannot be read (see `read`)."""
    if str(name_or_path) in grids():
        return _shipped(str(name_or_path))
    path = Path(name_or_path)
    if path.is_file():
        return read(path)
    raise BadInput(f"unknown points grid {str(name_or_path)!r}: not a file, nor one of {', '.join(grids())}")


def read(file: Path | Traversable) -> Grid:
    """Read and check a grid.

    Raises BadInput naming the file and the criterion: unknown or missing field, unknown kind or word, points that are
    not whole numbers, two criteria of the same name, no criterion, no reference, bad YAML.
    """
    try:
        page = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInput(f"cannot be read as YAML: {' '.join(str(error).split())}", file=str(file)) from None
    try:
        return _grid(page)
    except BadInput as error:
        raise BadInput(error.problem, file=str(file)) from None


@cache
def _shipped(name: str) -> Grid:
    return read(_folder().joinpath(f"{name}.yaml"))


def _folder() -> Traversable:
    return resources.files("carreau.rules").joinpath("grids")


def _grid(page: Any) -> Grid:
    if not isinstance(page, dict) or not isinstance(page.get("rubrics"), dict):
        raise BadInput("is not a points grid: it has no rubrics")
    for field in ("name", "title", "reference", "certainty"):
        if not page.get(field):
            raise BadInput(f"the grid has no {field}")
    title = page["title"]
    if not isinstance(title, dict) or {str(one) for one in title} != {"fr", "en"} or not all(title.values()):
        raise BadInput("the grid's title must be given in fr and en, in quotes if it has a comma")
    criteria = tuple(_criterion(rubric, one) for rubric, lines in page["rubrics"].items() for one in lines or ())
    names = [one.name for one in criteria]
    if not names:
        raise BadInput("the grid has no criterion")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BadInput(f"two criteria are named {', '.join(twice)}")
    flags = bool(page.get("fictitious", False)), bool(page.get("partial", False))
    return Grid(str(page["name"]), title, str(page["reference"]), str(page["certainty"]), *flags, criteria)


def _criterion(rubric: str, line: Any) -> Criterion:
    if not isinstance(line, dict) or not line.get("criterion"):
        raise BadInput(f"rubric {rubric}: each line is a mapping with a name under `criterion`")
    name, kind = str(line["criterion"]), line.get("kind")
    if kind not in FIELDS:
        raise BadInput(f"criterion {name}: unknown kind {kind!r}; there are {', '.join(FIELDS)}")
    given = {field: value for field, value in line.items() if field not in ("criterion", "kind")}
    needed, allowed = FIELDS[kind]
    if missing := sorted(needed - set(given)):
        raise BadInput(f"criterion {name}: a {kind} needs {', '.join(missing)}")
    if unknown := sorted(set(given) - needed - allowed):
        raise BadInput(f"criterion {name}: unknown field {', '.join(unknown)} for a {kind}")
    if ("abnormal_points" in given) != ("abnormal_after_months" in given):
        raise BadInput(f"criterion {name}: abnormal_points and abnormal_after_months go together")
    words = _words(name, kind, given.pop("any_of", []))
    for field, value in given.items():
        if not isinstance(value, int) or isinstance(value, bool):
            raise BadInput(f"criterion {name}: {field} must be a whole number, not {value!r}")
    return Criterion(name, rubric, kind, any_of=words, **given)


def _words(name: str, kind: str, given: Any) -> tuple[str, ...]:
    if kind not in WORDS:
        return ()
    if not isinstance(given, list) or not given:
        raise BadInput(f"criterion {name}: any_of must list at least one word")
    if unknown := sorted({str(word) for word in given} - set(WORDS[kind])):
        raise BadInput(f"criterion {name}: unknown {kind} {', '.join(unknown)}; there are {', '.join(WORDS[kind])}")
    return tuple(given)
