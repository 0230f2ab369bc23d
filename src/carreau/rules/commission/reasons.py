"""Coded reasons of decisions and refusals: kept for ever, and retired rather than removed (`reasons.yaml`)."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from carreau import plain_yaml
from carreau.errors import BadInput
from carreau.rules.parameters import CERTAINTIES

REFUSED = "refused"
"""The outcome under which the reasons of a household's refusal stand, beside the five of R441-3."""


@dataclass(frozen=True)
class Reason:
    """A reason for an outcome, in use from `start`, until `until` when it is retired (the last day of its use)."""

    code: str
    outcome: str
    start: date
    until: date | None
    reference: str
    certainty: str

    def in_use(self, day: date) -> bool:
        """Whether a decision of that day may give it."""
        return self.start <= day and (self.until is None or day <= self.until)


@cache
def reasons() -> dict[tuple[str, str], Reason]:
    """Every reason by outcome and code, retired ones too. Raises BadInput for one without reference or certainty."""
    page: dict[str, Any] = plain_yaml.load(_file().read_text(encoding="utf-8"))
    listed = [_reason(code, outcome, entry) for outcome, codes in page.items() for code, entry in codes.items()]
    return {(one.outcome, one.code): one for one in listed}


def in_use(outcome: str, day: date) -> list[Reason]:
    """The reasons that a decision of this outcome may give on a day, in the order of the file."""
    return [one for (of, _), one in reasons().items() if of == outcome and one.in_use(day)]


def refuse_unless_in_use(outcome: str, code: str, day: date) -> None:
    """Raise BadInput unless the outcome has this reason and it is in use on the day; the code stands in the error."""
    found = reasons().get((outcome, code))
    if found is None:
        raise BadInput(f"{code!r} is no reason for {outcome}")
    if not found.in_use(day):
        raise BadInput(f"{code!r} is no longer a reason for {outcome}: retired on {found.until}")


def _reason(code: str, outcome: str, entry: dict[str, Any]) -> Reason:
    if not isinstance(entry.get("start"), date) or not entry.get("reference"):
        raise BadInput(f"reason {code} of {outcome} needs a start and a reference", file="reasons.yaml")
    if entry.get("certainty") not in CERTAINTIES:
        raise BadInput(f"reason {code} of {outcome} has no certainty", file="reasons.yaml")
    return Reason(code, outcome, entry["start"], entry.get("until"), str(entry["reference"]), entry["certainty"])


def _file() -> Any:
    return resources.files("carreau.rules.commission").joinpath("reasons.yaml")
