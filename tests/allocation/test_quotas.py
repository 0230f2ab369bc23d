"""Where a year's quotas stand, and whose turn it is among reservers."""

from datetime import date
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carreau.allocation.contingents import Reservers, check_shares, conventions, flow_meters, oriented
from carreau.allocation.quotas import METERS, Quota, least, meters
from carreau.allocation.reserves import asked
from carreau.errors import BadInput

DAY = date(2026, 6, 30)
FIRST = Quota("first", "first_quartile_or_renewal", "outside_qpv", "epci", False, "r", "first_quartile_outside_qpv")
OTHERS = Quota("others", "other_quartiles", "in_qpv", "epci", False, "r", "other_quartiles_in_qpv")
PRIORITY = Quota("priority", "priority", "everywhere", "reserver", True, "r", "priority_share")


def lease(**given: Any) -> dict[str, Any]:
    """A lease outside QPV on nobody's contingent, of no population of the law but the other quartiles."""
    usual = {
        "home_id": "h",
        "signed": DAY,
        "reserver": "none",
        "in_qpv": False,
        "landlord_id": "one",
        "epci": "e",
        "department": "44",
    }
    flags = dict.fromkeys(["first_quartile", "relocated_for_renewal", "priority", "transfer", "dalo"], False)
    return {**usual, **flags, **given}


def all_of(found: pl.DataFrame, quota: str) -> dict[str, Any]:
    return found.filter(pl.col("quota") == quota, pl.col("by") == "all").row(0, named=True)


def test_a_quarter_of_the_leases_outside_qpv() -> None:
    leases = pl.DataFrame([lease() for _ in range(4)] + [lease(first_quartile=True), lease(in_qpv=True)])
    found = all_of(meters(leases, [FIRST], DAY), "first")
    assert found == {
        "quota": "first",
        "by": "all",
        "group": None,
        "share": 250,
        "hard": False,
        "counted": 5,
        "target": 2,  # a quarter of five, rounded up
        "reached": 1,
        "reachable": 1,
    }


def test_an_unknown_income_is_in_no_quartile() -> None:
    unknown = {"first_quartile": None, "in_qpv": True}
    leases = pl.DataFrame([lease(**unknown), lease(**unknown), lease(first_quartile=True, in_qpv=True)])
    found = all_of(meters(leases, [OTHERS], DAY), "others")
    assert (found["counted"], found["target"], found["reached"]) == (3, 2, 0)


def test_a_household_to_relocate_counts_with_the_first_quartile_and_with_the_others() -> None:
    leases = pl.DataFrame([lease(relocated_for_renewal=True), lease(relocated_for_renewal=True, in_qpv=True)])
    found = meters(leases, [FIRST, OTHERS], DAY)
    assert all_of(found, "first")["reached"] == 1
    assert all_of(found, "others")["reached"] == 1


def test_only_the_leases_signed_this_year_until_the_day_count() -> None:
    days = [date(2025, 12, 31), date(2026, 1, 1), DAY, date(2026, 7, 1)]
    leases = pl.DataFrame([lease(signed=day, first_quartile=True) for day in days])
    assert all_of(meters(leases, [FIRST], DAY), "first")["counted"] == 2


def test_each_landlord_and_each_epci_has_its_own_row() -> None:
    leases = pl.DataFrame([lease(landlord_id="one"), lease(landlord_id="two", first_quartile=True)])
    found = meters(leases, [FIRST], DAY).select("by", "group", "counted", "reached").rows()
    assert found == [("all", None, 2, 1), ("landlord", "one", 1, 0), ("landlord", "two", 1, 1), ("epci", "e", 2, 1)]


def test_the_priority_share_is_of_each_contingent_that_the_law_names() -> None:
    leases = [lease(reserver="action_logement", priority=True) for _ in range(3)] + [
        lease(reserver="action_logement"),
        lease(reserver="none"),
        lease(reserver="state_priority"),  # for priority households as a whole: no share is told
    ]
    found = meters(pl.DataFrame(leases), [PRIORITY], DAY).filter(pl.col("by").is_in(["all", "reserver"]))
    assert found.select("group", "counted", "target", "reached").rows() == [
        (None, 5, 2, 3),
        ("action_logement", 4, 1, 3),
        ("none", 1, 1, 0),
    ]


def test_what_is_to_come_this_year_says_what_can_still_be_reached() -> None:
    signed = pl.DataFrame([lease() for _ in range(6)])
    coming = pl.DataFrame([lease(first_quartile=True), lease(first_quartile=False)]).drop("signed")
    found = all_of(meters(signed, [FIRST], DAY, expected=coming), "first")
    assert (found["counted"], found["target"], found["reached"], found["reachable"]) == (8, 2, 0, 1)


def test_a_reserve_on_a_contingent_is_a_share_of_all_leases() -> None:
    dalo = Quota("dalo", "dalo", "everywhere", "landlord", True, "r", share=100, contingent="state_priority")
    leases = [lease() for _ in range(9)] + [lease(dalo=True), lease(dalo=True, reserver="state_priority")]
    found = all_of(meters(pl.DataFrame(leases), [dalo], DAY), "dalo")
    assert (found["counted"], found["target"], found["reached"]) == (11, 2, 1)


def test_a_column_that_is_missing_is_named() -> None:
    with pytest.raises(BadInput, match="leases lack the column in_qpv"):
        meters(pl.DataFrame([lease()]).drop("in_qpv"), [FIRST], DAY)
    with pytest.raises(BadInput, match="leases lack the column signed"):
        meters(pl.DataFrame([lease()]).drop("signed"), [FIRST], DAY)


def test_no_lease_gives_noughts() -> None:
    found = meters(pl.DataFrame([lease()]).clear(), [FIRST, OTHERS, PRIORITY], DAY)
    assert found.schema == METERS
    assert found.select("counted", "target", "reached", "reachable").rows() == [(0, 0, 0, 0)] * 3


@given(share=st.integers(0, 1000), leases=st.integers(0, 10_000))
def test_the_fewest_leases_are_a_share_and_one_less_is_not(share: int, leases: int) -> None:
    found = least(share, leases)
    assert Fraction(found) >= Fraction(share * leases, 1000) > found - 1


SOME_LEASES = st.lists(
    st.fixed_dictionaries(
        {
            "in_qpv": st.sampled_from([True, False, None]),
            "first_quartile": st.booleans(),
            "relocated_for_renewal": st.booleans(),
            "landlord_id": st.sampled_from(["one", "two"]),
            "signed": st.sampled_from([date(2025, 6, 1), date(2026, 2, 1), date(2026, 12, 1)]),
        }
    ),
    max_size=12,
)


@given(rows=SOME_LEASES)
def test_meters_equal_a_count_by_hand(rows: list[dict[str, Any]]) -> None:
    leases = pl.DataFrame([lease(**row) for row in rows], schema=pl.DataFrame([lease()]).schema)
    found = meters(leases, [FIRST, OTHERS], DAY)
    now = [row for row in rows if row["signed"] == date(2026, 2, 1)]
    outside, inside = [r for r in now if not r["in_qpv"]], [r for r in now if r["in_qpv"]]
    quarter = all_of(found, "first")
    assert quarter["counted"] == len(outside)
    assert quarter["reached"] == sum(r["first_quartile"] or r["relocated_for_renewal"] for r in outside)
    half = all_of(found, "others")
    assert (half["counted"], half["target"]) == (len(inside), (len(inside) + 1) // 2)
    assert half["reached"] == sum(not r["first_quartile"] for r in inside)
    by_landlord = found.filter(pl.col("by") == "landlord", pl.col("quota") == "first")
    assert by_landlord["counted"].sum() == len(outside)


def test_shares_of_reservers_that_cannot_be_are_refused() -> None:
    check_shares({"state_priority": 25, "state_civil_servants": 5, "action_logement": 40}, DAY)
    check_shares({"state_priority": 40}, DAY, agreed_otherwise="convention of 2025")
    for shares, problem in (
        ({"state_priority": 30, "state_civil_servants": 5}, "the prefect would have 35 % of the flow, more than 30 %"),
        ({"state_civil_servants": 6}, "state_civil_servants would have 6 % of the flow, more than 5 %"),
        ({"action_logement": 60, "local_authorities": 50}, "make 110 % together"),
        ({"bishop": 1}, "unknown reserver 'bishop'"),
        ({"other": 0.5}, "whole number from 0 to 100"),
    ):
        with pytest.raises(BadInput, match=problem):
            check_shares(shares, DAY)


def owed(*rows: tuple[str, int]) -> pl.DataFrame:
    return pl.DataFrame([{"landlord_id": "one", "department": "44", "reserver": r, "share": s} for r, s in rows])


def test_the_flow_leaves_out_transfers_relocations_and_excluded_homes() -> None:
    leases = [lease(reserver="action_logement") for _ in range(3)] + [lease() for _ in range(2)]
    leases += [lease(transfer=True), lease(relocated_for_renewal=True), lease(home_id="barracks")]
    shares = owed(("action_logement", 40), ("local_authorities", 20))
    found = flow_meters(pl.DataFrame(leases), shares, Reservers(excluded_homes=frozenset({"barracks"})), DAY)
    assert found.select("reserver", "flow", "due", "given").rows() == [
        ("action_logement", 5, 2, 3),
        ("local_authorities", 5, 1, 0),
    ]


def test_conventions_are_the_territorys_else_the_policys() -> None:
    flow = pl.DataFrame([{"landlord_id": "one", "department": "44"}])
    told = owed(("state_priority", 25)).with_columns(pl.lit(date(2026, 1, 1)).alias("valid_from"))
    assert conventions(told, Reservers(shares={"other": 9}), flow, DAY).rows() == [("one", "44", "state_priority", 25)]
    assert conventions(None, Reservers(shares={"other": 9}), flow, DAY).rows() == [("one", "44", "other", 9)]
    with pytest.raises(BadInput, match="landlord one, département 44: the prefect would have 45 %"):
        conventions(told.with_columns(pl.lit(45).alias("share")), Reservers(), flow, DAY)


@pytest.mark.parametrize(("day", "held"), [(date(2026, 6, 29), []), (DAY, [25]), (date(2026, 7, 1), [25])])
def test_a_convention_holds_from_its_first_day_on(day: date, held: list[int]) -> None:
    flow = pl.DataFrame([{"landlord_id": "one", "department": "44"}])
    told = owed(("state_priority", 25)).with_columns(pl.lit(DAY).alias("valid_from"))
    assert conventions(told, Reservers(), flow, day)["share"].to_list() == held


@pytest.mark.parametrize(
    ("signed", "counted"),
    [(date(2025, 12, 31), 0), (date(2026, 1, 1), 1), (DAY, 1), (date(2026, 7, 1), 0)],
)
def test_the_flow_counts_leases_from_1_january_to_the_day(signed: date, counted: int) -> None:
    found = flow_meters(pl.DataFrame([lease(signed=signed)]), owed(("action_logement", 40)), Reservers(), DAY)
    assert found["flow"].to_list() == [counted]


def test_a_reserve_counts_the_leases_of_the_year_until_the_day() -> None:
    days = (date(2025, 12, 31), date(2026, 1, 1), DAY, date(2026, 7, 1))
    leases = pl.DataFrame([lease(signed=day, dalo=True) for day in days])
    homes = pl.DataFrame([lease() for _ in range(3)])
    half = Quota("half", "dalo", "everywhere", "landlord", True, "r", share=500)
    (one,) = asked(homes, leases, (half,), DAY)
    assert (one.counted, one.reached, one.seats) == (2, 2, 1)


def test_a_reserve_asks_for_no_more_seats_than_its_contingent_has_homes() -> None:
    homes = pl.DataFrame([lease(reserver=one) for one in ("none", "state_priority", "none", "none")])
    half = Quota("half", "dalo", "everywhere", "landlord", True, "r", share=500, contingent="state_priority")
    (one,) = asked(homes, None, (half,), DAY)
    assert (one.homes.tolist(), one.scope.tolist(), one.seats) == ([1], [0, 1, 2, 3], 1)


def test_a_home_goes_to_the_reserver_that_is_owed_most() -> None:
    vacancies = pl.DataFrame([lease(home_id=f"h{n}") for n in range(10)])
    found = oriented(vacancies, owed(("action_logement", 40), ("state_priority", 30)), Reservers())
    assert {one: found.count(one) for one in set(found)} == {"action_logement": 4, "state_priority": 3, "none": 3}
    kept = oriented(vacancies, owed(("action_logement", 100)), Reservers(excluded_homes=frozenset({"h3"})))
    assert kept == ["action_logement"] * 3 + ["none"] + ["action_logement"] * 6


@given(shares=st.lists(st.integers(0, 50), min_size=2, max_size=2), homes=st.integers(0, 60))
def test_the_flow_is_never_more_than_two_homes_away_from_what_is_owed(shares: list[int], homes: int) -> None:
    vacancies = pl.DataFrame([lease(home_id=f"h{n}") for n in range(homes)], schema=pl.DataFrame([lease()]).schema)
    found = oriented(vacancies, owed(("action_logement", shares[0]), ("local_authorities", shares[1])), Reservers())
    for name, share in zip(("action_logement", "local_authorities"), shares, strict=True):
        assert abs(found.count(name) - Fraction(share * homes, 100)) < 2
