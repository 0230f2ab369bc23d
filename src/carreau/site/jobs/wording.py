"""A job in words: its title, step, log, result and what went wrong, in the language of the page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from carreau import text
from carreau.site.jobs.kinds import KINDS
from carreau.site.jobs.models import Job, LogLine
from carreau.site.jobs.states import State
from carreau.site.pages.templatetags.words import language

SHADES = {State.QUEUED: "waiting", State.RUNNING: "waiting", State.DONE: "done"}  # the others: refused
SQUARES = 16


@dataclass(frozen=True)
class Line:
    """One line of the log; `who` asked, if it was somebody."""

    at: datetime
    says: str
    who: str


@dataclass(frozen=True)
class Said:
    """What the pages show of a job."""

    job: Job

    @property
    def title(self) -> str:
        """What it does."""
        return _word("jobs.kind", self.job.kind)

    @property
    def state(self) -> str:
        """Where it is, in one or two words."""
        asked = self.job.cancel_asked and self.job.state == State.RUNNING
        return _say(f"jobs.state.{'stopping' if asked else self.job.state}")

    @property
    def shade(self) -> str:
        """The `data-state` of its tag."""
        return SHADES.get(State(self.job.state), "refused")

    @property
    def step(self) -> str:
        """What it is doing, or nothing."""
        return _word("jobs.step", self.job.label) if self.job.label else ""

    @property
    def percent(self) -> int | None:
        """How much of the step is done; None when that is not known."""
        return min(100, 100 * self.job.done // self.job.total) if self.job.total else None

    @property
    def squares(self) -> int:
        """How many of sixteen squares are full."""
        return SQUARES if self.job.state == State.DONE else SQUARES * (self.percent or 0) // 100

    @property
    def asked_by(self) -> str:
        """Who asked, by name; nothing for the installation itself or somebody erased since."""
        return (self.job.asked_by.name or "") if self.job.asked_by else ""

    @property
    def seconds(self) -> int | None:
        """How long the last attempt took, once it is over."""
        job = self.job
        return int((job.finished - job.started).total_seconds()) if job.finished and job.started else None

    @property
    def problem(self) -> str:
        """What went wrong and what happens now, in a sentence; nothing if nothing did."""
        job = self.job
        if not job.problem or job.state == State.DONE:
            return ""
        why = _say(f"jobs.problem.{job.problem}")
        return f"{why} {_say(f'jobs.then.{job.state}')}"

    @property
    def place(self) -> list[str]:
        """Where a refused input is refused: file, line, column, as far as it is known."""
        values = self.job.problem_values
        known = {name: values.get(name) for name in ("file", "row", "column") if values.get(name)}
        return [_say(f"jobs.place.{name}", value=value) for name, value in known.items()]

    @property
    def refusal(self) -> str:
        """The engine's own sentence, in English, without what it quotes."""
        says: str = self.job.problem_values.get("says", "")
        return says

    @property
    def result(self) -> list[tuple[str, Any]]:
        """What came out: the figures that have a name in the catalogue."""
        found = (self.job.result or {}).items()
        return [(_say(f"jobs.result.{name}"), value) for name, value in found if text.knows(f"jobs.result.{name}")]

    @property
    def address(self) -> str:
        """The page of what came out, or nothing."""
        kind = KINDS.get(self.job.kind)
        return kind.address(self.job.result or {}) if kind and kind.address and self.job.state == State.DONE else ""

    def log(self) -> Iterator[Line]:
        """Its lines, the oldest first."""
        for line in LogLine.objects.filter(job=self.job).select_related("by"):
            yield Line(line.at, _say(line.code, **line.values), (line.by.name or "") if line.by else "")


def _say(key: str, **values: Any) -> str:
    return text.say(key, language(), **values)


def _word(family: str, name: str) -> str:
    key = f"{family}.{name}"
    return _say(key) if text.knows(key) else name
