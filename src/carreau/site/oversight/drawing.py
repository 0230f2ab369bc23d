"""The lots of a landlord, step by step: announce the source, freeze the candidates, read the value, draw."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from carreau.allocation.allocate import allocate
from carreau.allocation.policy import Policy
from carreau.allocation.replay import drawing as lots
from carreau.errors import BadInput
from carreau.progress import Progress, silent
from carreau.site.accounts.models import Organisation
from carreau.site.audit.events import record
from carreau.site.bridge.models import Register, Snapshot
from carreau.site.bridge.results import load_allocation
from carreau.site.bridge.snapshot import opened, take
from carreau.site.jobs.work import Handle
from carreau.site.oversight.models import Draw

BEFOREHAND = timedelta(hours=1)
"""The least time between an announcement and its value."""

SILENCE = timedelta(days=30)
"""After which a value that nobody wrote down no longer holds up the next draw."""

FROZEN = ("applications", "vacancies")


class Refused(Exception):  # noqa: N818 - it says what happened
    """A step that cannot be made: `code` is a sentence `oversight.refused.<code>` of the catalogue."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def announce(
    organisation: Organisation, register: Register, policy: str, told: tuple[str, str], known: datetime
) -> Draw:
    """Say in public what will be drawn (`told`: the lots, and the source of the value), and when the value is known.

    Raises Refused when the policy draws no lots, when the value comes too soon, when these lots or this source served
    already, and while another draw of the register is open.
    """
    now = timezone.now()
    what, source = (" ".join(one.split()) for one in told)
    if not lots.draws_lots(Policy.load(policy)):
        raise Refused("draws_no_lots")
    if known < now + BEFOREHAND:
        raise Refused("too_soon")
    with transaction.atomic():
        for one in Draw.objects.of(organisation).filter(register=register).open().select_for_update():
            _let_go(one, now)
        before = Draw.objects.of(organisation)
        if before.filter(register=register).open().exists():
            raise Refused("another_is_open")
        if before.filter(lots=what).exists() or before.filter(source=source).exists():
            raise Refused("drawn_already")
    try:
        with transaction.atomic():
            made = Draw.objects.create(
                organisation=organisation,
                register=register,
                policy=policy,
                lots=what,
                source=source,
                made=now,
                known=known,
            )
            record("announced", made, lots=what, source=source, known=known.isoformat())
    except IntegrityError:  # announced twice in the same instant
        raise Refused("another_is_open") from None
    return made


def freeze(draw: Draw, progress: Progress = silent, job: Handle | None = None) -> Draw:
    """Take the candidates as they are now, and note their hash. Raises BadInput once the value can be known."""
    if draw.frozen_at is not None:
        return draw
    snapshot = take(draw.register, draw.organisation, progress=progress)
    territory = opened(snapshot)
    tables = {name: territory.table(name).collect() for name in FROZEN}
    with _held(draw, job) as one:
        if one.frozen_at is not None:
            return one
        found = lots.freeze(tables, timezone.now())
        if found.at >= one.known:
            raise BadInput("lots: candidates must be frozen before the public value can be known")
        one.snapshot, one.frozen_sha256, one.frozen_at = snapshot, found.sha256, found.at
        one.save()
        record("frozen", one, sha256=found.sha256)
    return one


def read(draw: Draw, value: str) -> Draw:
    """Write down the value that the source gave. Raises Refused before it is known, and when it was written already."""
    now, said = timezone.now(), " ".join(value.split())
    with _held(draw) as one:
        if one.lapsed or one.frozen_at is None:
            raise Refused("not_frozen")
        if one.value is not None:
            raise Refused("read_already")
        if now < one.known:
            raise Refused("not_known_yet")
        if not said:
            raise Refused("no_value")
        one.value, one.read_at = said, now
        one.save()
        record("value_read", one, value=said)
    return one


def make(draw: Draw, progress: Progress = silent, job: Handle | None = None) -> Draw:
    """Rank the candidates by the lots drawn, on the frozen snapshot and no other. Raises BadInput when it expired."""
    if draw.result is not None:
        return draw
    told, drawn = draw.snapshot, draw.drawn
    if told is None or drawn is None or draw.read_at is None:
        raise BadInput("lots: candidates must be frozen and the value read")
    policy = Policy.load(draw.policy)
    earlier = [one.drawn for one in Draw.objects.of(draw.organisation).exclude(pk=draw.pk)]
    lots.draw(drawn.announcement, drawn.frozen, drawn.value, read=draw.read_at, earlier=[one for one in earlier if one])
    found = allocate(opened(_with_same_candidates(told, drawn)), policy, seed=drawn.number, progress=progress)
    with _held(draw, job) as one:
        if one.result is None:
            one.result = load_allocation(found, told, policy, drawn)
            one.save()
            record("lots_drawn", one, seed=drawn.seed, digest=one.result.digest)
    return one


@contextmanager
def _held(draw: Draw, job: Handle | None = None) -> Iterator[Draw]:
    """The draw as it is now, locked until the transaction ends; in a job, one that only its present attempt commits."""
    with job.committing() if job else transaction.atomic():
        yield Draw.objects.select_for_update(of=("self",)).get(pk=draw.pk)


def _with_same_candidates(snapshot: Snapshot, drawn: lots.Draw) -> Snapshot:
    # the database holds the hash of the candidates as written, but not which folder the record of the snapshot names
    territory = opened(snapshot)
    now = lots.freeze({name: territory.table(name).collect() for name in FROZEN}, drawn.frozen.at)
    if now.sha256 != drawn.frozen.sha256:
        raise BadInput("lots: the candidates are not those that were frozen")
    return snapshot


def _let_go(draw: Draw, now: datetime) -> None:
    """Say of a draw that cannot come to its end any more why it cannot."""
    if draw.frozen_at is None and draw.known <= now:
        draw.lapsed = "not_frozen"
    elif draw.snapshot is not None and draw.snapshot.expired is not None:
        draw.lapsed = "inputs_expired"
    elif draw.value is None and draw.known + SILENCE <= now:
        draw.lapsed = "value_not_read"
    else:
        return
    draw.save()
    record("lapsed", draw, reason=draw.lapsed)
