"""How often somebody may ask: answers about one's own application must not let one feel out those of others.

An answer depends on who else applies: whoever could ask about hundreds of homes, or change an application and ask
again, would learn where others stand. So questions are counted by application, whoever asks for it; the same question
asked again gives the answer given before and counts for nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

LIMITS = ((timedelta(days=1), 5), (timedelta(days=30), 20))
"""So many different homes at most in so long a time; a choice of Carreau's, no text sets one."""


@dataclass(frozen=True)
class Asked:
    """A question that was answered: about which home, in which run (its digest), when."""

    home_id: str
    digest: str
    at: datetime


@dataclass(frozen=True)
class Verdict:
    """Whether a question may be answered: `yes`, `again` (give the answer of before) or `no`, until `when`."""

    answer: str
    when: datetime | None = None


def allowed(asked: Iterable[Asked], home_id: str, digest: str, now: datetime) -> Verdict:
    """Whether a question on a home of a run may be answered, after those `asked` before for the same application.

    Only answered questions are in `asked`. `when` is the first moment at which it may be asked again.
    """
    before = list(asked)
    if any((one.home_id, one.digest) == (home_id, digest) for one in before):
        return Verdict("again")
    free = [_free(before, time, most, now) for time, most in LIMITS]
    waits = [when for when in free if when is not None]
    return Verdict("no", max(waits)) if waits else Verdict("yes")


def _free(before: list[Asked], time: timedelta, most: int, now: datetime) -> datetime | None:
    """When fewer than `most` questions will lie within `time`; None when that is so now."""
    lately = sorted(one.at for one in before if one.at > now - time)
    return lately[len(lately) - most] + time if len(lately) >= most else None
