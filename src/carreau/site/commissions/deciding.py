"""The commission decides on a home: every candidate, every vote, in one transaction or not at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction

from carreau.rules.commission.procedure import Refused
from carreau.rules.commission.voting import counted
from carreau.rules.parameters import load
from carreau.site.applications.models import Application
from carreau.site.commissions.checks import BEFORE
from carreau.site.commissions.holding import Asked, Held, hold
from carreau.site.commissions.models import Candidacy, Item, Seat, Vote
from carreau.site.commissions.models.agenda import EXCEPTIONS
from carreau.site.commissions.moving import move_candidacy, move_item

ACTS: Mapping[str, str] = {
    "attribution": "attribute",
    "ranked_attribution": "rank",
    "attribution_under_condition": "condition",
    "non_attribution": "decline",
    "ineligible": "find_ineligible",
}
"""The act of the procedure for each outcome of R441-3 CCH."""

FAVOURABLE = ("attribution", "ranked_attribution", "attribution_under_condition")


@dataclass(frozen=True)
class Proposal:
    """What is proposed for one candidate: an outcome, its coded reason, a rank when it is favourable, a note."""

    outcome: str
    reason: str
    rank: int | None = None
    note: str = ""


def decide(
    item: int, proposals: Mapping[int, Proposal], ballots: Mapping[int, str], asked: Asked, exception: str = ""
) -> Item:
    """Decide on every candidate for a home, by candidacy, with the ballots by seat.

    The live state is read again, locked: a home no longer to let, a household no longer looking, a rule or a policy
    changed since the agenda are refused, with the reason. A candidate who is no longer looking needs no proposal and is
    taken off. Fewer applications than the law asks for need an `exception`. Raises PermissionDenied, Refused.
    """
    with transaction.atomic():
        held = hold(item)
        _refuse_incoherent(held, proposals)
        held.item.exception = _exception(held, exception)
        seats = {seat.pk: seat for seat in held.seats}
        cast = replace(asked, ballots=tuple((_seat(seats, pk), choice) for pk, choice in sorted(ballots.items())))
        outcome = counted([(seat.kind, choice) for seat, choice in cast.ballots], asked.day)
        move_item(held, "decide", cast, decided_on=asked.day, by_casting_vote=outcome.by_casting_vote)
        for seat, choice in cast.ballots:
            Vote.objects.create(item=held.item, seat=seat, choice=choice)
        for candidacy in held.candidacies:
            if candidacy.state == "presented" or candidacy.pk in proposals:
                _decide_one(held, candidacy, proposals.get(candidacy.pk), asked)
        exhaust_if_nobody_is_left(held, asked)
        return held.item


def examined(candidacies: Iterable[Candidacy]) -> int:
    """How many applications count as examined: those that are still looking (R441-3 CCH)."""
    return sum(one.application.state == Application.State.ACTIVE for one in candidacies)


def too_few(count: int, day: date) -> bool:
    """Whether so many applications for a home are fewer than a session of that day examines."""
    return count < int(load("commission")["candidates"].on(day))


def put_off(item: int, asked: Asked) -> Item:
    """Leave a home to another session. Raises PermissionDenied, Refused."""
    with transaction.atomic():
        held = hold(item)
        move_item(held, "postpone", asked)
        return held.item


def send_back(item: int, asked: Asked) -> Item:
    """Undo nothing and give nothing: the home goes to another session, with a new ranking, and offers made fall.

    For what was decided under rules, or for a home, that have changed since. Raises PermissionDenied, Refused.
    """
    with transaction.atomic():
        held = hold(item)
        move_item(held, "send_back", asked)
        pass_over_the_others(held, asked)
        return held.item


def exhaust_if_nobody_is_left(held: Held, asked: Asked) -> None:
    """A decided home for which no candidate is left is back without anybody."""
    if held.item.state == "decided" and not any(one.state in BEFORE for one in held.candidacies):
        move_item(held, "exhaust", asked)


def pass_over_the_others(held: Held, asked: Asked) -> None:
    """Once a home is settled, nobody else is waiting for it."""
    for candidacy in held.candidacies:
        if candidacy.state in BEFORE and candidacy.state != "presented":
            move_candidacy(held, candidacy, "pass_over", asked)


def _decide_one(held: Held, candidacy: Candidacy, proposal: Proposal | None, asked: Asked) -> None:
    if proposal is None:
        move_candidacy(held, candidacy, "withdraw", asked)
        return
    told = replace(asked, outcome=proposal.outcome, reason=proposal.reason)
    note = {"note": proposal.note} if proposal.note else {}
    rank = proposal.rank if proposal.outcome in FAVOURABLE else None
    move_candidacy(held, candidacy, ACTS[proposal.outcome], told, rank=rank, reason=proposal.reason, **note)


def _refuse_incoherent(held: Held, proposals: Mapping[int, Proposal]) -> None:
    for candidacy in held.candidacies:
        looking = candidacy.application.state == Application.State.ACTIVE
        if looking and candidacy.pk not in proposals:
            raise Refused("candidate_undecided", number=candidacy.application_id)
    for pk, proposal in proposals.items():
        held.candidacy(pk)
        if proposal.outcome not in ACTS:
            raise Refused("outcome_unknown")
    favourable = [one for one in proposals.values() if one.outcome in FAVOURABLE]
    ranks = sorted(one.rank or 0 for one in favourable)
    if ranks != list(range(1, len(favourable) + 1)):
        raise Refused("ranks_not_in_order")
    if len(favourable) > 1 and any(one.outcome == "attribution" for one in favourable):
        raise Refused("attribution_is_for_one")


def _exception(held: Held, given: str) -> str:
    """Why fewer than the lawful number are examined; nothing where they are enough."""
    count = examined(held.candidacies)
    if not too_few(count, held.commission.held_on):
        return ""
    if given not in EXCEPTIONS:
        raise Refused("too_few_candidates", count=count)
    return given


def _seat(seats: Mapping[int, Seat], pk: int) -> Seat:
    if pk not in seats:
        raise Refused("votes_of_others")
    return seats[pk]
