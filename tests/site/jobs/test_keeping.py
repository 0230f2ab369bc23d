"""What keeps jobs from being lost, without giving up an attempt that only the database held up."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.site.jobs.conftest import fresh

from carreau.site.jobs import keeping
from carreau.site.jobs.models import Job
from carreau.site.jobs.states import Event
from carreau.site.jobs.work import start

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
LEASE = timedelta(seconds=60)


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(keeping, "time", made)
    return made


@pytest.fixture
def silent(counting: list[int]) -> Job:
    """A running job whose worker showed no life for two minutes."""
    job = start("count", None, to=1)
    job.move(Event.CLAIM, attempts=1, worker="one", started=timezone.now())
    Job.objects.filter(pk=job.pk).update(seen=timezone.now() - 2 * LEASE)
    return job


def test_an_attempt_that_shows_no_life_is_begun_anew(clock: Clock, silent: Job) -> None:
    keeping.Keeper("two").keep()
    assert fresh(silent).state == "queued"


def test_after_a_lock_that_held_everybody_up_attempts_may_show_life_first(
    clock: Clock, silent: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = keeping.Keeper("two")
    with monkeypatch.context() as held_up:
        held_up.setattr(keeping, "sign_of_life", lambda _: setattr(clock, "now", clock.now + 40))
        keeper.keep()
    clock.now += 5
    keeper.keep()
    assert fresh(silent).state == "running"
    clock.now += LEASE.total_seconds()
    keeper.keep()
    assert fresh(silent).state == "queued"
