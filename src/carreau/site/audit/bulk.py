"""Changes of many records at once: allowed only with a reason, summed up in one entry for each kind of change."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from carreau.site.audit.values import canonical, plain
from carreau.site.audit.writing import Change, Subject, write


class BulkRefused(TypeError):  # noqa: N818 - it says what happened
    """Many audited records were changed by one query, outside `bulk`."""


@dataclass
class Tally:
    """How many records one kind of change touched, and the SHA-256 of what was written."""

    count: int = 0
    content: Any = field(default_factory=hashlib.sha256)

    def add(self, row: Mapping[str, Any]) -> None:
        """Count one record."""
        self.count += 1
        self.content.update(canonical({name: plain(value) for name, value in row.items()}))


@dataclass
class Bulk:
    """A run of bulk changes: tallies by model's label and verb; `within` while Django does the work of one of them."""

    tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)
    within: bool = False

    def tally(self, model: str, verb: str) -> Tally:
        """The tally of a kind of change."""
        return self.tallies.setdefault((model, verb), Tally())


_BULK: ContextVar[Bulk | None] = ContextVar("bulk", default=None)


@contextmanager
def bulk(reason: str, organisation: int | None = None) -> Iterator[None]:
    """Bulk changes of audited records within are one transaction, and one entry for each model and kind of change.

    The entry says the reason, how many records, and the SHA-256 of their clear values (personal and secret fields
    stay out of it). `organisation` is whose records they are, the actor's if not given. Within another `bulk`, the
    outer one writes the entries.
    """
    if _BULK.get() is not None:
        yield
        return
    run = Bulk()
    token = _BULK.set(run)
    try:
        with transaction.atomic():
            yield
            for (model, verb), tally in run.tallies.items():
                says = {"reason": reason, "count": tally.count, "sha256": tally.content.hexdigest()}
                write(verb, Subject(model, organisation=organisation), Change(after=says))
    finally:
        _BULK.reset(token)


def present_bulk(model: str, act: str) -> Bulk:
    """The run of bulk changes going on. Raises BulkRefused when there is none."""
    run = _BULK.get()
    if run is None:
        raise BulkRefused(f"{act} of {model} would leave no entry: change records one by one, or within audit.bulk")
    return run


@contextmanager
def at_work(run: Bulk) -> Iterator[bool]:
    """Django does the work of one bulk change; False when it is a part of another one, already counted."""
    if run.within:
        yield False
        return
    run.within = True
    try:
        yield True
    finally:
        run.within = False


def bulk_at_work() -> Bulk | None:
    """The run of bulk changes whose work is being done right now."""
    run = _BULK.get()
    return run if run is not None and run.within else None
