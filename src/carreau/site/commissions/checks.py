"""What the procedure checks before an act: each named there, each raising Refused with its reason."""

from collections.abc import Callable, Mapping

from carreau.errors import BadInput
from carreau.rules.commission.procedure import Refused
from carreau.rules.commission.reasons import refuse_unless_in_use
from carreau.rules.commission.voting import counted, has_quorum, lacking_for_remote
from carreau.site.applications.models import Application
from carreau.site.commissions.frozen import changed, rules_on
from carreau.site.commissions.holding import Asked, Held
from carreau.site.commissions.models import Candidacy, Commission, Lease, Seat
from carreau.site.commissions.models.candidacies import OFFERED, TAKEN
from carreau.site.homes.models import Vacancy

BEFORE = ("presented", "attributed", "ranked", "conditional", "offered", "accepted")
"""The states of a candidate who may still have the home: whoever comes after waits."""


def agenda_not_empty(commission: Commission, _asked: Asked) -> None:
    """A session has at least one home to decide on."""
    if not commission.items.exists():
        raise Refused("agenda_empty")


def day_come(commission: Commission, asked: Asked) -> None:
    """A session is not held before its day."""
    if asked.day < commission.held_on:
        raise Refused("session_not_yet", day=commission.held_on)


def remote_allowed(commission: Commission, asked: Asked) -> None:
    """A session at a distance fulfils what the law asks of it; nobody sits at a distance in another."""
    away = commission.seats.filter(presence="remote")
    if not commission.at_a_distance:
        if away.exists():
            raise Refused("remote_in_room")
    else:
        fulfilled = {"internal_rules"} if commission.internal_rules else set()
        if not away.filter(identified=None).exists():
            fulfilled.add("members_identified")
        if lacking := lacking_for_remote(fulfilled, asked.day):
            raise Refused(f"remote_{lacking[0]}")


def session_has_quorum(commission: Commission, _asked: Asked) -> None:
    """Enough voting members are there."""
    _refuse_without_quorum(commission, list(commission.seats.all()))


def every_home_settled(commission: Commission, _asked: Asked) -> None:
    """Each home was decided on, or put off."""
    if open_ones := commission.items.filter(state="listed").count():
        raise Refused("homes_undecided", count=open_ones)


def session_open(held: Held, _candidacy: Candidacy | None, _asked: Asked) -> None:
    """The session is going on."""
    if held.commission.state != "open":
        raise Refused("session_not_open")


def session_closed(held: Held, _candidacy: Candidacy | None, _asked: Asked) -> None:
    """The session is over: what it decided goes out with its minutes."""
    if held.commission.state != "closed":
        raise Refused("session_not_closed")


def quorum(held: Held, _candidacy: Candidacy | None, _asked: Asked) -> None:
    """Enough members who vote on this home are there."""
    _refuse_without_quorum(held.commission, held.seats)


def advert_open(held: Held, _candidacy: Candidacy | None, _asked: Asked) -> None:
    """The home is still to let, in the register that its landlord sent last."""
    if held.vacancy.state != Vacancy.State.OPEN or held.vacancy.home.left:
        raise Refused("advert_closed")


def application_active(_held: Held, candidacy: Candidacy | None, _asked: Asked) -> None:
    """The household is still looking."""
    if candidacy is not None and candidacy.application.state != Application.State.ACTIVE:
        raise Refused("application_inactive", number=candidacy.application_id)


def application_inactive(_held: Held, candidacy: Candidacy | None, _asked: Asked) -> None:
    """Only who is no longer looking is taken off."""
    if candidacy is not None and candidacy.application.state == Application.State.ACTIVE:
        raise Refused("application_still_active", number=candidacy.application_id)


def same_rules(held: Held, _candidacy: Candidacy | None, asked: Asked) -> None:
    """Neither the rules nor the policy changed since the candidates were listed."""
    found = changed(held.item.rules, rules_on(asked.day, held.item.result))
    if found:
        raise Refused("rules_changed", which=found[0])


def reason_in_use(_held: Held, _candidacy: Candidacy | None, asked: Asked) -> None:
    """The reason is one for this outcome, and is not retired."""
    try:
        refuse_unless_in_use(asked.outcome, asked.reason, asked.day)
    except BadInput:
        raise Refused("reason_not_in_use", reason=asked.reason) from None


def carried(held: Held, _candidacy: Candidacy | None, asked: Asked) -> None:
    """The votes of the members who are there carry the decision."""
    voting = {seat.pk for seat in held.seats}
    if any(seat.pk not in voting or seat.presence == "absent" for seat, _ in asked.ballots):
        raise Refused("votes_of_others")
    if not counted([(seat.kind, choice) for seat, choice in asked.ballots], asked.day).carried:
        raise Refused("votes_not_carried")


def nobody_left(held: Held, _candidacy: Candidacy | None, _asked: Asked) -> None:
    """No candidate can have the home any more."""
    if any(one.state in BEFORE for one in held.candidacies):
        raise Refused("somebody_left")


def home_settled(held: Held, _candidacy: Candidacy | None, _asked: Asked) -> None:
    """The home is let, or back without anybody."""
    if held.item.state not in ("let", "exhausted", "sent_back"):
        raise Refused("home_not_settled")


def first_in_line(held: Held, candidacy: Candidacy | None, _asked: Asked) -> None:
    """Nobody before this candidate may still have the home."""
    own = candidacy.rank if candidacy else None
    others = [one for one in held.candidacies if candidacy is None or one.pk != candidacy.pk]
    if any(one.state in OFFERED for one in others):
        raise Refused("offered_to_another")
    if any(one.state in BEFORE and one.rank is not None and own is not None and one.rank < own for one in others):
        raise Refused("not_first_in_line")


def in_order(held: Held, candidacy: Candidacy | None, asked: Asked) -> None:
    """Nothing is dated before what it follows: the session, the decision, the offer, its receipt, the answer."""
    days = [held.commission.held_on, held.item.decided_on]
    if candidacy is not None:
        days += [candidacy.offered_on, candidacy.received_on, candidacy.answered_on]
    last = max(day for day in days if day is not None)
    if asked.day < last:
        raise Refused("before_what_it_follows", day=last)


def not_informed(_held: Held, candidacy: Candidacy | None, _asked: Asked) -> None:
    """The household was not told yet."""
    if candidacy is not None and candidacy.informed_on is not None:
        raise Refused("already_informed")


def not_received(_held: Held, candidacy: Candidacy | None, _asked: Asked) -> None:
    """The day of receipt is not known yet."""
    if candidacy is not None and candidacy.received_on is not None:
        raise Refused("already_received")


def in_time(_held: Held, candidacy: Candidacy | None, asked: Asked) -> None:
    """The term is not over: silence has refused since."""
    if candidacy is not None and candidacy.answer_by is not None and asked.day > candidacy.answer_by:
        raise Refused("term_over", day=candidacy.answer_by)


def term_over(_held: Held, candidacy: Candidacy | None, asked: Asked) -> None:
    """The last day to answer is past."""
    if candidacy is not None and candidacy.answer_by is None:
        raise Refused("not_received_yet")
    if candidacy is not None and candidacy.answer_by is not None and asked.day <= candidacy.answer_by:
        raise Refused("term_not_over", day=candidacy.answer_by)


def nothing_else_taken(_held: Held, candidacy: Candidacy | None, _asked: Asked) -> None:
    """The household has not accepted another home."""
    if candidacy is not None:
        others = Candidacy.objects.filter(application=candidacy.application_id, state__in=TAKEN)
        if others.exclude(pk=candidacy.pk).exists():
            raise Refused("took_another_home", number=candidacy.application_id)


def no_lease(held: Held, _candidacy: Candidacy | None, _asked: Asked) -> None:
    """Nobody has signed for this home."""
    if Lease.objects.filter(vacancy=held.vacancy).exists():
        raise Refused("already_let")


def _refuse_without_quorum(commission: Commission, seats: list[Seat]) -> None:
    if not has_quorum([(seat.kind, seat.presence) for seat in seats], commission.quorum):
        raise Refused("no_quorum", count=commission.quorum)


OF_SESSION: Mapping[str, Callable[[Commission, Asked], None]] = {
    one.__name__.replace("session_has_quorum", "quorum"): one
    for one in (agenda_not_empty, day_come, remote_allowed, session_has_quorum, every_home_settled)
}
OF_HOME: Mapping[str, Callable[[Held, Candidacy | None, Asked], None]] = {
    one.__name__: one
    for one in (
        session_open, session_closed, quorum, advert_open, application_active, application_inactive, same_rules,
        reason_in_use, carried, nobody_left, home_settled, first_in_line, in_order, not_informed, not_received, in_time,
        term_over, nothing_else_taken, no_lease,
    )
}  # fmt: skip
