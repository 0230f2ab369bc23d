"""A session prepared: who sits in it, which homes are on its agenda."""

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from carreau.rules.commission.procedure import Refused, procedures
from carreau.rules.commission.voting import PRESENCES, VOTING
from carreau.rules.parameters import load
from carreau.site.accounts.models import Organisation, Person
from carreau.site.accounts.tokens import digest, new_token
from carreau.site.applications.models import Application, Candidate
from carreau.site.commissions.frozen import rules_on
from carreau.site.commissions.holding import Asked
from carreau.site.commissions.models import Candidacy, Commission, Item, Seat
from carreau.site.commissions.models.agenda import LIVE
from carreau.site.commissions.moving import move_session
from carreau.site.homes.models import Vacancy

BOARD = ("board", "tenants")
UNFINISHED = ("prepared", "open")


def usual_quorum(day: date) -> int:
    """The quorum of a session whose landlord's rules give none."""
    return int(load("commission")["quorum"].on(day))


def board_complete(seated: int, day: date) -> bool:
    """Whether the board names nobody more beside so many of its members."""
    return seated >= int(load("commission")["board_members"].on(day))


def first_day() -> date:
    """The first day on which every rule for a session is known."""
    return max(one.values[0].start for one in load("commission").parameters.values())


def last_day() -> date:
    """The last day for which a session is prepared: the end of next year."""
    return date(timezone.localdate().year + 1, 12, 31)


def presences(commission: Commission) -> tuple[str, ...]:
    """How members may be there: at a distance only in a session that is held so."""
    return tuple(one for one in PRESENCES if commission.at_a_distance or one != "remote")


def seat(commission: Commission, kind: str, name: str, commune: str = "") -> Seat:
    """Give a seat in a session that is not over. Raises Refused for one seat too many, or once it is over."""
    with transaction.atomic():
        held = Commission.objects.select_for_update().get(pk=commission.pk)
        if held.state not in UNFINISHED:
            raise Refused("session_over")
        seated = held.seats.filter(kind__in=BOARD).count()
        if kind in BOARD and board_complete(seated, held.held_on):
            raise Refused("board_complete", count=seated)
        try:
            with transaction.atomic():
                return Seat.objects.create(
                    commission=held, kind=kind, name=name, commune=commune, person=Person.objects.create()
                )
        except IntegrityError:
            raise Refused("seat_taken") from None


def note_presence(one: Seat, presence: str) -> None:
    """Write down how a member is there; whoever the secretary sees on the screen is identified by that.

    Raises Refused once the session is over, and for somebody at a distance from a session in a room.
    """
    with transaction.atomic():
        held = Commission.objects.select_for_update().get(pk=one.commission_id)
        if held.state not in UNFINISHED:
            raise Refused("session_over")
        if presence == "remote" and not held.at_a_distance:
            raise Refused("remote_in_room")
        one.refresh_from_db()
        one.presence = presence
        one.identified = timezone.now() if presence == "remote" else None
        one.save()


def invite(one: Seat) -> str:
    """The token of an address by which a member says that they are there; a new one takes the place of the last.

    Raises Refused for a session that is not held at a distance.
    """
    if not one.commission.at_a_distance:
        raise Refused("remote_in_room")
    token = new_token()
    one.link = digest(token)
    one.save()
    return token


def confirm(token: str) -> Seat:
    """A member at a distance is there. Raises Refused for an unknown address, and as `note_presence` does."""
    with transaction.atomic():
        found = Seat.objects.filter(link=digest(token)).first() if token else None
        if found is None:
            raise Refused("link_unknown")
        note_presence(found, "remote")
        found.refresh_from_db()
        return found


def list_home(commission: Commission, vacancy_id: str, asked: Asked) -> Item:
    """Put a home on the agenda with the candidates of its last ranking.

    Candidates who are no longer looking are left out. Raises Refused when the session is not prepared any more, or when
    the home is not the landlord's, no longer to let, has no candidate, or is on another live agenda.
    """
    with transaction.atomic():
        vacancy = _vacancy(commission.organisation, vacancy_id)
        candidates = _candidates(vacancy)
        held = Commission.objects.select_for_update().get(pk=commission.pk)
        if held.state != "prepared":
            raise Refused("session_not_prepared")
        if Item.objects.filter(vacancy=vacancy, state__in=LIVE).exists():
            raise Refused("on_another_agenda")
        if held.items.filter(vacancy=vacancy).exists():
            raise Refused("already_listed")
        result = candidates[0].result
        last = held.items.aggregate(last=Max("position"))["last"] or 0
        item = Item.objects.create(
            commission=held, vacancy=vacancy, position=last + 1, result=result, rules=rules_on(asked.day, result)
        )
        for place, one in enumerate(candidates, start=1):
            _copy(item, one, place)
        return item


def act(commission: Commission, name: str, asked: Asked) -> Commission:
    """Open, close or cancel a session. Raises PermissionDenied, Refused."""
    with transaction.atomic():
        held = Commission.objects.select_for_update().get(pk=commission.pk)
        now = timezone.now()
        move_session(held, name, asked, **{"open": {"opened": now}, "close": {"closed": now}}.get(name, {}))
        if name == "cancel":
            for item in held.items.filter(state="listed"):
                item.state = procedures()["item"].after(item.state, "postpone")
                item.save()
        return held


def may_vote(one: Seat) -> bool:
    """Whether a seat votes, and its member is there."""
    return one.kind in VOTING and one.presence != "absent"


def _vacancy(landlord: Organisation, vacancy_id: str) -> Vacancy:
    own = Vacancy.objects.of(landlord).select_for_update(of=("self",)).select_related("home")
    vacancy: Vacancy | None = own.filter(pk=vacancy_id).first()
    if vacancy is None:
        raise Refused("not_your_home")
    if vacancy.state != Vacancy.State.OPEN or vacancy.home.left:
        raise Refused("advert_closed")
    return vacancy


def _candidates(vacancy: Vacancy) -> Sequence[Candidate]:
    found = Candidate.objects.filter(vacancy=vacancy, application__state=Application.State.ACTIVE)
    candidates = list(found.select_related("result", "application").order_by("rank"))
    if not candidates:
        raise Refused("no_candidates")
    return candidates


def _copy(item: Item, one: Candidate, place: int) -> None:
    Candidacy.objects.create(
        item=item,
        application=one.application,
        person_id=one.person_id,
        proposed_rank=place,
        points=one.points,
        eligible_count=one.eligible_count,
        decided_by=one.decided_by,
        breakdown=one.__dict__["breakdown"],
    )
