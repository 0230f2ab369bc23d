"""Policies by name or by file, and what is refused of them."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from carreau.allocation.policy import MECHANISMS, Policy
from carreau.allocation.shipped import headings, policies
from carreau.errors import BadInput

MINE = {
    "name": "mine",
    "title": {"fr": "La mienne", "en": "Mine"},
    "mechanism": "first_come",
    "candidates": 5,
    "reference": "deliberation",
}


def written(tmp_path: Path, page: object) -> Path:
    file = tmp_path / "mine.yaml"
    file.write_text(page if isinstance(page, str) else yaml.safe_dump(page), encoding="utf-8")
    return file


@pytest.mark.parametrize("name", policies())
def test_every_shipped_policy_is_read_by_its_name(name: str) -> None:
    policy = Policy.load(name)
    assert policy.name == name
    assert set(policy.title) == set(policy.reference) == {"fr", "en"}
    assert policy.reference["fr"] != policy.reference["en"]
    assert policy.candidates == 3
    assert (policy.grid is not None) == MECHANISMS[policy.mechanism]
    floors = ["first_quartile_outside_qpv", "other_quartiles_in_qpv", "priority_share"]
    assert [quota.name for quota in policy.quotas] == floors


def test_the_headings_are_those_of_the_policies() -> None:
    loaded = [Policy.load(name) for name in policies()]
    assert [(one.name, one.title, one.mechanism) for one in headings()] == [
        (policy.name, policy.title, policy.mechanism) for policy in loaded
    ]


def test_a_file_is_read_with_the_grid_beside_it(tmp_path: Path) -> None:
    grid = {"name": "g", "title": {"fr": "G", "en": "G"}, "reference": "r", "certainty": "verified"}
    grid["rubrics"] = {"r": [{"criterion": "dalo", "kind": "dalo", "points": 9}]}
    (tmp_path / "g.yaml").write_text(yaml.safe_dump(grid), encoding="utf-8")
    policy = Policy.load(written(tmp_path, {**MINE, "mechanism": "points", "grid": "g.yaml"}))
    assert policy.grid is not None
    assert policy.grid.criteria[0].points == 9


def test_a_reference_alone_is_the_same_in_both_languages(tmp_path: Path) -> None:
    assert Policy.load(written(tmp_path, MINE)).reference == {"fr": "deliberation", "en": "deliberation"}
    both = {"fr": "délibération", "en": "deliberation"}
    assert Policy.load(written(tmp_path, {**MINE, "reference": both})).reference == both


def test_an_unknown_policy_is_refused_with_those_that_exist() -> None:
    with pytest.raises(BadInput, match="unknown policy 'dice': not a file, nor one of"):
        Policy.load("dice")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            {"mechanism": "dice"},
            "unknown mechanism 'dice'; there are points, first_come, lottery",
        ),
        ({"mechanism": "points"}, "needs a grid"),
        ({"grid": "demo"}, "takes no grid"),
        ({"mechanism": "points", "grid": "gone"}, "unknown points grid 'gone'"),
        ({"candidates": 0}, "from 1 to 50, not 0"),
        ({"candidates": "three"}, "from 1 to 50, not 'three'"),
        ({"quota": 3}, "unknown field quota"),
        ({"quotas": 3}, "quotas must be a list"),
        ({"exceptions": ["friends"]}, "unknown exception 'friends'; there are too_few_candidates"),
        ({"effort": {"limit": 33}}, "a number above 0 and up to 1, not 33"),
        ({"mix": {"unit": "street"}}, "unknown unit of mix 'street'"),
        ({"order": ["points", "quotas"]}, "takes no order: only optimal weighs goals"),
        ({"classes": ["dalo"]}, "takes no classes: only a lottery"),
        ({"mechanism": "optimal", "grid": "demo"}, "mix is a goal, and the policy does not say over which unit"),
        ({"mechanism": "optimal", "grid": "demo", "order": ["luck"]}, "unknown goal 'luck'"),
        ({"reservers": {"shares": {"state_priority": 40}}}, "the prefect would have 40 % of the flow"),
        ({"reservers": {"shares": {"action_logement": 70, "other": 40}}}, "110 % together"),
        ({"reservers": {"shares": 30}}, "per cent by reserver"),
        ({"reservers": {"orientation": "east"}}, "unknown orientation of reservers 'east'"),
        ({"reservers": {"excluded": ["sales"]}}, "unknown exclusion 'sales'; there are transfer, relocated"),
        ({"title": {"fr": "La mienne"}}, "in fr and en"),
        ({"title": {"fr": "La mienne", "en": "First", "served": None}}, "in quotes if it has a comma"),
        ({"reference": ""}, "has no reference"),
        ({"reference": {"fr": "R441-3 du CCH"}}, "the policy's reference must be given in fr and en"),
        ({"reference": 441}, "the policy's reference must be given in fr and en"),
    ],
)
def test_a_bad_policy_is_refused_with_the_reason(tmp_path: Path, change: dict[str, object], problem: str) -> None:
    with pytest.raises(BadInput, match=problem) as refused:
        Policy.load(written(tmp_path, {**MINE, **change}))
    assert str(refused.value).startswith(str(tmp_path / "mine.yaml"))


OWN = {
    "name": "own",
    "population": "first_quartile_or_renewal",
    "scope": "outside_qpv",
    "share": 0.3,
    "reference": "CIA",
}
OTHERS = {"name": "mixed", "population": "other_quartiles", "scope": "outside_qpv", "share": 0.5, "reference": "CIA"}


@pytest.mark.parametrize(
    ("quotas", "problem"),
    [
        (
            [{**OWN, "population": "born_here"}],
            "quota own: unknown population 'born_here'; there are first",
        ),
        ([{**OWN, "scope": "downtown"}], "quota own: unknown scope 'downtown'"),
        ([{**OWN, "by": "street"}], "quota own: unknown level 'street'"),
        ([{**OWN, "share": 1.2}], "quota own: a share is a number above 0 and up to 1"),
        ([{**OWN, "share": 0.12345}], "three decimals at most"),
        ([{**OWN, "unit": "attributions"}], "the counting unit is leases, counted when they are signed"),
        ([{**OWN, "reference": ""}], "quota own has no reference"),
        ([{"name": "x", "population": "dalo"}], "a quota needs a rule, or a name, a population, a share"),
        ([OWN, OWN], "two quotas have the same name: own"),
        ([{**OWN, "share": 0.6}, OTHERS], "mixed and own ask for 110 % of the same leases together"),
        ([{**OWN, "scope": "everywhere", "share": 0.6}, OTHERS], "110 % of the same leases"),
        ([{**OTHERS, "strength": "hard"}], "would set households aside for their low income"),
        ([{**OTHERS, "share": 1.0}], "would set households aside for their low income"),
        ([{"rule": "other_quartiles_in_qpv", "strength": "hard"}], "would set households aside for their low income"),
        ([{"rule": "first_quartile_outside_qpv", "share": 0.2}], "a share of 0.2 is under that of the law, 0.25"),
        ([{"rule": "first_quartile_outside_qpv", "scope": "in_qpv"}], "sets the scope of its quota: leave it out"),
        ([{"rule": "luck"}], "unknown rule of a quota 'luck'"),
        ([{**OWN, "contingent": "other"}], "reserves more than the contingent of other, 10 % of the flow"),
        ([3], "quota must be a mapping"),
    ],
)
def test_a_quota_that_cannot_be_kept_is_refused(tmp_path: Path, quotas: list[object], problem: str) -> None:
    with pytest.raises(BadInput, match=problem):
        Policy.load(written(tmp_path, {**MINE, "quotas": quotas, "reservers": {"shares": {"other": 10}}}))


def test_a_local_quota_may_ask_for_more_than_the_law(tmp_path: Path) -> None:
    more = {"rule": "first_quartile_outside_qpv", "share": 0.3, "strength": "hard", "reference": "CIA of 2025"}
    (quota,) = Policy.load(written(tmp_path, {**MINE, "quotas": [more]})).quotas
    assert (quota.population, quota.scope, quota.by, quota.hard) == (
        "first_quartile_or_renewal",
        "outside_qpv",
        "epci",
        True,
    )
    assert quota.shares(date(2026, 1, 1)) == {None: 300}


def test_a_quota_of_the_law_follows_the_day() -> None:
    quota = Policy.load("points").quotas[2]
    assert quota.shares(date(2012, 1, 1)) == {"action_logement": 250}
    assert quota.shares(date(2026, 1, 1)) == {"action_logement": 250, "local_authorities": 250, "none": 250}


@pytest.mark.parametrize("text", ["name: [", "3", "", "\x00"])
def test_what_is_no_policy_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInput, match=r"mine\.yaml"):
        Policy.load(written(tmp_path, text))
