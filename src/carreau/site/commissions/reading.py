"""What the form of a decision says: a proposal for each candidate, a ballot for each seat."""

from collections.abc import Mapping

from django.http import QueryDict

from carreau.rules.commission.procedure import Refused
from carreau.rules.commission.voting import CHOICES
from carreau.site.commissions.agenda import may_vote
from carreau.site.commissions.deciding import FAVOURABLE, Proposal
from carreau.site.commissions.models import Candidacy, Seat

NOTE = 2_000


def proposals(posted: QueryDict, candidacies: list[Candidacy]) -> dict[int, Proposal]:
    """A proposal for each candidate whose outcome is given. The reason is written `outcome/code`.

    Raises Refused when a reason is of another outcome, or a rank no number.
    """
    found = {}
    for one in candidacies:
        outcome = posted.get(f"outcome-{one.pk}", "")
        if outcome:
            of, _, code = posted.get(f"reason-{one.pk}", "").partition("/")
            if of != outcome:
                raise Refused("reason_of_another", number=one.application_id)
            rank = _rank(posted.get(f"rank-{one.pk}", ""), outcome)
            found[one.pk] = Proposal(outcome, code, rank, posted.get(f"note-{one.pk}", "").strip()[:NOTE])
    return found


def ballots(posted: QueryDict, seats: list[Seat]) -> dict[int, str]:
    """The ballot of each seat that is there and votes; all for, when the commission is of one mind."""
    voting = [seat for seat in seats if may_vote(seat)]
    if posted.get("act") == "unanimous":
        return {seat.pk: "for" for seat in voting}
    given = {seat.pk: posted.get(f"vote-{seat.pk}", "") for seat in voting}
    return {pk: choice for pk, choice in given.items() if choice in CHOICES}


def kept(posted: Mapping[str, str], candidacies: list[Candidacy], seats: list[Seat]) -> dict[str, dict[int, str]]:
    """What was filled in, by field and record, so that nothing is lost when the decision is refused."""
    names = ("outcome", "reason", "rank", "note")
    filled = {name: {one.pk: posted.get(f"{name}-{one.pk}", "") for one in candidacies} for name in names}
    return {**filled, "vote": {seat.pk: posted.get(f"vote-{seat.pk}", "") for seat in seats}}


def _rank(written: str, outcome: str) -> int | None:
    if outcome == "attribution" and not written:
        return 1
    if outcome not in FAVOURABLE or not written:
        return None
    if not written.isdecimal() or len(written) > 2:
        raise Refused("ranks_not_in_order")
    return int(written)
