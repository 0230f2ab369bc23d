"""An entry as somebody reads it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from carreau import text
from carreau.site.accounts.models import Membership, Organisation, User
from carreau.site.audit.entry import Entry, open_entries
from carreau.site.keyring.fields import open_many
from carreau.site.pages.templatetags.words import say


@dataclass(frozen=True)
class Changed:
    """A field: what it was and what it became, as texts."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """An entry in words. `who` is a name only for a member, past or present, of the organisation that reads."""

    number: int
    at: datetime
    who: str
    verb: str
    what: str
    object_id: str
    changes: tuple[Changed, ...]


def lines(entries: Iterable[Entry], reader: Organisation, *, opened: bool) -> list[Line]:
    """Entries in words, with a few queries for all of them; personal values only when `opened`."""
    listed = list(entries)
    names = _names([entry.actor for entry in listed if entry.actor], reader)
    personal = open_entries(listed) if opened else [None] * len(listed)
    return [
        Line(
            entry.pk,
            entry.at,
            _who(entry, names),
            _word(f"audit.verb.{entry.verb}", entry.verb),
            _word(f"audit.model.{entry.model}", entry.model),
            entry.object_id,
            (*_clear(entry), *_personal(entry, values, opened=opened), *_secret(entry)),
        )
        for entry, values in zip(listed, personal, strict=True)
    ]


def _names(accounts: Sequence[int], reader: Organisation) -> dict[int, str]:
    """Names of those accounts that are or were members there."""
    members = Membership.objects.of(reader).filter(user__in=set(accounts)).values("user")
    return {
        user.pk: user.called or say("audit.erased_person") for user in open_many(User.objects.filter(pk__in=members))
    }


def _who(entry: Entry, names: dict[int, str]) -> str:
    if entry.actor is None:
        return say("audit.installation")
    who = names.get(entry.actor) or f"{say('audit.somebody', number=entry.actor)}, {say('audit.elsewhere')}"
    return f"{who}, {say('audit.representing')}" if entry.acting_for else who


def _clear(entry: Entry) -> list[Changed]:
    names = sorted({*entry.before, *entry.after})
    return [Changed(name, _shown(entry.before.get(name)), _shown(entry.after.get(name))) for name in names]


def _personal(entry: Entry, values: dict[str, Any] | None, *, opened: bool) -> list[Changed]:
    """What was sealed: hidden from whoever may not open it, said to be erased once it cannot be opened."""
    if values is None:
        instead = say("audit.erased_person") if opened else say("audit.sealed")
        return [Changed(name, "", instead) for name in entry.personal]
    before, after = values["before"], values["after"]
    return [Changed(name, _shown(before.get(name)), _shown(after.get(name))) for name in entry.personal]


def _secret(entry: Entry) -> list[Changed]:
    return [Changed(name, "", say("audit.hidden")) for name in entry.secret]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return say("audit.yes" if value else "audit.no")
    if value is None or isinstance(value, str):
        return value or ""
    return ", ".join(map(_shown, value)) if isinstance(value, list) else str(value)


def _word(key: str, instead: str) -> str:
    return say(key) if text.knows(key) else instead
