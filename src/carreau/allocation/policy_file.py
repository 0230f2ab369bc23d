"""The YAML file of a policy: every field is checked, and a policy that cannot be kept is refused with the reason."""

from collections.abc import Mapping, Sequence
from datetime import date
from importlib.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from carreau import plain_yaml
from carreau.allocation.contingents import EXCLUDED, Reservers, check_shares
from carreau.allocation.policy import BATCHES, EXCEPTIONS, GOALS, MECHANISMS, MOST_CANDIDATES, Effort, Mix, Policy
from carreau.allocation.quotas import LEVELS, POPULATIONS, SCOPES, Quota
from carreau.errors import BadInput
from carreau.register.vocabulary import RESERVER
from carreau.rules.grids import Grid, load_grid
from carreau.rules.parameters import load

NEEDED = ("name", "title", "mechanism", "reference")
FIELDS = (
    *NEEDED,
    "grid",
    "candidates",
    "exceptions",
    "quotas",
    "reservers",
    "effort",
    "mix",
    "order",
    "classes",
    "batch",
)
RULES: Mapping[str, Mapping[str, str]] = {
    "first_quartile_outside_qpv": {"population": "first_quartile_or_renewal", "scope": "outside_qpv", "by": "epci"},
    "other_quartiles_in_qpv": {"population": "other_quartiles", "scope": "in_qpv", "by": "epci"},
    "priority_share": {"population": "priority", "scope": "everywhere", "by": "reserver"},
}
"""The quotas of the law by their parameter: what a file need not say again, and may not change."""
QUOTA = ("rule", "name", "population", "scope", "by", "share", "unit", "contingent", "strength", "reference")
RESERVERS = ("orientation", "strength", "shares", "excluded", "excluded_homes", "agreed_otherwise")
STRENGTHS = ("hard", "soft")
UNITS = ("residence", "cell")
NEWEST = date.max
"""Floors of the law are compared with their newest value."""


def read(file: Path | Traversable, beside: Path | None) -> Policy:
    """Read a policy; a grid that it names is sought in the folder `beside`, then among those shipped.

    Raises BadInput naming the file (see `Policy.load`).
    """
    try:
        page = plain_yaml.load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInput(f"cannot be read as YAML: {' '.join(str(error).split())}", file=str(file)) from None
    try:
        return _policy(page, beside)
    except BadInput as error:
        raise BadInput(error.problem, file=str(file)) from None


def _policy(page: Any, beside: Path | None) -> Policy:
    if not isinstance(page, dict):
        raise BadInput("is not a policy: it must be a mapping with a name, a title and a mechanism")
    _only(page, FIELDS, "policy")
    for field in NEEDED:
        if not page.get(field):
            raise BadInput(f"the policy has no {field}")
    candidates, law = page.get("candidates", 3), page["reference"]
    if not isinstance(candidates, int) or isinstance(candidates, bool) or not 1 <= candidates <= MOST_CANDIDATES:
        raise BadInput(f"candidates must be a whole number from 1 to {MOST_CANDIDATES}, not {candidates!r}")
    reservers = _reservers(page.get("reservers") or {})
    policy = Policy(
        name=str(page["name"]),
        title=_in_both(page["title"], "title"),
        mechanism=_word(page["mechanism"], tuple(MECHANISMS), "mechanism"),
        grid=_grid(page, beside),
        candidates=candidates,
        reference=_in_both({"fr": law, "en": law} if isinstance(law, str) else law, "reference"),
        exceptions=_words(page.get("exceptions", EXCEPTIONS), EXCEPTIONS, "exception"),
        quotas=tuple(_quota(one, reservers) for one in _listed(page, "quotas")),
        reservers=reservers,
        effort=_effort(page.get("effort")),
        mix=_mix(page.get("mix")),
        order=_words(page.get("order", GOALS), GOALS, "goal"),
        classes=_words(page.get("classes", ()), tuple(POPULATIONS), "population"),
        batch=_word(page.get("batch", "year"), BATCHES, "batch"),
    )
    _refuse_impossible(policy)
    return policy


def _in_both(told: Any, field: str) -> Mapping[str, str]:
    if not isinstance(told, dict) or {str(one) for one in told} != {"fr", "en"} or not all(told.values()):
        raise BadInput(f"the policy's {field} must be given in fr and en, in quotes if it has a comma")
    return told


def _grid(page: Mapping[str, Any], beside: Path | None) -> Grid | None:
    named, mechanism = page.get("grid"), _word(page["mechanism"], tuple(MECHANISMS), "mechanism")
    if not MECHANISMS[mechanism]:
        if named:
            raise BadInput(f"a policy of mechanism {mechanism} takes no grid")
        return None
    if not named:
        raise BadInput(f"a policy of mechanism {mechanism} needs a grid: the name of a shipped one or a file")
    if beside is not None and (beside / str(named)).is_file():
        return load_grid(beside / str(named))
    return load_grid(str(named))


def _quota(page: Any, reservers: Reservers) -> Quota:
    _only(page, QUOTA, "quota")
    rule = page.get("rule")
    if rule is not None:
        _word(rule, tuple(RULES), "rule of a quota")
        if told := sorted(set(RULES[rule]) & set(page)):
            raise BadInput(f"the rule {rule} sets the {', '.join(told)} of its quota: leave it out")
    whole = {"name": rule, "scope": "everywhere", "by": "epci", **RULES.get(str(rule), {}), **page}
    if not whole["name"] or ("share" not in page and rule is None):
        raise BadInput("a quota needs a rule, or a name, a population, a share and a reference")
    named = f"quota {whole['name']}"
    if whole.get("unit", "leases") != "leases":
        raise BadInput(f"{named}: the counting unit is leases, counted when they are signed (L441-1 CCH)")
    if rule is None and not whole.get("reference"):
        raise BadInput(f"{named} has no reference")
    quota = Quota(
        name=str(whole["name"]),
        population=_word(whole.get("population"), tuple(POPULATIONS), f"{named}: unknown population"),
        scope=_word(whole["scope"], SCOPES, f"{named}: unknown scope"),
        by=_word(whole["by"], tuple(LEVELS), f"{named}: unknown level"),
        hard=_word(whole.get("strength", "soft"), STRENGTHS, f"{named}: unknown strength") == "hard",
        reference=str(whole.get("reference") or _reference(str(rule))),
        rule=rule,
        share=_share(page["share"], named) if "share" in page else None,
        contingent=_word(page["contingent"], tuple(RESERVER.categories), f"{named}: unknown contingent")
        if "contingent" in page
        else None,
    )
    _refuse_impossible_quota(quota, reservers)
    return quota


def _refuse_impossible_quota(quota: Quota, reservers: Reservers) -> None:
    named = f"quota {quota.name}"
    if quota.population == "other_quartiles" and (quota.hard or quota.share == 1000):
        raise BadInput(
            f"{named} would set households aside for their low income: it may rank and report (make it soft, under 1)"
        )
    if quota.rule is not None and quota.share is not None:
        floor = max(Quota(**{**vars(quota), "share": None}).shares(NEWEST).values())
        if quota.share < floor:
            raise BadInput(f"{named}: a share of {quota.share / 1000} is under that of the law, {floor / 1000}")
    owed = (reservers.shares or {}).get(quota.contingent or "")
    if quota.contingent and owed is not None and max(quota.shares(NEWEST).values()) > 10 * owed:
        raise BadInput(f"{named} reserves more than the contingent of {quota.contingent}, {owed} % of the flow")


def _refuse_impossible(policy: Policy) -> None:
    names = [quota.name for quota in policy.quotas]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BadInput(f"two quotas have the same name: {', '.join(twice)}")
    apart = {"first_quartile_or_renewal", "other_quartiles"}
    for scope in ("outside_qpv", "in_qpv"):
        held = [one for one in policy.quotas if one.scope in (scope, "everywhere") and one.population in apart]
        by_population = {one: [q for q in held if q.population == one] for one in apart}
        total = sum(max((max(q.shares(NEWEST).values()) for q in held), default=0) for held in by_population.values())
        if total > 1000:
            said = " and ".join(sorted(one.name for one in held))
            raise BadInput(f"the quotas {said} ask for {total / 10:g} % of the same leases together")
    if policy.mechanism != "optimal" and policy.order != GOALS:
        raise BadInput(f"a policy of mechanism {policy.mechanism} takes no order: only optimal weighs goals")
    if "quotas" in policy.order[1:]:
        raise BadInput("quotas are the first of the goals, or none of them")
    if policy.classes and policy.mechanism != "lottery":
        raise BadInput(f"a policy of mechanism {policy.mechanism} takes no classes: only a lottery draws by class")
    if policy.mechanism == "optimal" and "mix" in policy.order and policy.mix is None:
        raise BadInput("mix is a goal, and the policy does not say over which unit it is measured")


def _reservers(page: Any) -> Reservers:
    _only(page, RESERVERS, "reservers")
    shares = page.get("shares")
    if shares is not None:
        if not isinstance(shares, dict):
            raise BadInput("the shares of reservers must be per cent by reserver")
        check_shares(shares, NEWEST, str(page.get("agreed_otherwise") or ""))
    return Reservers(
        orientation=_word(page.get("orientation", "given"), ("given", "flow"), "orientation of reservers"),
        strength=_word(page.get("strength", "none"), (*STRENGTHS, "none"), "strength of reservers"),
        shares=shares,
        excluded=_words(page.get("excluded", EXCLUDED), EXCLUDED, "exclusion"),
        excluded_homes=frozenset(str(home) for home in page.get("excluded_homes") or ()),
        agreed_otherwise=str(page.get("agreed_otherwise") or ""),
    )


def _effort(page: Any) -> Effort | None:
    if page is None:
        return None
    _only(page, ("limit", "strength"), "effort")
    limit = page.get("limit", load("effort_rate")["practice_limit"].on(NEWEST))
    strength = _word(page.get("strength", "soft"), STRENGTHS, "strength of effort")
    return Effort(_share(limit, "the effort rate"), strength == "hard")


def _mix(page: Any) -> Mix | None:
    if page is None:
        return None
    return Mix(_word(_only(page, ("unit",), "mix").get("unit"), UNITS, "unit of mix"))


def _share(value: Any, named: str) -> int:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= 1:
        raise BadInput(f"{named}: a share is a number above 0 and up to 1, not {value!r}")
    thousandths = round(1000 * value)
    if abs(1000 * value - thousandths) > 1e-6:
        raise BadInput(f"{named}: a share has three decimals at most, not {value!r}")
    return thousandths


def _reference(rule: str) -> str:
    return load("quotas")[rule].values[-1].reference


def _only(page: Any, fields: Sequence[str], what: str) -> dict[str, Any]:
    if not isinstance(page, dict):
        raise BadInput(f"{what} must be a mapping with {', '.join(fields)}")
    if unknown := sorted(str(field) for field in page if field not in fields):
        raise BadInput(f"unknown field {', '.join(unknown)}; {what} has {', '.join(sorted(fields))}")
    return page


def _listed(page: Mapping[str, Any], field: str) -> list[Any]:
    found = page.get(field) or []
    if not isinstance(found, list):
        raise BadInput(f"{field} must be a list")
    return found


def _word(value: Any, words: Sequence[str], what: str) -> str:
    if value not in words:
        said = what if "unknown" in what else f"unknown {what}"
        raise BadInput(f"{said} {value!r}; there are {', '.join(words)}")
    return str(value)


def _words(values: Any, words: Sequence[str], what: str) -> tuple[str, ...]:
    if not isinstance(values, list | tuple):
        raise BadInput(f"a list of {what}s is expected, not {values!r}")
    found = tuple(_word(one, words, what) for one in values)
    if len(set(found)) < len(found):
        raise BadInput(f"the same {what} is listed twice: {', '.join(found)}")
    return found
