"""The only way a state changes: the right, then the table, then the checks that it names, then the record."""

from typing import Any

from carreau.rules.commission.procedure import procedures
from carreau.site.accounts.rights import Action, check
from carreau.site.commissions.checks import OF_HOME, OF_SESSION
from carreau.site.commissions.holding import Asked, Held
from carreau.site.commissions.models import Candidacy, Commission, Item

CLOSING = frozenset(procedures()["candidacy"].final)


def move_session(commission: Commission, act: str, asked: Asked, **facts: Any) -> None:
    """Do an act on a session that is locked. Raises PermissionDenied, Refused."""
    state = _after("session", commission.state, act, asked)
    for name in procedures()["session"].acts[act].checks:
        OF_SESSION[name](commission, asked)
    _write(commission, state, facts)


def move_item(held: Held, act: str, asked: Asked, **facts: Any) -> None:
    """Do an act on a home of an agenda. Raises PermissionDenied, Refused."""
    state = _after("item", held.item.state, act, asked)
    _check("item", act, held, None, asked)
    _write(held.item, state, facts)


def move_candidacy(held: Held, candidacy: Candidacy, act: str, asked: Asked, **facts: Any) -> None:
    """Do an act on a candidacy; one that ends says on which day. Raises PermissionDenied, Refused."""
    state = _after("candidacy", candidacy.state, act, asked)
    _check("candidacy", act, held, candidacy, asked)
    if state in CLOSING and candidacy.closed_on is None:
        facts["closed_on"] = asked.day
    _write(candidacy, state, facts)


def _after(subject: str, state: str, act: str, asked: Asked) -> str:
    after = procedures()[subject].after(state, act)
    check(asked.actor.role, Action(procedures()[subject].acts[act].right))
    return after


def _check(subject: str, act: str, held: Held, candidacy: Candidacy | None, asked: Asked) -> None:
    for name in procedures()[subject].acts[act].checks:
        OF_HOME[name](held, candidacy, asked)


def _write(record: Commission | Item | Candidacy, state: str, facts: dict[str, Any]) -> None:
    record.state = state
    for name, value in facts.items():
        setattr(record, name, value)
    record.save()
