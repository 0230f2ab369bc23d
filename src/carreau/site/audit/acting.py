"""In whose name changes are made: set once by the request or the job, read by every audited change."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from carreau.site.accounts.actor import Actor

_ACTOR: "ContextVar[Actor | None]" = ContextVar("actor", default=None)


@contextmanager
def acting(actor: "Actor | None") -> Iterator[None]:
    """Changes within are this actor's."""
    token = _ACTOR.set(actor)
    try:
        yield
    finally:
        _ACTOR.reset(token)


def present_actor() -> "Actor | None":
    """Who is acting now; None for the installation itself (set-up, retention)."""
    return _ACTOR.get()
