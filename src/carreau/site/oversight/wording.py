"""Runs and draws in words, as the pages show them."""

import json
from dataclasses import dataclass

from django.utils import timezone

from carreau import text
from carreau.allocation.policy import Policy
from carreau.site.bridge.models import Result
from carreau.site.oversight.drawing import Refused
from carreau.site.oversight.models import Draw, Replayed
from carreau.site.oversight.replaying import told
from carreau.site.pages.templatetags.words import language, say

STEPS = ("announced", "frozen", "known", "drawn")
SHADES = {"drawn": "done", "lapsed": "refused"}
VERDICTS = {"same": "done", "differs": "refused", "inputs_expired": "waiting"}


@dataclass(frozen=True)
class Shown:
    """A draw on a page, at the step that it has reached."""

    record: Draw

    @property
    def step(self) -> str:
        """`announced`, `frozen`, `known` (its value is to be read, or was), `drawn` or `lapsed`."""
        one, now = self.record, timezone.now()
        if one.lapsed or (one.frozen_at is None and one.known <= now):
            return "lapsed"
        if one.result_id:
            return "drawn"
        if one.frozen_at is None:
            return "announced"
        return "known" if one.known <= now else "frozen"

    @property
    def state(self) -> str:
        """The step in words."""
        return say(f"oversight.step.{self.step}")

    @property
    def shade(self) -> str:
        """The `data-state` of its tag."""
        return SHADES.get(self.step, "waiting")

    @property
    def policy(self) -> str:
        """The policy's title."""
        return Policy.load(self.record.policy).title[language()]

    @property
    def lapse(self) -> str:
        """Why it never came to its end, or nothing."""
        if self.step != "lapsed":
            return ""
        return say(f"oversight.lapsed.{self.record.lapsed or 'not_frozen'}")

    @property
    def seed(self) -> str:
        """The seed that follows, or nothing before the value."""
        return self.record.drawn.seed if self.record.drawn else ""

    @property
    def number(self) -> int | None:
        """The number that the run took."""
        return self.record.drawn.number if self.record.drawn else None

    @property
    def as_json(self) -> str:
        """All that somebody needs to compute the seed again."""
        drawn = self.record.drawn
        return json.dumps(drawn.as_dict(), ensure_ascii=False, indent=1) if drawn else ""


@dataclass(frozen=True)
class Again:
    """A replay on a page."""

    record: Replayed
    state: str
    shade: str
    sentences: list[str]


def refusal(refused: Refused) -> str:
    """Why a step cannot be made."""
    return say(f"oversight.refused.{refused.code}")


def policy_in_words(result: Result) -> list[str]:
    """What the policy of a run does, a sentence each."""
    policy = result.policy
    lines = [
        say(f"oversight.mechanism_says.{policy['mechanism']}"),
        say("oversight.presents", count=policy["candidates"]),
    ]
    if grid := policy["grid"]:
        lines.append(say("oversight.fictitious_grid" if grid["fictitious"] else "oversight.grid", name=grid["name"]))
    for quota in policy["quotas"]:
        name = f"quota.{quota['name']}"
        said = say(name) if text.knows(name) else quota["name"]
        lines.append(say("oversight.quota_hard" if quota["hard"] else "oversight.quota", quota=said))
    return lines


def left_out(result: Result) -> list[str]:
    """What had changed by the time a run was loaded, a sentence each."""
    return [say(f"oversight.left_out.{code}", count=count) for code, count in sorted(result.left_out.items())]


def replays(result: Result) -> list[Again]:
    """The replays of a run, the newest first."""
    return [
        Again(one, say(f"oversight.verdict.{one.verdict}"), VERDICTS[one.verdict], list(told(one, language())))
        for one in result.replays.all()
    ]
