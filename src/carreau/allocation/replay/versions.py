"""What else than data and policy a run depends on: the files of the rules, the code, and how a policy is hashed."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from importlib import metadata
from importlib.abc import Traversable
from importlib.resources import files
from typing import Any

from carreau import __version__
from carreau.allocation.policy import Policy

ROOMS = ("allocation", "rules", "register", "places")
DATA = (".yaml", ".parquet", ".csv")
SCALES = "openfisca-france"
"""The package whose parameter files are the scales of housing benefit."""


@cache
def rules() -> Mapping[str, str]:
    """SHA-256 of each file that the rules are read from, by its path in the package; for `SCALES` its version."""
    shipped = {path: _sha256(file.read_bytes()) for path, file in _files(("rules", "places"), DATA)}
    return {**shipped, SCALES: metadata.version(SCALES)}


@cache
def code() -> Mapping[str, str]:
    """The version of Carreau, and one SHA-256 over the source of the rooms that an allocation runs through."""
    whole = hashlib.sha256()
    for path, file in _files(ROOMS, (".py",)):
        whole.update(f"{path}\n{_sha256(file.read_bytes())}\n".encode())
    return {"version": __version__, "sha256": whole.hexdigest()}


def policy_sha256(policy: Policy) -> str:
    """SHA-256 of what a policy says, its grid included; comments and the order of a file's lines do not matter."""
    return _sha256(json.dumps(_plain(policy), sort_keys=True, ensure_ascii=False).encode())


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted((_plain(one) for one in value), key=lambda one: json.dumps(one, sort_keys=True))
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, (str, int, float)):
        return value
    raise TypeError(f"a policy holds a {type(value).__name__}, which has no plain form")


def _files(rooms: tuple[str, ...], endings: tuple[str, ...]) -> Iterator[tuple[str, Traversable]]:
    for room in rooms:
        yield from _under(files("carreau").joinpath(room), room, endings)


def _under(folder: Traversable, path: str, endings: tuple[str, ...]) -> Iterator[tuple[str, Traversable]]:
    for one in sorted(folder.iterdir(), key=lambda each: each.name):
        if one.is_dir():
            yield from _under(one, f"{path}/{one.name}", endings)
        elif one.name.endswith(endings):
            yield f"{path}/{one.name}", one


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
