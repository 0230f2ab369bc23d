"""What can happen to a job is one table; everything else is refused, by Python and by the database."""

from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from carreau.site.jobs.models import Job
from carreau.site.jobs.states import TRANSITIONS, UNFINISHED, Event, Refused, State, after, diagram

NOW = datetime(2026, 1, 1, tzinfo=UTC)

ABSENT = [(event, state) for event, state in product(Event, State) if state not in TRANSITIONS[event]]


def test_the_table_has_every_event() -> None:
    assert set(TRANSITIONS) == set(Event)


@pytest.mark.parametrize(("event", "state"), ABSENT)
def test_an_absent_pair_is_refused(event: Event, state: State) -> None:
    with pytest.raises(Refused, match=f"{event} is not possible when {state}"):
        after(state, event)


def test_every_state_can_be_reached_and_only_done_is_final() -> None:
    moves = [(old, new) for event in TRANSITIONS.values() for old, new in event.items()]
    assert {new for _, new in moves} == set(State)
    assert set(State) - {old for old, _ in moves} == {State.DONE}


def test_the_diagram_has_every_move_and_is_in_the_documentation() -> None:
    assert diagram().count("-->") == sum(len(moves) for moves in TRANSITIONS.values()) + 2
    page = Path(__file__).parents[3] / "docs" / "decisions" / "site-jobs.md"
    assert f"```mermaid\n{diagram()}\n```" in page.read_text(encoding="utf-8"), "put diagram() there again"


BROKEN: list[dict[str, Any]] = [
    {"state": "asleep"},
    {"done": -1},
    {"total": -1},
    {"state": "done"},
    {"state": "queued", "finished": NOW},
    {"state": "running", "worker": "w"},
    {"state": "running", "started": NOW},
]


@pytest.mark.django_db
@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_the_database_refuses_a_job_that_cannot_be(broken: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(kind="count", same="1", **broken)


@pytest.mark.django_db
@pytest.mark.parametrize("state", UNFINISHED)
def test_the_database_refuses_the_same_work_twice_at_once(state: State) -> None:
    Job.objects.create(kind="count", same="1")
    running = {"worker": "w", "started": NOW} if state == State.RUNNING else {}
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(kind="count", same="1", state=state, **running)
    Job.objects.create(kind="count", same="1", state=State.DONE, finished=NOW)
