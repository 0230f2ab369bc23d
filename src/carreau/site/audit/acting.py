"""In whose name changes are made: set once by the request or the job, read by every audited change."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from carreau.site.accounts.actor import Actor

_ACTOR: "ContextVar[Actor | None]" = ContextVar("actor", default=None)
_VIA: ContextVar[str] = ContextVar("via", default="")


@contextmanager
def acting(actor: "Actor | None", via: str = "") -> Iterator[None]:
    """Changes within are this actor's; `via` says by which job or command ("job 1f0c…"), if not by a page."""
    tokens = _ACTOR.set(actor), _VIA.set(via)
    try:
        yield
    finally:
        _ACTOR.reset(tokens[0])
        _VIA.reset(tokens[1])


def present_actor() -> "Actor | None":
    """Who is acting now; None for the installation itself (set-up, retention)."""
    return _ACTOR.get()


def present_way() -> str:
    """By which job or command, "" for a page."""
    return _VIA.get()
