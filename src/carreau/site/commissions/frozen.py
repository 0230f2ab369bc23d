"""The rules and the policy under which candidates are examined, as digests: to tell whether they changed since."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from carreau.allocation.policy import Policy
from carreau.errors import BadInput
from carreau.rules.parameters import load
from carreau.site.bridge.models import Result

FAMILIES = ("ceilings", "eligibility", "needs", "priorities")
"""The families of parameters that say who may have a home."""


def rules_on(day: date, result: Result | None) -> dict[str, str]:
    """A digest of each family in force on a day, and of the policy that ranked as it is shipped now."""
    found = {name: digest_of(_in_force(name, day)) for name in FAMILIES}
    return found | ({"policy": _policy(result)} if result else {})


def changed(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The names whose digest is no longer the same, and those that came or went."""
    return sorted(name for name in {*before, *now} if before.get(name) != now.get(name))


def digest_of(value: Any) -> str:
    """SHA-256 of a value made of dataclasses, mappings, lists, dates, numbers and words, whatever their order."""
    return hashlib.sha256(json.dumps(_plain(value), sort_keys=True).encode()).hexdigest()


def _policy(result: Result) -> str:
    try:
        return digest_of(Policy.load(result.policy["name"]))
    except BadInput:
        return "gone"


def _in_force(family: str, day: date) -> dict[str, Any]:
    rules = load(family).parameters
    return {name: one.on(day) for name, one in rules.items() if any(value.start <= day for value in one.values)}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
