"""Sessions, homes, candidates and quotas in words, as the pages show them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from carreau import text
from carreau.rules.commission.procedure import Refused, procedures
from carreau.rules.commission.reasons import REFUSED, Reason, in_use, reasons
from carreau.site.accounts.actor import Actor
from carreau.site.accounts.rights import Action
from carreau.site.applications.candidates import Ranked, told
from carreau.site.applications.models import Application, Candidate
from carreau.site.commissions.checks import BEFORE
from carreau.site.commissions.deciding import ACTS
from carreau.site.commissions.models import Candidacy, Item
from carreau.site.commissions.models.candidacies import OFFERED
from carreau.site.homes.views import advert, today
from carreau.site.pages.templatetags.words import language, say

TOLD_BY_REASON = ("attribution_under_condition", "non_attribution", "ineligible")
"""Outcomes whose reasons are theirs alone."""

MARKS = {
    **dict.fromkeys(("open", "decided", "offered", "accepted", "attributed", "ranked", "conditional"), "waiting"),
    **dict.fromkeys(("closed", "let", "signed"), "done"),
    **dict.fromkeys(
        ("refused", "silent", "declined", "ineligible", "unmet", "withdrawn", "cancelled", "exhausted"), "refused"
    ),
}
"""How a state is marked; the others are not."""


@dataclass(frozen=True)
class State:
    """A state as a tag: its words and its mark."""

    label: str
    mark: str


@dataclass(frozen=True)
class Shown:
    """A candidate on a page: the record, the ranking's reasons, the state, what can be done now."""

    record: Candidacy
    ranked: Ranked | None
    state: State
    reason: str
    acts: list[str]


def state(subject: str, value: str) -> State:
    """A state in words."""
    return State(say(f"commission.state.{subject}.{value}"), MARKS.get(value, ""))


def shown(item: Item, actor: Actor) -> list[Shown]:
    """The candidates for a home, by proposed rank."""
    day = today()
    found = list(item.candidacies.select_related("application", "item__result").order_by("proposed_rank"))
    why = {one.number: one for one in told([_as_candidate(one) for one in found if one.__dict__["breakdown"]])}
    return [
        Shown(
            record=one,
            ranked=why.get(one.application_id),
            state=state("candidacy", one.state),
            reason=reason_name(one.reason),
            acts=acts(one, found, actor, day),
        )
        for one in found
    ]


def acts(one: Candidacy, others: list[Candidacy], actor: Actor, day: date) -> list[str]:
    """What this actor can do with a candidacy after the session, by name: what its checks would refuse is left out.

    They are made again, under locks, when the act is asked for; here they spare a button that says no. A household that
    is no longer looking can be taken off, unless the session is still to decide.
    """
    deciding = {*ACTS.values(), "pass_over", *(["withdraw"] if one.state == "presented" else [])}
    lacking = "application_inactive" if one.application.state == Application.State.ACTIVE else "application_active"
    found = procedures()["candidacy"].possible(one.state)
    possible = [act for act in found if act.name not in deciding and lacking not in act.checks]
    return [act.name for act in possible if actor.may(Action(act.right)) and _sensible(act.name, one, others, day)]


def _sensible(act: str, one: Candidacy, others: list[Candidacy], day: date) -> bool:
    over = one.answer_by is not None and one.answer_by < day
    before = [other for other in others if other.rank and one.rank and other.rank < one.rank and other.state in BEFORE]
    says = {
        "inform": one.informed_on is None,
        "receive": one.received_on is None,
        "accept": not over,
        "stay_silent": over,
        "offer": not before and not any(other.state in OFFERED for other in others),
    }
    return says.get(act, True)


def reason_name(code: str) -> str:
    """A coded reason in words, retired or not."""
    return say(f"commission.reason.{code}") if code else ""


def outcomes(candidates: list[Candidacy]) -> list[str]:
    """What was decided on each candidate for a home, in words, whatever came of it since; nothing while undecided.

    Told by the reason: an attribution to several is one with ranks (R441-3).
    """
    found = [next((one for one in TOLD_BY_REASON if (one, each.reason) in reasons()), "") for each in candidates]
    several = sum(each.rank is not None for each in candidates) > 1
    favourable = "ranked_attribution" if several else "attribution"
    codes = [code or (favourable if each.reason else "") for code, each in zip(found, candidates, strict=True)]
    return [say(f"commission.outcome.{code}") if code else "" for code in codes]


def reasons_by_outcome(day: date) -> list[tuple[str, str, list[Reason]]]:
    """For each outcome: its code, its words, the reasons in use on a day."""
    return [(one, say(f"commission.outcome.{one}"), in_use(one, day)) for one in ACTS]


def refusals(day: date) -> list[Reason]:
    """Why a household may say that it refuses."""
    return in_use(REFUSED, day)


def why_not(refused: Refused) -> str:
    """What was refused, and why, in a sentence."""
    values: dict[str, Any] = dict(refused.values)
    if "day" in values:
        values["day"] = text.written_date(values["day"], language())
    if "which" in values:
        values["which"] = say(f"commission.rules.{values['which']}")
    if "reason" in values:
        values["reason"] = reason_name(values["reason"]) if text.knows(f"commission.reason.{values['reason']}") else "—"
    return say(f"commission.refused.{refused.code}", **{**values, "act": "", "state": ""})


def quota_name(name: str) -> str:
    """A quota in words; one of a territory's own policy as it is named."""
    key = f"commission.quota.{name}"
    return say(key) if text.knows(key) else name.replace("_", " ")


def home_of(item: Item) -> dict[str, Any]:
    """What a page says of the home."""
    return advert(item.vacancy)


def _as_candidate(one: Candidacy) -> Candidate:
    """The candidate that the ranking proposed, as it was when the home was listed."""
    return Candidate(
        vacancy_id=one.item.vacancy_id,
        application=one.application,
        person_id=one.person_id,
        result=one.item.result,
        rank=one.proposed_rank,
        points=one.points,
        eligible_count=one.eligible_count,
        decided_by=one.decided_by,
        breakdown=one.__dict__["breakdown"],
    )
