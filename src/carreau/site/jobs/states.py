"""The one table of what can happen to a job: from which state, to which."""

from collections.abc import Mapping
from enum import StrEnum

from django.db.models import TextChoices


class State(TextChoices):
    """Where a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"


class Event(StrEnum):
    """What happens to a job."""

    CLAIM = "claim"
    FINISH = "finish"
    FAIL = "fail"
    CANCEL = "cancel"
    GIVE_BACK = "give back"
    LOSE = "lose"
    RETRY = "retry"


UNFINISHED = (State.QUEUED, State.RUNNING)

TRANSITIONS: Mapping[Event, Mapping[State, State]] = {
    Event.CLAIM: {State.QUEUED: State.RUNNING},
    Event.FINISH: {State.RUNNING: State.DONE},
    Event.FAIL: {State.RUNNING: State.FAILED},
    Event.CANCEL: {State.QUEUED: State.CANCELLED, State.RUNNING: State.CANCELLED},
    Event.GIVE_BACK: {State.RUNNING: State.QUEUED},
    Event.LOSE: {State.RUNNING: State.LOST},
    Event.RETRY: {State.FAILED: State.QUEUED, State.CANCELLED: State.QUEUED, State.LOST: State.QUEUED},
}


class Refused(Exception):  # noqa: N818 - it says what became of the request
    """Not possible in the state that the job is in."""


def after(state: State, event: Event) -> State:
    """The state that follows. Raises Refused when this cannot happen in this state."""
    try:
        return TRANSITIONS[event][state]
    except KeyError:
        raise Refused(f"{event} is not possible when {state}") from None


def diagram() -> str:
    """The table as a Mermaid state diagram, for the documentation."""
    lines = [f"    [*] --> {State.QUEUED}"]
    lines += [f"    {old} --> {new}: {event}" for event, moves in TRANSITIONS.items() for old, new in moves.items()]
    lines += [f"    {State.DONE} --> [*]"]
    return "\n".join(["stateDiagram-v2", *lines])
