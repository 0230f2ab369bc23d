"""The one table of what a commission and its secretary may do: state × act → state, who may, what is checked first."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from carreau import plain_yaml

SUBJECTS = ("session", "item", "candidacy")
SAME = "same"


class Refused(Exception):  # noqa: N818 - it says what became of the request
    """Not done. `code` says why, in words of the catalogue under `commission.refused.`; `values` go into them."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(f"{code} {values}" if values else code)
        self.code, self.values = code, values


@dataclass(frozen=True)
class Act:
    """What can be done to a subject: `moves` from a state to the next, the right that it needs, its checks in order."""

    subject: str
    name: str
    moves: Mapping[str, str]
    right: str
    checks: tuple[str, ...]


@dataclass(frozen=True)
class Procedure:
    """The acts on one subject by name, and the state in which it begins."""

    subject: str
    begins: str
    acts: Mapping[str, Act]

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order in which the table first reaches it."""
        reached = [state for act in self.acts.values() for move in act.moves.items() for state in move]
        return tuple(dict.fromkeys([self.begins, *reached]))

    def after(self, state: str, act: str) -> str:
        """The state that follows. Raises Refused when this cannot be done in this state, and for an unknown act."""
        found = self.acts.get(act)
        if found is None or state not in found.moves:
            raise Refused("not_now", act=act, state=state)
        return found.moves[state]

    def possible(self, state: str) -> list[Act]:
        """What can be done in a state, the checks left aside."""
        return [act for act in self.acts.values() if state in act.moves]

    @property
    def final(self) -> tuple[str, ...]:
        """The states that nothing leaves."""
        return tuple(
            state for state in self.states if all(act.moves.get(state, state) == state for act in self.acts.values())
        )


@cache
def procedures() -> Mapping[str, Procedure]:
    """The table as shipped, by subject."""
    text = resources.files("carreau.rules.commission").joinpath("procedure.yaml").read_text(encoding="utf-8")
    page: dict[str, Any] = plain_yaml.load(text)
    return {subject: _procedure(subject, page[subject]) for subject in SUBJECTS}


def diagram(procedure: Procedure) -> str:
    """The table of a subject as a Mermaid state diagram."""
    lines = [f"    [*] --> {procedure.begins}"]
    lines += [f"    {old} --> {new}: {act.name}" for act in procedure.acts.values() for old, new in act.moves.items()]
    lines += [f"    {state} --> [*]" for state in procedure.final]
    return "\n".join(["stateDiagram-v2", *lines])


def _procedure(subject: str, page: dict[str, Any]) -> Procedure:
    acts = {name: _act(subject, name, entry) for name, entry in page["acts"].items()}
    return Procedure(subject, page["begins"], acts)


def _act(subject: str, name: str, entry: dict[str, Any]) -> Act:
    moves = {old: old if entry["to"] == SAME else entry["to"] for old in entry["from"]}
    return Act(subject, name, moves, entry["right"], tuple(entry["checks"]))
