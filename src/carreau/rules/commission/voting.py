"""Whether a commission may decide, and what its votes decide (R441-9 CCH)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from carreau.errors import BadInput
from carreau.rules.parameters import load

VOTING = ("board", "tenants", "prefect", "epci", "mayor")
"""Seats that vote: members named by the board (`tenants` speaks for tenants), the State, the EPCI, the mayor."""

ADVISORY = ("reserver", "social_body")
SEATS = (*VOTING, *ADVISORY)
THERE = ("present", "remote", "represented")
PRESENCES = (*THERE, "absent")
CHOICES = ("for", "against", "abstention")


@dataclass(frozen=True)
class Outcome:
    """`carried` or not; `by_casting_vote` when the votes were equal and one seat's vote decided."""

    votes: Mapping[str, int]
    carried: bool
    by_casting_vote: bool = False


def has_quorum(seats: Iterable[tuple[str, str]], quorum: int) -> bool:
    """Whether enough seats that vote, given as (seat, presence), are there: in person, remotely or represented."""
    return sum(seat in VOTING and presence in THERE for seat, presence in seats) >= quorum


def counted(ballots: Collection[tuple[str, str]], day: date) -> Outcome:
    """Count ballots, given as (seat, choice): more for than against carries; a tie goes as the casting vote went.

    A tie without a casting vote, or with one that abstained, carries nothing, as do no votes at all. Raises BadInput
    for a seat that does not vote and for an unknown choice.
    """
    for seat, choice in ballots:
        if seat not in VOTING or choice not in CHOICES:
            raise BadInput(f"a ballot {choice!r} of the seat {seat!r}: seats that vote are {', '.join(VOTING)}")
    votes = {one: sum(choice == one for _, choice in ballots) for one in CHOICES}
    if votes["for"] != votes["against"] or not votes["for"]:
        return Outcome(votes, votes["for"] > votes["against"])
    casting: Any = load("commission")["casting_vote"].on(day)
    return Outcome(votes, (casting, "for") in ballots, by_casting_vote=True)


def lacking_for_remote(fulfilled: Collection[str], day: date) -> list[str]:
    """The conditions of a session at a distance that are not fulfilled on a day, by code; none when it may be held."""
    return [one for one in load("commission")["remote"].on(day) if one not in fulfilled]
