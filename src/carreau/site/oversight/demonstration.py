"""What there is to check in the demonstration: a draw that is over, one that waits, a run made again, two accounts."""

import secrets
from datetime import datetime, timedelta

from django.utils import timezone

from carreau.allocation.replay import drawing as lots
from carreau.progress import Progress, silent
from carreau.site.accounts.models import Organisation
from carreau.site.audit.events import record
from carreau.site.bridge.models import Register, Result
from carreau.site.bridge.snapshot import opened, take
from carreau.site.oversight import comparing, drawing, replaying
from carreau.site.oversight.models import Draw, Treatment
from carreau.text import written_date

OVER = ("Séance fictive du mois dernier", "Tirage fictif de la démonstration, huit chiffres hexadécimaux")
WAITING = (
    "Prochaine séance fictive",
    "Les cinq numéros du Loto du {day}, du plus petit au plus grand, joints par des tirets",
)
SATURDAY = 5
STEP = timedelta(days=1)
POLICY = "lottery"


def load(
    register: Register, territory: Organisation, landlords: list[Organisation], *, progress: Progress = silent
) -> None:
    """Make what is missing: lots for the last landlord's homes, accounts of the first one and of the territory."""
    drawer, now = landlords[-1], timezone.now()
    if not Draw.objects.of(drawer).exists():
        over = drawing.read(frozen_before(register, drawer, OVER, now), secrets.token_hex(4))
        drawing.make(over, progress)
        known = _saturday_evening(now)
        told = (WAITING[0], WAITING[1].format(day=written_date(known.date(), "fr")))
        drawing.freeze(drawing.announce(drawer, register, POLICY, told, known), progress)
    first = Result.objects.filter(snapshot__register=register, draw__isnull=True).order_by("pk").first()
    if first and not first.snapshot.expired and not first.replays.exists():
        replaying.keep(first, replaying.done_again(first, progress))
    for one in (landlords[0], territory):
        if not Treatment.objects.of(one).exists():
            comparing.keep(comparing.compare(one, timezone.localdate().year, progress))


def _saturday_evening(now: datetime) -> datetime:
    """At ten in the evening of the next Saturday but today's, where the site is."""
    local = timezone.localtime(now)
    ahead = (SATURDAY - local.weekday()) % 7 or 7
    return (local + ahead * STEP).replace(hour=22, minute=0, second=0, microsecond=0)


def frozen_before(register: Register, landlord: Organisation, told: tuple[str, str], now: datetime) -> Draw:
    """A draw whose announcement is three days old and whose value is known since yesterday; a fiction of dates."""
    snapshot = take(register, landlord)
    territory = opened(snapshot)
    found = lots.freeze({name: territory.table(name).collect() for name in drawing.FROZEN}, now - 2 * STEP)
    made = Draw.objects.create(
        organisation=landlord,
        register=register,
        policy=POLICY,
        lots=told[0],
        source=told[1],
        made=now - 3 * STEP,
        known=now - STEP,
        snapshot=snapshot,
        frozen_sha256=found.sha256,
        frozen_at=found.at,
    )
    record("announced", made, lots=told[0], source=told[1])
    return made
