"""Lots that nobody can try: the seed is a hash of the frozen candidates and of a public value not known by then.

The order is what protects: the source of the value is announced, then candidates are frozen and their hash noted, then
the value becomes known. Whoever freezes cannot know the seed; whoever knows the value can no longer change anything. An
announcement is used once. Times are those of a record that others can check (the site's sealed log).
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from carreau.allocation.policy import Policy
from carreau.errors import BadInput
from carreau.outputs import digest

TITLE = "carreau lots 1"
DRAWN = ("lottery", "choice")
"""The mechanisms in which lots are drawn; under the others a seed changes nothing."""


def draws_lots(policy: Policy) -> bool:
    """Whether an outcome under this policy depends on the seed."""
    return policy.mechanism in DRAWN


@dataclass(frozen=True)
class Announcement:
    """What was said beforehand: for which `lots`, from which public `source`, `made` when, its value `known` from when.

    A source gives one value that nobody concerned can influence, at a time known in advance, in a form that leaves no
    choice: "the five numbers of the Loto of 7 March 2026 in rising order, joined by hyphens".
    """

    lots: str
    source: str
    made: datetime
    known: datetime

    def __post_init__(self) -> None:
        for name in ("made", "known"):
            if getattr(self, name).tzinfo is None:
                raise BadInput(f"announcement: {name} needs a time zone")
        if not self.lots.strip() or not self.source.strip():
            raise BadInput("announcement: say which lots are drawn, and from which public source")


@dataclass(frozen=True)
class Frozen:
    """Candidates that will not change any more: the hash of all that is drawn among, and since when."""

    sha256: str
    at: datetime


@dataclass(frozen=True)
class Draw:
    """Lots drawn in order: `seed` in hexadecimal, `number` for what takes an integer of 63 bits."""

    announcement: Announcement
    frozen: Frozen
    value: str

    @property
    def seed(self) -> str:
        """SHA-256 of the hash of the frozen candidates and the public value."""
        return hashlib.sha256(f"{TITLE}\n{self.frozen.sha256}\n{self.value}".encode()).hexdigest()

    @property
    def number(self) -> int:
        """The first 63 bits of the seed."""
        return int(self.seed[:16], 16) >> 1

    def as_dict(self) -> dict[str, str]:
        """All that somebody needs to compute the seed again and to check the order."""
        told = self.announcement
        return {
            "lots": told.lots,
            "source": told.source,
            "made": told.made.isoformat(),
            "known": told.known.isoformat(),
            "frozen_sha256": self.frozen.sha256,
            "frozen_at": self.frozen.at.isoformat(),
            "value": self.value,
        }

    @classmethod
    def of_dict(cls, page: Mapping[str, str]) -> "Draw":
        """The draw again, its order checked. Raises BadInput as `draw` does, and for a field that lacks."""
        try:
            times = {name: datetime.fromisoformat(page[name]) for name in ("made", "known", "frozen_at")}
            told = Announcement(page["lots"], page["source"], times["made"], times["known"])
            frozen, value = Frozen(page["frozen_sha256"], times["frozen_at"]), page["value"]
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput(f"is not a draw: {error}") from None
        _check_order(told, frozen)
        return cls(told, frozen, value)


def freeze(tables: Mapping[str, pl.DataFrame], at: datetime) -> Frozen:
    """Freeze the rows that lots are drawn among, such as applications and vacancies; their order does not matter."""
    if at.tzinfo is None:
        raise BadInput("frozen: the time needs a time zone")
    return Frozen(digest(tables), at)


def draw(told: Announcement, frozen: Frozen, value: str, *, read: datetime, earlier: Iterable[Draw] = ()) -> Draw:
    """Draw lots with the value that the announced source gave, `read` on that moment.

    `earlier` are the draws already made. The same draw again gives the same. Raises BadInput when the source was not
    announced before candidates were frozen, when they were frozen once the value could be known, when it is read before
    it is known, when the value is empty, and when these lots or this source were drawn already for others.
    """
    _check_order(told, frozen)
    if read < told.known:
        raise BadInput(f"lots: the value is known from {told.known.isoformat()} on, and was read before")
    said = " ".join(value.split())
    if not said:
        raise BadInput("lots: the source gave no value")
    drawn = Draw(told, frozen, said)
    for other in earlier:
        same = other.announcement.lots == told.lots or other.announcement.source == told.source
        if same and other != drawn:
            raise BadInput(f"lots: {told.lots!r} from {told.source!r} were drawn already; lots are drawn once")
    return drawn


def _check_order(told: Announcement, frozen: Frozen) -> None:
    if frozen.at.tzinfo is None:
        raise BadInput("frozen: the time needs a time zone")
    if not told.made < frozen.at:
        raise BadInput("lots: the public source must be announced before candidates are frozen")
    if not frozen.at < told.known:
        raise BadInput("lots: candidates must be frozen before the public value can be known")
