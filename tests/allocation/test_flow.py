"""One home now: the same candidates as a whole allocation, from applications ranked once."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from territories import DAY, application, home, territory, vacancy
from test_allocate import FIRST_COME, POINTS, SOME_APPLICATIONS, SOME_HOMES
from test_policies import CIA, policy, poor
from tests.examples import examples

from carreau.allocation.allocate import allocate
from carreau.allocation.contingents import Reservers, conventions, oriented
from carreau.allocation.fit.offers import offers
from carreau.allocation.flow import Index, index, rank_one, seat_now
from carreau.allocation.policy import Policy
from carreau.allocation.reserves import seats
from carreau.errors import BadInput
from carreau.register.tables import Leases
from carreau.register.territory import Territory, write


def known(path: Path, people: list[dict[str, Any]]) -> pl.DataFrame:
    return territory(path, [home("h")], [], people).table("applications").collect()


def test_the_best_placed_of_those_still_in_the_running(tmp_path: Path) -> None:
    people = [application(f"a{n}", seniority_from=date(2020 + n, 1, 1)) for n in range(5)]
    ranked = index(known(tmp_path / "t", people), FIRST_COME, DAY)
    found = rank_one(ranked, home("h"), without={"a1"})
    assert found.candidates.select("rank", "application_id").rows() == [(1, "a0"), (2, "a2"), (3, "a3")]
    assert (found.eligible, found.wanting) == (4, 5)
    assert rank_one(ranked, home("h"), most=1).candidates["application_id"].to_list() == ["a0"]


def test_a_home_that_nobody_fits_says_what_to_relax(tmp_path: Path) -> None:
    ranked = index(known(tmp_path / "t", [application("a")]), POINTS, DAY)
    found = rank_one(ranked, home("h", rooms=3))
    assert found.candidates.is_empty()
    assert (found.refused["rooms"], found.relax, found.would_fit) == (1, ["rooms"], 1)
    with pytest.raises(BadInput, match="the home has no commune"):
        rank_one(ranked, {"rooms": 2})


@settings(max_examples=examples(6), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(flat=SOME_HOMES, persons=st.lists(SOME_APPLICATIONS, min_size=1, max_size=8))
def test_one_home_is_ranked_as_in_a_whole_allocation(tmp_path: Path, flat: Any, persons: list[Any]) -> None:
    people = []
    for n, one in enumerate(persons):
        births = [date(DAY.year - age, 1, 1) for age in one["ages"]]
        least, most = sorted(one["rooms"])
        rest = {name: value for name, value in one.items() if name not in ("ages", "rooms")}
        people.append(application(f"a{n}", births=births, wanted_rooms_min=least, wanted_rooms_max=most, **rest))
    one_home = territory(tmp_path / "t", [home("h0", **flat)], [vacancy("v", "h0")], people)
    whole = allocate(one_home, POINTS)
    found = rank_one(index(one_home.table("applications").collect(), POINTS, DAY), home("h0", **flat))
    columns = ["rank", "application_id", "points", "effort"]
    assert found.candidates.select(columns).rows() == whole.candidates.select(columns).rows()
    assert found.eligible == whole.vacancies["eligible_count"].item()


RESERVED: dict[str, Any] = {
    "grid": "demo",
    "mechanism": "points",
    "quotas": [
        {**CIA, "share": 0.3, "strength": "hard"},
        {**CIA, "name": "ours", "population": "priority", "scope": "everywhere", "share": 0.4, "strength": "hard"},
        {**CIA, "name": "told", "population": "transfer", "scope": "everywhere", "share": 0.5},
    ],
}
RESERVERS = ["none", "state_priority", "action_logement"]
SOME_PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "poor": st.booleans(),
            "dalo": st.booleans(),
            "reserver": st.sampled_from(RESERVERS),
            "wanted_rooms_max": st.integers(1, 3),
            "seniority_from": st.dates(date(2015, 1, 1), date(2025, 12, 31)),
        }
    ),
    min_size=1,
    max_size=9,
)
SOME_FLATS = st.lists(
    st.fixed_dictionaries({"rooms": st.integers(1, 3), "in_qpv": st.booleans()}), min_size=1, max_size=6
)


def small_town(path: Path, flats: list[Any], people: list[Any], reservers: list[str]) -> Territory:
    waiting = []
    for n, one in enumerate(people):
        rest = {name: value for name, value in one.items() if name != "poor"}
        waiting.append((poor if one["poor"] else application)(f"a{n}", **rest))
    homes = [home(f"h{n}", surface=80, landlord_id="one", **flat) for n, flat in enumerate(flats)]
    free = [{**vacancy(f"v{n}", f"h{n}"), "reserver": reservers[n]} for n in range(len(flats))]
    return territory(path, homes, free, waiting)


def ranked_in(town: Territory, policy: Policy) -> Index:
    return index(town.table("applications").collect(), policy, DAY)


def one_by_one(
    ranked: Index, homes: list[dict[str, Any]], seat_of: Any
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The candidates of each home in turn, each going to its first; and the leases signed."""
    rows: list[tuple[Any, ...]] = []
    leases: list[tuple[Any, ...]] = []
    for place, one in enumerate(homes):
        gone = {who for _, who in leases}
        found = rank_one(ranked, one, reserver=one["reserver"], seat=seat_of(place, leases), without=gone)
        told = found.candidates.select("rank", "application_id", "quota").rows()
        rows += [(one["vacancy_id"], *row) for row in told]
        leases += [(place, who) for rank, who, _ in told if rank == 1]
    return rows, leases


@settings(max_examples=examples(10), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    flats=SOME_FLATS,
    people=SOME_PEOPLE,
    reservers=st.lists(st.sampled_from(RESERVERS), min_size=6, max_size=6),
    strength=st.sampled_from(["none", "soft", "hard"]),
)
def test_homes_one_by_one_with_the_seats_of_the_year_are_let_as_in_a_whole_allocation(
    tmp_path: Path, flats: list[Any], people: list[Any], reservers: list[str], strength: str
) -> None:
    reserved = policy(tmp_path, **RESERVED, reservers={"strength": strength})
    town = small_town(tmp_path / "t", flats, people, reservers)
    homes = offers(town)
    claimed = seats(homes, None, reserved, DAY)
    rows, _ = one_by_one(ranked_in(town, reserved), list(homes.iter_rows(named=True)), lambda place, _: claimed[place])
    whole = allocate(town, reserved).candidates.filter(~pl.col("proposed_elsewhere"))
    assert rows == whole.select("vacancy_id", "rank", "application_id", "quota").rows()


@settings(max_examples=examples(5), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(flats=SOME_FLATS, people=SOME_PEOPLE)
@pytest.mark.slow
def test_a_home_now_after_the_leases_of_the_year_is_let_as_an_allocation_of_it_alone(
    tmp_path: Path, flats: list[Any], people: list[Any]
) -> None:
    reserved = policy(tmp_path, **RESERVED)
    town = small_town(tmp_path / "t", flats, people, ["none"] * 6)
    ranked, homes = ranked_in(town, reserved), offers(town)
    rows = list(homes.iter_rows(named=True))

    def seat_of(place: int, signed: list[tuple[int, str]]) -> Any:
        return seat_now(ranked, rows[place], leases_of(ranked, homes, signed))

    found, leases = one_by_one(ranked, rows, seat_of)
    for place, one in enumerate(rows):
        alone = town_now(tmp_path / "now", town, ranked, homes, place, [each for each in leases if each[0] < place])
        told = allocate(alone, reserved).candidates.select("vacancy_id", "rank", "application_id", "quota").rows()
        assert told == [row for row in found if row[0] == one["vacancy_id"]]


def leases_of(ranked: Index, homes: pl.DataFrame, signed: list[tuple[int, str]]) -> pl.DataFrame:
    """The leases as a landlord's register has them, with what it knows of their homes."""
    people = ranked.standing.frame
    who = pl.DataFrame({"application_id": [each for _, each in signed]}, schema={"application_id": pl.String})
    facts = who.join(people, on="application_id", how="left", maintain_order="left").drop("reserver")
    let = homes[[place for place, _ in signed]].select(
        "home_id", "reserver", "in_qpv", "landlord_id", "epci", "department"
    )
    return facts.hstack(let).with_columns(pl.lit(DAY).alias("signed"))


def town_now(
    path: Path, town: Territory, ranked: Index, homes: pl.DataFrame, place: int, signed: list[tuple[int, str]]
) -> Territory:
    """The town as it is when a home falls vacant: the homes before are let, and who took them is out."""
    leases = leases_of(ranked, homes, signed)
    kept = leases.select(
        pl.format("l{}", pl.int_range(pl.len())).alias("lease_id"), "home_id", "signed", "reserver", "first_quartile",
        "priority", "transfer", "relocated_for_renewal", household_id=None, ended=None, rent=0, waited=0,
        origin=pl.lit("synthetic"),
    )  # fmt: skip
    schema = Leases.create_empty().schema
    tables = {
        "homes": town.table("homes").collect(),
        "vacancies": town.table("vacancies").filter(pl.col("vacancy_id") == homes["vacancy_id"][place]).collect(),
        "applications": town.table("applications")
        .filter(~pl.col("application_id").is_in([who for _, who in signed]))
        .collect(),
        "leases": kept.select(pl.col(name).cast(kind) for name, kind in schema.items()),
    }
    if path.exists():
        shutil.rmtree(path)
    return write(path, tables, {"name": "Made up", "reference_date": DAY.isoformat()})


def test_a_seat_is_of_the_first_quota_that_would_be_missed(tmp_path: Path) -> None:
    reserved = policy(tmp_path, quotas=[{**CIA, "share": 0.5, "strength": "hard"}])
    people = [application("a", seniority_from=date(2020, 1, 1)), application("b"), *[poor(f"poor{n}") for n in (1, 2)]]
    town = small_town(tmp_path / "t", [{"rooms": 2, "in_qpv": False}] * 3, [], ["none"] * 3)
    ranked, homes = (
        index(known(tmp_path / "p", [*people, *[application(f"c{n}") for n in range(6)]]), reserved, DAY),
        offers(town),
    )
    one = homes.row(0, named=True)
    seat = seat_now(ranked, one, None)
    assert seat is not None
    found = rank_one(ranked, one, seat=seat).candidates
    assert found.select("application_id", "quota").rows() == [("poor1", "own"), ("a", None), ("b", None)]
    assert seat_now(ranked, one, leases_of(ranked, homes, [(1, "poor1")])) is None, "one of two is half"
    assert seat_now(ranked, one, leases_of(ranked, homes, [(1, "poor1"), (2, "a")])) == seat
    assert rank_one(ranked, one, seat=seat, without={"poor1", "poor2"}).candidates["quota"].to_list() == [None] * 3


@given(st.lists(st.sampled_from(["one", "two", None]), min_size=1, max_size=12))
def test_homes_one_by_one_turn_between_reservers_as_all_at_once(landlords: list[str | None]) -> None:
    reservers = Reservers(
        "flow", shares={"state_priority": 25, "action_logement": 40}, excluded_homes=frozenset({"h3"})
    )
    ids = [f"h{n}" for n in range(len(landlords))]
    told = {"home_id": ids, "landlord_id": landlords, "department": "44", "reserver": "none"}
    homes = pl.DataFrame(told, schema_overrides={"landlord_id": pl.String})
    shares = conventions(None, reservers, homes, DAY)
    found: list[str] = []
    for place in range(homes.height):
        before = homes[:place].with_columns(pl.Series("reserver", found, pl.String))
        found += oriented(homes[place : place + 1], shares, reservers, before=before)
    assert found == oriented(homes, shares, reservers)
