"""The kinds of long work, by name: what runs, how often it may be begun anew, whether it is asked for every day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

Function = Callable[..., Mapping[str, Any]]
KINDS: dict[str, "Kind"] = {}


@dataclass(frozen=True)
class Kind:
    """`repeatable` is how often it may be begun without being asked again (1: a killed attempt is lost, and said).

    `daily_at` is the hour, Paris time, of a job that the installation asks for itself. `longest` ends an attempt that
    hangs. `address` gives the page of a result.
    """

    name: str
    function: Function
    repeatable: int
    daily_at: int | None
    longest: timedelta
    address: Callable[[Mapping[str, Any]], str] | None


def work(
    name: str,
    *,
    repeatable: int = 3,
    daily_at: int | None = None,
    longest: timedelta = timedelta(hours=12),
    address: Callable[[Mapping[str, Any]], str] | None = None,
) -> Callable[[Function], Function]:
    """Register `function(job: Handle, **arguments) -> mapping` as the work of this name.

    It may be killed at any moment and begun again, up to `repeatable` times: its outputs must appear whole or not at
    all. One that must not be repeated says `repeatable=1`. The mapping it returns holds figures, ids and names, as
    JSON can write them. See `Kind` for the rest. Raises ValueError for a name taken by another function.
    """

    def registered(function: Function) -> Function:
        if name in KINDS and KINDS[name].function is not function:
            raise ValueError(f"two kinds of work are called {name}")
        KINDS[name] = Kind(name, function, repeatable, daily_at, longest, address)
        return function

    return registered
