"""Chain the entries by batches, so that a change made behind the database's back shows.

Writers never wait for one another: a job seals, afterwards, what was written meanwhile (see
docs/decisions/audit-log.md).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Max

from carreau.site.audit.append_only import guarded, is_laid
from carreau.site.audit.entry import Entry, Seal

PATIENCE = "2s"


@dataclass(frozen=True)
class Verdict:
    """What a verification found: how much is sealed, how many entries are not yet, the last hash, what is wrong.

    `problem` is "" or one of: `triggers` (a table accepts changes), `altered` (the entries of seal `at` are not those
    that were sealed), `broken` (seal `at` does not follow the one before), `truncated` (the expected hash is not in
    the chain).
    """

    seals: int
    entries: int
    unsealed: int
    last: str
    problem: str = ""
    at: int | None = None


def seal_entries() -> Seal | None:
    """Seal every entry that none with a lower number can still join; None when there is none.

    On PostgreSQL it waits for transactions that have written entries, for two seconds at most: raises OperationalError
    after that, and IntegrityError when somebody else has sealed meanwhile.
    """
    settled = _last_settled()
    with transaction.atomic():
        before = Seal.objects.last()
        after, previous = (before.last, before.sha256) if before else (0, "")
        entries = Entry.objects.filter(pk__gt=after, pk__lte=settled).order_by("pk")
        count, sha256 = _digest(previous, entries.iterator())
        if not count:
            return None
        first = entries.values_list("pk", flat=True)[0]
        return Seal.objects.create(first=first, last=settled, count=count, previous=previous, sha256=sha256)


def verify(expected: str = "") -> Verdict:
    """Compute every seal again. `expected` is a hash noted elsewhere, which shows that the end was not cut off."""
    seals = entries = last = 0
    previous = ""
    known = {""}
    for seal in Seal.objects.order_by("pk").iterator():
        if seal.previous != previous or seal.first <= last:
            return Verdict(seals, entries, _unsealed(last), previous, "broken", seal.pk)
        count, sha256 = _digest(
            previous, Entry.objects.filter(pk__gt=last, pk__lte=seal.last).order_by("pk").iterator()
        )
        if (count, sha256) != (seal.count, seal.sha256):
            return Verdict(seals, entries, _unsealed(last), previous, "altered", seal.pk)
        seals, entries, last, previous = seals + 1, entries + count, seal.last, sha256
        known.add(sha256)
    problem = "truncated" if expected not in known else "" if _guarded() else "triggers"
    return Verdict(seals, entries, _unsealed(last), previous, problem)


def _digest(previous: str, entries: Iterable[Entry]) -> tuple[int, str]:
    sha256, count = hashlib.sha256(previous.encode()), 0
    for entry in entries:
        content = entry.content()
        sha256.update(len(content).to_bytes(8, "big"))
        sha256.update(content)
        count += 1
    return count, sha256.hexdigest()


def _last_settled() -> int:
    """The highest number of an entry below which none is still being written.

    Numbers are given before transactions end; SQLite has one writer at a time, PostgreSQL is asked for a moment
    without any.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
            cursor.execute("LOCK TABLE audit_entry IN SHARE MODE")
        found: int | None = Entry.objects.aggregate(last=Max("pk"))["last"]
        return found or 0


def _unsealed(last: int) -> int:
    return Entry.objects.filter(pk__gt=last).count()


def _guarded() -> bool:
    return all(is_laid(connection, one.table) for one in guarded())
