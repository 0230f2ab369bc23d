"""What each mechanism makes of a small territory: candidates, quotas, mix, batches."""

from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from territories import application, home, territory, vacancy
from tests.examples import examples

from carreau.allocation import objectives
from carreau.allocation.allocate import allocate
from carreau.allocation.allocation import Allocation
from carreau.allocation.policy import Policy
from carreau.allocation.shipped import policies
from carreau.register.territory import Territory

FIRST = "first_quartile_outside_qpv"
CIA = {"name": "own", "population": "first_quartile_or_renewal", "scope": "outside_qpv", "reference": "CIA"}


def policy(tmp_path: Path, **given: Any) -> Policy:
    """A policy of a file, by seniority alone but for what is given."""
    usual = {"name": "p", "title": {"fr": "P", "en": "P"}, "mechanism": "first_come", "reference": "r"}
    (tmp_path / "p.yaml").write_text(yaml.safe_dump({**usual, **given}), encoding="utf-8")
    return Policy.load(tmp_path / "p.yaml")


def town(path: Path, homes: int, people: list[dict[str, Any]], **given: Any) -> Territory:
    """A town of like homes, the first to be let first."""
    rows = [home(f"h{n}", in_qpv=False, **given) for n in range(homes)]
    return territory(path, rows, [vacancy(f"v{n}", f"h{n}") for n in range(homes)], people)


def poor(name: str, **given: Any) -> dict[str, Any]:
    return application(name, resources=300, reference_income=3_000, **given)


def meter(found: Allocation, quota: str) -> tuple[int, int, int, int]:
    row = found.quotas.filter(pl.col("quota") == quota, pl.col("by") == "all")
    return row.select("counted", "target", "reached", "reachable").row(0)


def crowd() -> list[dict[str, Any]]:
    """Eight households, one of which is poorer than the threshold that they make, and not among the first to apply."""
    others = [application(f"a{n}", seniority_from=date(2015 + n, 1, 1)) for n in range(7)]
    return [*others, poor("poor", seniority_from=date(2025, 6, 1))]


@pytest.mark.parametrize("name", policies())
def test_every_shipped_policy_lets_every_home_it_can_and_says_what_it_does(tmp_path: Path, name: str) -> None:
    found = allocate(town(tmp_path / "t", 3, crowd()), Policy.load(name))
    again = allocate(town(tmp_path / "again", 3, crowd()), Policy.load(name))
    assert found.digest == again.digest
    assert found.assignments.height == 3
    assert found.assignments["application_id"].is_unique().all()
    assert dict(found.figures.iter_rows())["candidates_min"] == 3
    assert found.candidates.group_by("vacancy_id").len()["len"].to_list() == [3, 3, 3]
    firsts = found.candidates.filter(pl.col("rank") == 1)
    assert set(firsts["application_id"]) == set(found.assignments["application_id"])
    found.save(tmp_path / "kept")
    assert Allocation.open(tmp_path / "kept").digest == found.digest


def test_a_soft_quota_is_told_and_moves_nobody(tmp_path: Path) -> None:
    quota = {"rule": FIRST, "strength": "soft"}
    found = allocate(town(tmp_path / "t", 3, crowd()), policy(tmp_path, quotas=[quota]))
    assert set(found.assignments["application_id"]) == {"a0", "a1", "a2"}
    assert meter(found, FIRST) == (3, 1, 0, 1)


def test_a_hard_quota_reserves_and_says_whom_it_put_first(tmp_path: Path) -> None:
    quota = {"rule": FIRST, "strength": "hard"}
    found = allocate(town(tmp_path / "t", 3, crowd()), policy(tmp_path, quotas=[quota]))
    assert set(found.assignments["application_id"]) == {"a0", "a1", "poor"}
    assert meter(found, FIRST) == (3, 1, 1, 1)
    favoured = found.candidates.filter(pl.col("decided_by") == "quota")
    assert favoured.select("application_id", "rank", "quota").rows() == [("poor", 1, FIRST)]


def test_a_reserved_home_that_no_member_fits_goes_to_the_next(tmp_path: Path) -> None:
    people = [application("a", seniority_from=date(2020, 1, 1)), application("b")]
    found = allocate(
        town(tmp_path / "t", 2, people), policy(tmp_path, quotas=[{**CIA, "share": 1.0, "strength": "hard"}])
    )
    assert found.assignments.height == 2
    counted, target, reached, reachable = meter(found, "own")
    assert (counted, target) == (2, 2)
    assert reached == reachable < target


def test_low_income_is_never_set_aside_by_a_quota(tmp_path: Path) -> None:
    people = [poor("poor"), application("a", seniority_from=date(2025, 12, 1))]
    mixed = {**CIA, "population": "other_quartiles", "scope": "everywhere", "share": 0.9}
    found = allocate(town(tmp_path / "t", 1, people), policy(tmp_path, quotas=[mixed]))
    assert found.candidates["application_id"].to_list() == ["poor", "a"]


def test_the_lottery_draws_within_classes_and_only_the_seed_moves_it(tmp_path: Path) -> None:
    people = [application(f"a{n}") for n in range(8)] + [application("dalo", dalo=True)]
    lottery = Policy.load("lottery")
    draws = [allocate(town(tmp_path / str(seed), 4, people), lottery, seed=seed) for seed in range(6)]
    assert all("dalo" in set(one.assignments["application_id"]) for one in draws)
    assert len({one.digest for one in draws}) > 1
    assert set(draws[0].candidates["decided_by"]) <= {"class", "lottery", "alone", "proposed_elsewhere"}
    assert draws[0].facts["seed_used"]


def test_deferred_acceptance_gives_the_larger_home_to_the_better_placed(tmp_path: Path) -> None:
    homes = [home("small", rooms=1, surface=30), home("large")]
    vacancies = [vacancy("v1", "small"), vacancy("v2", "large")]
    people = [application("dalo", dalo=True), application("a")]
    town = territory(tmp_path / "t", homes, vacancies, people)
    one_by_one = dict(allocate(town, Policy.load("points")).assignments.select("home_id", "application_id").iter_rows())
    deferred = dict(allocate(town, Policy.load("deferred")).assignments.select("home_id", "application_id").iter_rows())
    assert one_by_one == {"small": "dalo", "large": "a"}, "the first home that falls free is taken"
    assert deferred == {"small": "a", "large": "dalo"}, "more rooms are wished for first"


def test_the_reservers_own_come_first_or_alone(tmp_path: Path) -> None:
    flat = [{**vacancy("v", "h"), "reserver": "action_logement"}]
    people = [application("old", seniority_from=date(2020, 1, 1)), application("worker", reserver="action_logement")]
    for strength, presented in (("none", ["old", "worker"]), ("soft", ["worker", "old"]), ("hard", ["worker"])):
        one = territory(tmp_path / strength, [home("h")], flat, people)
        found = allocate(one, policy(tmp_path, reservers={"strength": strength}))
        assert found.candidates["application_id"].to_list() == presented
    assert found.vacancies.select("refused_reserver", "exception").rows() == [(1, "too_few_candidates")]
    back = territory(tmp_path / "back", [home("h")], flat, people[:1])
    found = allocate(back, policy(tmp_path, reservers={"strength": "hard"}))
    assert found.candidates["application_id"].to_list() == ["old"], "a home whose reserver has nobody is not kept empty"


def test_flow_turns_homes_between_reservers_and_is_told(tmp_path: Path) -> None:
    rows = {"orientation": "flow", "shares": {"action_logement": 40, "state_priority": 20}}
    people = [application(f"a{n}") for n in range(6)]
    found = allocate(town(tmp_path / "t", 5, people, landlord_id="one"), policy(tmp_path, reservers=rows))
    assert found.vacancies["reserver"].value_counts(sort=True).rows()[0][1] == 2
    assert found.flows.select("reserver", "flow", "due", "given").rows() == [
        ("action_logement", 5, 2, 2),
        ("state_priority", 5, 1, 1),
    ]


def test_a_hard_effort_rate_sets_aside_and_is_named(tmp_path: Path) -> None:
    people = [application("a", resources=700)]
    dear = town(tmp_path / "t", 1, people, rent=60_000, agreement=True)
    shown = allocate(dear, policy(tmp_path, effort={"strength": "soft"}))
    (effort,) = shown.candidates["effort"]
    assert effort > 330, "shown, and decides nothing"
    found = allocate(dear, policy(tmp_path, effort={"strength": "hard"}))
    assert found.vacancies.select("without_candidate", "relax", "would_fit").rows() == [("effort", ["effort"], 1)]


@pytest.mark.parametrize(
    ("people", "offered", "relax", "would_fit"),
    [
        ([{"wanted_rooms_max": 1}] * 2, {}, ["rooms"], 2),
        ([{"reference_income": 40_000}, {"wanted_rooms_max": 1}], {}, ["rooms"], 1),
        ([{"needs_adapted_home": True, "wanted_rooms_max": 1}], {}, ["rooms", "accessibility"], 1),
        ([{"wanted_communes": ["44162"]}], {}, ["place"], 1),
        ([{"births": [date(1980, 1, 1)]}], {"kind": "student"}, ["lease"], 1),
        ([], {}, [], 0),
    ],
)
def test_a_home_that_nobody_fits_says_what_to_relax(
    tmp_path: Path, people: list[dict[str, Any]], offered: dict[str, Any], relax: list[str], would_fit: int
) -> None:
    waiting = [application(f"a{n}", **one) for n, one in enumerate(people)]
    found = allocate(town(tmp_path / "t", 1, waiting, **offered), policy(tmp_path))
    assert found.vacancies.select("relax", "would_fit").rows() == [(relax, would_fit)]


def test_a_home_for_students_has_no_ceiling_and_asks_for_somebody_young(tmp_path: Path) -> None:
    people = [
        application("old", births=[date(1996, 1, 1)], reference_income=90_000),
        application("young", births=[date(1996, 1, 2)], reference_income=90_000),
    ]
    found = allocate(town(tmp_path / "t", 1, people, kind="student"), policy(tmp_path))
    assert found.candidates["application_id"].to_list() == ["young"]


def test_month_after_month_those_housed_are_out_and_the_quota_follows(tmp_path: Path) -> None:
    homes = [home(f"h{n}", in_qpv=False) for n in range(4)]
    free = [vacancy(f"v{n}", f"h{n}", date(2026, 1 + n // 2, 15)) for n in range(4)]
    people = [application(f"a{n}", seniority_from=date(2020 + n, 1, 1)) for n in range(4)] + [poor("poor")]
    quotas = [{**CIA, "share": 0.25, "strength": "hard"}]
    monthly = policy(tmp_path, mechanism="deferred", grid="demo", quotas=quotas, batch="month")
    found = allocate(territory(tmp_path / "t", homes, free, people), monthly)
    assert found.assignments["application_id"].is_unique().all()
    assert meter(found, "own") == (4, 1, 1, 1)
    first_month = found.assignments.filter(pl.col("vacancy_id").is_in(["v0", "v1"]))
    assert "poor" in set(first_month["application_id"]), "one of the two leases of the first month is a quarter of two"


def test_the_optimum_says_the_gap_of_each_epci_and_is_the_same_in_any_number_of_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    epcis = {"44109": "244400404", "44162": "244400404", "44036": "200000438"}
    homes = [home(f"h{code}{n}", commune=code, epci=epci) for code, epci in epcis.items() for n in range(2)]
    people = [application(f"a{n}", wanted_communes=list(epcis)[n % 2 :]) for n in range(5)] + [
        application("both", dalo=True, wanted_communes=list(epcis))
    ]
    free = [vacancy(f"v-{one['home_id']}", one["home_id"]) for one in homes]
    place = territory(tmp_path / "t", homes, free, people)
    whole = allocate(place, Policy.load("optimal"))
    assert [gap["epci"] for gap in whole.facts["gaps"]] == [None], "few pairs: together"
    told = dict(whole.figures.iter_rows())
    assert told["reached_priority"] == told["bound_priority"], "and at best for sure"
    monkeypatch.setattr(objectives, "MOST_TOGETHER", 0)
    found = allocate(place, Policy.load("optimal"))
    gaps = {gap["epci"]: gap for gap in found.facts["gaps"]}
    assert {epci: gap["homes"] for epci, gap in gaps.items()} == {"244400404": 4, "200000438": 2}
    assert sum(gap["reached"]["homes"] for gap in gaps.values()) == found.assignments.height == 6
    assert sum(gap["bound"]["points"] for gap in gaps.values()) == dict(found.figures.iter_rows())["bound_points"]
    assert sum(gap["bound"]["priority"] - gap["reached"]["priority"] for gap in gaps.values()) > 0, "both want one"
    for processes in (1, 2):
        with ProcessPoolExecutor(processes) as executor:
            assert allocate(place, Policy.load("optimal"), executor=executor).digest == found.digest


MEMBERS = st.lists(
    st.fixed_dictionaries({"poor": st.booleans(), "rooms": st.tuples(st.integers(1, 3), st.integers(1, 3))}),
    min_size=1,
    max_size=7,
)


@settings(max_examples=examples(6), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=MEMBERS, rooms=st.lists(st.integers(1, 3), min_size=1, max_size=5), share=st.sampled_from([0.25, 0.6, 1]))
@pytest.mark.parametrize("mechanism", ["first_come", "deferred", "optimal"])
def test_no_quota_is_reached_beyond_what_is_reachable_and_optimal_reaches_it(
    tmp_path: Path, mechanism: str, people: list[dict[str, Any]], rooms: list[int], share: float
) -> None:
    waiting = [
        (poor if one["poor"] else application)(
            f"a{n}", wanted_rooms_min=min(one["rooms"]), wanted_rooms_max=max(one["rooms"])
        )
        for n, one in enumerate(people)
    ]
    homes = [home(f"h{n}", rooms=size, surface=80, in_qpv=False) for n, size in enumerate(rooms)]
    place = territory(tmp_path / "t", homes, [vacancy(f"v{n}", f"h{n}") for n in range(len(rooms))], waiting)
    told: dict[str, Any] = {"mechanism": mechanism, "quotas": [{**CIA, "share": share, "strength": "hard"}]}
    if mechanism != "first_come":
        told["grid"] = "demo"
    if mechanism == "optimal":
        told["order"] = ["quotas", "points"]
    found = allocate(place, policy(tmp_path, **told))
    counted, target, reached, reachable = meter(found, "own")
    assert counted == found.assignments.height
    assert reached <= reachable
    if mechanism == "optimal":
        assert reached >= min(target, reachable)
    if len(set(rooms)) == 1 and mechanism == "first_come":
        assert reached >= min(target, reachable), "homes alike: whoever the seats are for comes first"
