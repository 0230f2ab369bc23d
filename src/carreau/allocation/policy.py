"""Allocation policies as data: how eligible applications are ranked, and how many are presented for a home."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from carreau.errors import BadInput
from carreau.rules.grids import Grid, load_grid

MECHANISMS = ("points", "first_come")
MOST_CANDIDATES = 50
FIELDS = {"name", "title", "mechanism", "grid", "candidates", "reference"}


@dataclass(frozen=True)
class Policy:
    """A policy: `mechanism` ranks (points, or seniority alone), `candidates` is how many a home is presented with."""

    name: str
    title: Mapping[str, str]
    mechanism: str
    grid: Grid | None
    candidates: int
    reference: str

    @classmethod
    def load(cls, name_or_path: str | Path) -> "Policy":
        """A shipped policy by name, or any by file; a grid named by a file is sought beside that file.

        Raises BadInput for an unknown name (listing those that exist), an unknown mechanism or field, a missing grid,
        or text that is not YAML.
        """
        if str(name_or_path) in policies():
            return _read(_folder().joinpath(f"{name_or_path}.yaml"), None)
        path = Path(name_or_path)
        if path.is_file():
            return _read(path, path.parent)
        raise BadInput(f"unknown policy {str(name_or_path)!r}: not a file, nor one of {', '.join(policies())}")


def policies() -> tuple[str, ...]:
    """Names of the policies shipped."""
    return tuple(sorted(Path(file.name).stem for file in _folder().iterdir() if file.name.endswith(".yaml")))


def _folder() -> Traversable:
    return resources.files("carreau.allocation").joinpath("policies")


def _read(file: Path | Traversable, beside: Path | None) -> Policy:
    try:
        page = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInput(f"cannot be read as YAML: {' '.join(str(error).split())}", file=str(file)) from None
    try:
        return _policy(page, beside)
    except BadInput as error:
        raise BadInput(error.problem, file=str(file)) from None


def _policy(page: Any, beside: Path | None) -> Policy:
    if not isinstance(page, dict):
        raise BadInput("is not a policy: it must be a mapping with a name, a title and a mechanism")
    if unknown := sorted(str(field) for field in set(page) - FIELDS):
        raise BadInput(f"unknown field {', '.join(unknown)}; a policy has {', '.join(sorted(FIELDS))}")
    for field in ("name", "title", "mechanism", "reference"):
        if not page.get(field):
            raise BadInput(f"the policy has no {field}")
    title = page["title"]
    if not isinstance(title, dict) or {str(one) for one in title} != {"fr", "en"} or not all(title.values()):
        raise BadInput("the policy's title must be given in fr and en, in quotes if it has a comma")
    if page["mechanism"] not in MECHANISMS:
        raise BadInput(f"unknown mechanism {page['mechanism']!r}; there are {', '.join(MECHANISMS)}")
    candidates = page.get("candidates", 3)
    if not isinstance(candidates, int) or isinstance(candidates, bool) or not 1 <= candidates <= MOST_CANDIDATES:
        raise BadInput(f"candidates must be a whole number from 1 to {MOST_CANDIDATES}, not {candidates!r}")
    grid = _grid(page, beside)
    return Policy(str(page["name"]), title, page["mechanism"], grid, candidates, str(page["reference"]))


def _grid(page: Mapping[str, Any], beside: Path | None) -> Grid | None:
    named = page.get("grid")
    if page["mechanism"] != "points":
        if named:
            raise BadInput(f"a policy of mechanism {page['mechanism']} takes no grid")
        return None
    if not named:
        raise BadInput("a policy of mechanism points needs a grid: the name of a shipped one or a file")
    if beside is not None and (beside / str(named)).is_file():
        return load_grid(beside / str(named))
    return load_grid(str(named))
