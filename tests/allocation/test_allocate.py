"""Who is a candidate for which home, condition by condition; and the slow twin that says the same."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from territories import DAY, application, home, territory, vacancy
from tests.examples import examples

from carreau.allocation.allocate import allocate
from carreau.allocation.allocation import Allocation
from carreau.allocation.policy import Policy
from carreau.errors import BadInput
from carreau.register.territory import Territory
from carreau.rules.parameters import load

ELSEWHERE = "proposed_elsewhere"
FIRST_COME, POINTS = Policy.load("first-come"), Policy.load("points")


def proposed(allocation: Allocation) -> dict[str, str]:
    return dict(allocation.assignments.select("vacancy_id", "application_id").iter_rows())


def presented(allocation: Allocation, vacancy_id: str = "v") -> list[str]:
    return allocation.candidates.filter(pl.col("vacancy_id") == vacancy_id)["application_id"].to_list()


def one_home(path: Path, applications: list[dict[str, Any]], **given: Any) -> Territory:
    return territory(path, [home("h", **given)], [vacancy("v", "h")], applications)


def test_the_oldest_application_is_proposed_and_two_follow(tmp_path: Path) -> None:
    waiting = [application(f"a{year}", seniority_from=date(year, 1, 1)) for year in (2024, 2021, 2023, 2022)]
    found = allocate(one_home(tmp_path / "t", waiting), FIRST_COME)
    assert presented(found) == ["a2021", "a2022", "a2023"]
    assert proposed(found) == {"v": "a2021"}
    assert found.candidates["eligible_count"].to_list() == [4, 4, 4]
    assert found.candidates["decided_by"].to_list() == ["seniority", "seniority", "seniority"]
    assert found.candidates["points"].to_list() == [None, None, None]


def test_points_come_before_seniority(tmp_path: Path) -> None:
    waiting = [application("old", seniority_from=date(2023, 6, 1)), application("homeless", present_housing="homeless")]
    waiting += [application("dalo", dalo=True), application("young", seniority_from=date(2025, 12, 1))]
    found = allocate(one_home(tmp_path / "t", waiting), POINTS)
    assert presented(found) == ["dalo", "homeless", "old"]
    assert found.candidates["points"].to_list() == [62, 32, 31]
    assert set(found.breakdown["application_id"]) == {"dalo", "homeless", "old"}


def test_an_application_is_proposed_once_and_may_follow_elsewhere(tmp_path: Path) -> None:
    waiting = [application("a", seniority_from=date(2020, 1, 1)), application("b"), application("c", dalo=True)]
    homes = [home("h1"), home("h2")]
    vacancies = [vacancy("v1", "h1", DAY + timedelta(days=5)), vacancy("v2", "h2")]
    found = allocate(territory(tmp_path / "t", homes, vacancies, waiting), FIRST_COME)
    assert presented(found, "v2") == ["a", "b", "c"], "the home that is free first is filled first"
    assert presented(found, "v1") == ["b", "c", "a"], "three are presented where three fit, those elsewhere last"
    assert found.candidates.filter(vacancy_id="v1")["eligible_count"].to_list() == [2, 2, 2]
    assert found.candidates.filter(vacancy_id="v1")["decided_by"].to_list() == ["identifier", "alone", ELSEWHERE]
    assert found.candidates["proposed_elsewhere"].to_list() == [False, False, False, False, False, True]
    assert found.vacancies.filter(vacancy_id="v1")["eligible_count"].item() == 3


@pytest.mark.parametrize(
    ("wants", "offered", "reason"),
    [
        ({"wanted_communes": ["44162"]}, {}, "nobody_wants_commune"),
        ({"wanted_rooms_max": 1}, {}, "rooms"),
        ({"wanted_rooms_max": 9}, {"rooms": 3}, "rooms"),
        ({}, {"rooms": None}, "rooms_unknown"),
        ({"reference_income": 23_404}, {}, "ceiling"),
        ({"reference_income": 12_872}, {"ceiling_class": "PLAI"}, "ceiling"),
        ({}, {"commune": "97411"}, "ceiling_unknown"),
        ({}, {"surface": 8}, "surface"),
        ({"needs_adapted_home": True}, {"access": "accessible"}, "accessibility"),
        ({"present_home_id": "h", "present_housing": "social_tenant"}, {}, "own_home"),
    ],
)
def test_each_condition_sets_aside_and_is_named(
    tmp_path: Path, wants: dict[str, Any], offered: dict[str, Any], reason: str
) -> None:
    wants.setdefault("wanted_communes", [offered.get("commune", "44109")])
    found = allocate(one_home(tmp_path / "t", [application("a", **wants)], **offered), FIRST_COME)
    assert found.assignments.is_empty()
    assert found.vacancies["without_candidate"].to_list() == [reason]


@pytest.mark.parametrize("other", [[], ["b"]], ids=["nobody wants it", "another wants it"])
def test_a_home_that_its_tenant_does_not_want_again_is_ranked(tmp_path: Path, other: list[str]) -> None:
    """Who lives in the home and wants to leave its commune is among nobody's candidates, and in nobody's way."""
    leaving = application("c", present_home_id="h", present_housing="social_tenant", wanted_communes=["44162"])
    found = allocate(one_home(tmp_path / "t", [*map(application, other), leaving]), FIRST_COME)
    assert presented(found) == other
    assert found.vacancies.select("wanting", "refused_own_home").row(0) == (len(other), 0)


def test_nobody_is_left_when_all_are_proposed_elsewhere(tmp_path: Path) -> None:
    homes, vacancies = [home("h1"), home("h2")], [vacancy("v1", "h1"), vacancy("v2", "h2")]
    found = allocate(territory(tmp_path / "t", homes, vacancies, [application("a")]), FIRST_COME)
    assert found.vacancies["without_candidate"].to_list() == [None, "all_proposed_elsewhere"]
    assert found.assignments["vacancy_id"].to_list() == ["v1"]
    assert found.candidates.select("vacancy_id", "application_id", "decided_by").rows() == [
        ("v1", "a", "alone"),
        ("v2", "a", ELSEWHERE),
    ]


@pytest.mark.parametrize(
    ("wants", "offered"),
    [
        ({"reference_income": 23_403}, {}),
        ({"reference_income": 0, "resources": 0}, {}),
        ({"reference_income": 20_000}, {"ceiling_class": None}),
        ({"reference_income": 30_000}, {"ceiling_class": "PLI"}),
        ({"needs_adapted_home": True}, {"access": "adapted"}),
        ({}, {"access": "adapted"}),
        ({}, {"surface": None}),
        ({"present_home_id": "other", "present_housing": "social_tenant"}, {}),
        ({"wanted_communes": ["75056"]}, {"commune": "75113"}),
        ({"wanted_communes": ["69123", "69381"]}, {"commune": "69381"}),
    ],
)
def test_who_fits_is_proposed(tmp_path: Path, wants: dict[str, Any], offered: dict[str, Any]) -> None:
    found = allocate(one_home(tmp_path / "t", [application("a", **wants)], **offered), FIRST_COME)
    assert proposed(found) == {"v": "a"}
    assert found.candidates["decided_by"].to_list() == ["alone"]


def test_the_same_territory_gives_the_same_digest_whatever_the_order_of_its_rows(tmp_path: Path) -> None:
    homes, vacancies = [home("h1"), home("h2", rooms=1)], [vacancy("v1", "h1"), vacancy("v2", "h2")]
    waiting = [application(name) for name in "cab"]
    one = allocate(territory(tmp_path / "1", homes, vacancies, waiting), POINTS, seed=1)
    two = allocate(territory(tmp_path / "2", homes[::-1], vacancies[::-1], waiting[::-1]), POINTS, seed=2)
    assert one.digest == two.digest
    told = ["identifier", "identifier", "alone", "identifier", "alone", ELSEWHERE]
    assert one.candidates["decided_by"].to_list() == told
    other = allocate(territory(tmp_path / "3", homes, vacancies, waiting[1:]), POINTS)
    assert other.digest != one.digest


def test_what_is_recorded(tmp_path: Path) -> None:
    facts = allocate(one_home(tmp_path / "t", [application("a")]), POINTS, seed=7).facts
    assert (facts["seed"], facts["seed_used"]) == (7, False)
    assert facts["policy"]["grid"] == {"name": "demo", "fictitious": True, "partial": False}
    assert len(facts["territory"]["sources_sha256"]) == 64


def test_below_the_ceiling_income_changes_nothing(tmp_path: Path) -> None:
    waiting = [application("a"), application("b", seniority_from=date(2024, 1, 1))]
    poorer = [{**one, "reference_income": 0, "resources": 0} for one in waiting]
    found = [allocate(one_home(tmp_path / str(n), rows), POINTS) for n, rows in enumerate((waiting, poorer))]
    one, two = (allocation.candidates.drop("effort") for allocation in found)
    assert one.equals(two)


def test_without_vacancies_or_applications_nothing_is_found(tmp_path: Path) -> None:
    empty = allocate(territory(tmp_path / "1", [home("h")], [], []), POINTS)
    assert (empty.candidates.height, empty.vacancies.height) == (0, 0)
    lonely = allocate(one_home(tmp_path / "2", []), POINTS)
    assert lonely.vacancies["without_candidate"].to_list() == ["nobody_wants_commune"]


def test_a_vacancy_of_an_unknown_home_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="1 vacancies name a home that is not in homes, first v"):
        allocate(territory(tmp_path / "t", [home("h")], [vacancy("v", "gone")], []), POINTS)


def test_a_date_without_known_ceilings_is_refused(tmp_path: Path) -> None:
    old = territory(
        tmp_path / "t", [home("h")], [vacancy("v", "h")], [application("a")], {"reference_date": "2010-01-01"}
    )
    with pytest.raises(BadInput, match="no value in force on 2010-01-01"):
        allocate(old, POINTS)


def test_progress_ends_at_the_number_of_vacancies(tmp_path: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    allocate(
        one_home(tmp_path / "t", [application("a")]),
        POINTS,
        progress=lambda label, done, total=None: told.append((label, done, total)),
    )
    assert told == [("fit", 0, 1), ("fit", 1, 1), ("allocate", 0, 1), ("allocate", 1, 1)]


COMMUNES = ["44109", "75113"]
SOME_HOMES = st.fixed_dictionaries(
    {
        "commune": st.sampled_from(COMMUNES),
        "rooms": st.sampled_from([2, 3, 1, 4, None]),
        "surface": st.sampled_from([None, 45, 34, 25, 16, 9]),
        "ceiling_class": st.sampled_from(["PLUS", "PLAI", "PLS", "PLI", None]),
        "access": st.sampled_from(["adapted", "none", None]),
    }
)
SOME_APPLICATIONS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["alone", "couple", "couple_children", "lone_parent"]),
        "ages": st.lists(st.sampled_from([27, 28, 5, 17, 18, 20, 21, 60]), min_size=1, max_size=4),
        "expected_births": st.integers(0, 1),
        "needs_adapted_home": st.booleans(),
        "reference_income": st.sampled_from([0, 12_872, 23_403, 31_642, 45_000]),
        "seniority_from": st.sampled_from([date(2020, 1, 1), date(2024, 3, 2), date(2025, 12, 31)]),
        "dalo": st.booleans(),
        "grounds": st.sampled_from([[], ["disability"]]),
        "present_home_id": st.sampled_from([None, None, "h0", "h1"]),
        "wanted_communes": st.sampled_from([COMMUNES, ["75056", "44109"], ["75056"], ["92050"]]),
        "rooms": st.tuples(st.integers(1, 3), st.integers(2, 5)),
    }
)


def slow_points(one: dict[str, Any]) -> int:
    """The demonstration grid for what the small territories hold."""
    months = (DAY.year - one["seniority_from"].year) * 12 + 1 - one["seniority_from"].month
    months = max(0, months - (one["seniority_from"].day > 1))
    seniority = min(months, 60) + (20 if months >= 36 else 0)
    return seniority + 50 * one["dalo"] + 20 * ("disability" in one["grounds"])


def slow_fits(one: dict[str, Any], flat: dict[str, Any]) -> bool:
    """One application and one home, condition after condition."""
    years = [DAY.year - birth.year for birth in one["births"]]
    persons, unborn = len(years), one["expected_births"]
    couple = one["kind"] in ("couple", "couple_children") and persons >= 2
    others = years[2 if couple else 1 :]
    young = sum(age < 18 for age in others) + unborn
    grown = persons + unborn - (2 if couple else 1) - young
    fewest = min(1 + grown + young, 2 + grown + -(-young // 2), 5)
    city = "75056" if flat["commune"].startswith("751") else flat["commune"]
    if not {flat["commune"], city} & set(one["wanted_communes"]) or flat["rooms"] is None:
        return False
    if not max(fewest, one["wanted_rooms_min"]) <= flat["rooms"] <= min(persons + unborn + 1, one["wanted_rooms_max"]):
        return False
    alone_with = not couple and bool(others) and all(age < 21 for age in others)
    young_couple = couple and persons == 2 and sum(years) <= 55
    number = min(6, persons + (alone_with or young_couple or "disability" in one["grounds"]))
    counted = {"PLI": "PLS", None: "PLUS"}.get(flat["ceiling_class"], flat["ceiling_class"])
    zone = {"75": "paris", "44": "other"}[flat["commune"][:2]]
    if one["reference_income"] > load("ceilings")[f"{counted}.{zone}"].on(DAY)[number - 1]:
        return False
    floor = 9 if persons + unborn == 1 else 16 + 9 * (persons + unborn - 2)
    if flat["surface"] is not None and flat["surface"] < floor:
        return False
    return (flat["access"] == "adapted" or not one["needs_adapted_home"]) and one["present_home_id"] != flat["home_id"]


def slow_allocate(
    homes: list[dict[str, Any]], vacancies: list[dict[str, Any]], waiting: list[dict[str, Any]], with_points: bool
) -> list[tuple[str, int, str, int]]:
    known, taken, rows = {one["home_id"]: one for one in homes}, set(), []

    def order(one: dict[str, Any]) -> tuple[int, date, str]:
        return (-slow_points(one) if with_points else 0, one["seniority_from"], one["application_id"])

    for free in sorted(vacancies, key=lambda one: (one["available"], one["vacancy_id"])):
        running = [
            one for one in waiting if one["application_id"] not in taken and slow_fits(one, known[free["home_id"]])
        ]
        running.sort(key=order)
        elsewhere = [
            one for one in waiting if one["application_id"] in taken and slow_fits(one, known[free["home_id"]])
        ]
        for rank, one in enumerate([*running, *sorted(elsewhere, key=order)][:3], start=1):
            rows.append((free["vacancy_id"], rank, one["application_id"], len(running)))
        taken |= {one["application_id"] for one in running[:1]}
    return rows


@pytest.mark.parametrize("policy", [POINTS, FIRST_COME], ids=["points", "first-come"])
@settings(max_examples=examples(24), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    flats=st.lists(SOME_HOMES, min_size=2, max_size=5),
    days=st.lists(st.integers(0, 2), min_size=5, max_size=5),
    persons=st.lists(SOME_APPLICATIONS, min_size=4, max_size=10),
)
def test_allocate_equals_its_slow_twin(
    tmp_path: Path, policy: Policy, flats: list[Any], days: list[int], persons: list[Any]
) -> None:
    homes = [home(f"h{n}", **flat) for n, flat in enumerate(flats)]
    vacancies = [vacancy(f"v{n}", f"h{n}", DAY + timedelta(days=days[n])) for n in range(len(flats))]
    waiting = []
    for n, one in enumerate(persons):
        ages, rooms = one["ages"], sorted(one["rooms"])
        rest = {name: value for name, value in one.items() if name not in ("ages", "rooms")}
        births = [date(DAY.year - age, 1, 1) for age in ages]
        wanted = {"wanted_rooms_min": rooms[0], "wanted_rooms_max": rooms[1]}
        waiting.append(application(f"a{n}", births=births, **wanted, **rest))
    found = allocate(territory(tmp_path / "t", homes, vacancies, waiting), policy)
    rows = found.candidates.select("vacancy_id", "rank", "application_id", "eligible_count").rows()
    assert rows == slow_allocate(homes, vacancies, waiting, policy is POINTS)
    assert found.assignments["application_id"].is_unique().all()
    filled = set(found.assignments["vacancy_id"])
    assert [row["without_candidate"] is None for row in found.vacancies.iter_rows(named=True)] == [
        row in filled for row in found.vacancies["vacancy_id"]
    ]
