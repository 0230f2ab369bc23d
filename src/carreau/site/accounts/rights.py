"""The one table of rights: which role may do what, and in which state of the thing it is done to.

Every view says its action (`@needs(Action.…)`); `RightsMiddleware` looks it up here before the view runs, and refuses a
view that says none. Which rows a role may reach is the other half: `of(organisation)` on each model that an
organisation owns.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied

View = TypeVar("View", bound=Callable[..., Any])


class Role(StrEnum):
    """What somebody is here: a visitor, a person for themselves, one who acts for another, or a member."""

    VISITOR = "visitor"
    PERSON = "person"
    REPRESENTATIVE = "representative"
    READER = "reader"
    OFFICER = "officer"
    SECRETARY = "secretary"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


EVERYBODY = frozenset(Role)
SIGNED_IN = EVERYBODY - {Role.VISITOR}
THEMSELVES = SIGNED_IN - {Role.REPRESENTATIVE}
MEMBERS = THEMSELVES - {Role.PERSON}
OFFICERS = MEMBERS - {Role.READER}
SECRETARIES = OFFICERS - {Role.OFFICER}
MANAGERS = frozenset({Role.MANAGER, Role.ADMINISTRATOR})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})


class Action(StrEnum):
    """What can be done on the site."""

    READ_PUBLIC_PAGES = "read_public_pages"
    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    KEEP_OWN_ACCOUNT = "keep_own_account"
    SEE_OWN_APPLICATION = "see_own_application"
    SEE_VACANCIES = "see_vacancies"
    SEE_CANDIDATES = "see_candidates"
    SEE_COMMISSIONS = "see_commissions"
    PREPARE_COMMISSION = "prepare_commission"
    HOLD_COMMISSION = "hold_commission"
    FOLLOW_OFFERS = "follow_offers"
    SIGN_LEASE = "sign_lease"
    CONFIRM_PRESENCE = "confirm_presence"
    SEE_COMMITMENTS = "see_commitments"
    SET_COMMITMENTS = "set_commitments"
    SEE_RUNS = "see_runs"
    ANNOUNCE_DRAW = "announce_draw"
    SEE_TREATMENT = "see_treatment"
    REVIEW_DECISIONS = "review_decisions"
    SEE_MEMBERS = "see_members"
    CHANGE_MEMBERS = "change_members"
    CHANGE_ORGANISATION = "change_organisation"
    SEE_JOBS = "see_jobs"
    START_JOB = "start_job"
    CANCEL_JOB = "cancel_job"
    RETRY_JOB = "retry_job"
    SEE_AUDIT = "see_audit"
    OPEN_AUDIT = "open_audit"
    ACT_FOR_PERSON = "act_for_person"
    STOP_ACTING = "stop_acting"
    ERASE_PERSON = "erase_person"


@dataclass(frozen=True)
class Right:
    """Who may do something, and in which states of its subject (none given: in any)."""

    roles: frozenset[Role]
    states: frozenset[str] | None = None


RIGHTS: Mapping[Action, Right] = {
    Action.READ_PUBLIC_PAGES: Right(EVERYBODY),
    Action.SIGN_IN: Right(EVERYBODY),
    Action.SIGN_OUT: Right(SIGNED_IN),
    Action.KEEP_OWN_ACCOUNT: Right(THEMSELVES),
    Action.SEE_OWN_APPLICATION: Right(SIGNED_IN),
    Action.SEE_VACANCIES: Right(MEMBERS),
    Action.SEE_CANDIDATES: Right(OFFICERS),
    Action.SEE_COMMISSIONS: Right(OFFICERS),
    Action.PREPARE_COMMISSION: Right(OFFICERS),
    Action.HOLD_COMMISSION: Right(SECRETARIES),
    Action.FOLLOW_OFFERS: Right(OFFICERS),
    Action.SIGN_LEASE: Right(SECRETARIES),
    Action.CONFIRM_PRESENCE: Right(EVERYBODY),
    Action.SEE_COMMITMENTS: Right(OFFICERS),
    Action.SET_COMMITMENTS: Right(MANAGERS),
    Action.SEE_RUNS: Right(OFFICERS),
    Action.ANNOUNCE_DRAW: Right(MANAGERS),
    Action.SEE_TREATMENT: Right(MANAGERS),
    Action.REVIEW_DECISIONS: Right(SECRETARIES),
    Action.SEE_MEMBERS: Right(MEMBERS),
    Action.CHANGE_MEMBERS: Right(ADMINISTRATORS),
    Action.CHANGE_ORGANISATION: Right(ADMINISTRATORS),
    Action.SEE_JOBS: Right(OFFICERS),
    Action.START_JOB: Right(MANAGERS),
    Action.CANCEL_JOB: Right(MANAGERS, frozenset({"queued", "running"})),
    Action.RETRY_JOB: Right(MANAGERS, frozenset({"failed", "cancelled", "lost"})),
    Action.SEE_AUDIT: Right(MANAGERS),
    Action.OPEN_AUDIT: Right(ADMINISTRATORS),
    Action.ACT_FOR_PERSON: Right(OFFICERS),
    Action.STOP_ACTING: Right(frozenset({Role.REPRESENTATIVE})),
    Action.ERASE_PERSON: Right(ADMINISTRATORS),
}


def may(role: Role, action: Action, state: str | None = None) -> bool:
    """Whether a role may do this to something in this state."""
    right = RIGHTS[action]
    return role in right.roles and (right.states is None or state is None or state in right.states)


def check(role: Role, action: Action, state: str | None = None) -> None:
    """Raise PermissionDenied unless `may`."""
    if not may(role, action, state):
        raise PermissionDenied(f"{role} may not {action}" + (f" in state {state}" if state else ""))


def needs_second_factor(role: Role, action: Action) -> bool:
    """Whether a password alone is not enough: a member above reader doing what only members do."""
    return role in OFFICERS and Role.PERSON not in RIGHTS[action].roles


def needs(action: Action) -> Callable[[View], View]:
    """Say which action a view is; the middleware does the rest."""

    def said(view: View) -> View:
        view.action = action  # type: ignore[attr-defined]
        return view

    return said
