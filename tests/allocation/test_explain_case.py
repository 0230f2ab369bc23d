"""Why not me: for who is presented, passed over or not eligible, and what would have mattered."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from territories import DAY, application, home, territory, vacancy
from tests.examples import examples

from carreau.allocation.allocate import allocate
from carreau.allocation.allocation import Allocation
from carreau.allocation.explain_case import BY_RIGHT, Asking
from carreau.allocation.explain_changes import Change, applied, around, smallest_change
from carreau.allocation.explain_wording import sentences
from carreau.allocation.fit.conditions import CONDITIONS
from carreau.allocation.policy import Policy
from carreau.allocation.quotas import POPULATIONS, Quota
from carreau.errors import BadInput
from carreau.register.territory import Territory
from carreau.text import knows

FIRST_COME, POINTS = Policy.load("first-come"), Policy.load("points")
Rows = list[dict[str, Any]]


def asking(place: Territory, policy: Policy = FIRST_COME) -> Asking:
    return Asking(allocate(place, policy), place, policy)


def queue(count: int, **given: Any) -> Rows:
    """People who have waited since 2015, 2016 …"""
    return [application(f"q{n}", seniority_from=date(2015 + n, 1, 1), **given) for n in range(count)]


def town(path: Path, waiting: Rows, *homes: dict[str, Any]) -> Territory:
    offered = homes or (home("h"),)
    vacancies = [vacancy(f"v{one['home_id'][1:]}", one["home_id"]) for one in offered]
    return territory(path, list(offered), vacancies, waiting)


def said(asked: Asking, application_id: str, home_id: str = "h", *, exact: bool = True) -> str:
    case = asked.case(application_id, home_id=home_id)
    return " | ".join(sentences(case, smallest_change(asked, case), "en", exact=exact))


def test_who_is_presented(tmp_path: Path) -> None:
    asked = asking(town(tmp_path / "t", queue(4)))
    case = asked.case("q1", home_id="h")
    assert (case.kind, case.rank, case.running, case.decided_by) == ("presented", 2, 4, "seniority")
    assert said(asked, "q1") == (
        "Rank 2 of 4 eligible households: applying since 1 January 2016; ranked on seniority alone."
    )
    assert smallest_change(asked, case) is None


def test_who_is_passed_over(tmp_path: Path) -> None:
    asked = asking(town(tmp_path / "t", queue(4)))
    assert said(asked, "q3") == (
        "Eligible, not presented: rank 4 of 4 eligible households, 3 presented"
        " | Applying since 1 January 2018; the last one presented is ahead on seniority"
        " | No change of what is asked for was found that would have been enough"
    )


def test_who_is_not_eligible(tmp_path: Path) -> None:
    waiting = [application("a", wanted_rooms_max=1, reference_income=90_000, needs_adapted_home=True)]
    assert said(asking(town(tmp_path / "t", waiting)), "a").startswith(
        "Not eligible for this home: it has 2 rooms, and the application suits a home of 1; "
        "the reference income is not under the ceiling of the home; an adapted home is needed, and this one is not"
    )


def test_sizes_that_do_not_suit_the_household_are_said_to_be(tmp_path: Path) -> None:
    """A household of six that asks for one or two rooms."""
    family = application("six", kind="couple_children", births=[date(1990, 1, 1)] * 2 + [date(2020, 1, 1)] * 4)
    assert "the sizes asked for do not suit the household" in said(asking(town(tmp_path / "t", [family])), "six")


def test_who_was_proposed_another_home(tmp_path: Path) -> None:
    asked = asking(town(tmp_path / "t", queue(5), home("h1"), home("h2")))
    case = asked.case("q0", home_id="h2")
    assert (case.kind, case.rank, case.decided_by) == ("passed_over", None, "proposed_elsewhere")
    assert said(asked, "q0", "h2") == (
        "Eligible, not presented for this home: another home was proposed | Applying since 1 January 2015"
    )


def test_one_room_more_would_have_mattered(tmp_path: Path) -> None:
    """Four before her for the T2; nobody else asks for the T3, to which she has a right with a child to come."""
    her = application("her", expected_births=1, wanted_rooms_min=2)
    asked = asking(town(tmp_path / "t", [*queue(4), her], home("h"), home("h3", rooms=3, surface=60)))
    case = asked.case("her", home_id="h")
    assert case.kind == "passed_over"
    assert smallest_change(asked, case) == Change(rooms=(2, 3), gives="elsewhere")
    assert said(asked, "her").endswith(
        "Asking for 2 to 3 rooms, the application would have been presented for another home of the same period"
    )
    assert said(asked, "her", "h3").endswith(
        "Asking for 2 to 3 rooms, the application would have been presented for this home"
    )


def test_a_room_that_the_household_may_not_have_is_not_suggested(tmp_path: Path) -> None:
    asked = asking(town(tmp_path / "t", [application("a")], home("h", rooms=3, surface=60)))
    case = asked.case("a", home_id="h")
    assert case.fails == ("rooms",)
    assert smallest_change(asked, case) is None


def test_a_neighbouring_commune_would_have_mattered(tmp_path: Path) -> None:
    """Orvault touches Nantes, and a home there had nobody."""
    assert "44114" in around("44109")
    assert "75113" not in around("44109")
    there = home("h9", commune="44114")
    asked = asking(town(tmp_path / "t", queue(5), home("h"), there))
    case = asked.case("q4", home_id="h")
    assert smallest_change(asked, case) == Change(commune="44114", gives="elsewhere")
    assert "Asking for Orvault as well" in said(asked, "q4")
    assert smallest_change(asked, asked.case("q4", home_id="h9")) == Change(commune="44114", gives="presented")


def test_a_change_that_only_makes_eligible_is_told_as_such(tmp_path: Path) -> None:
    waiting = [*queue(3), application("late", wanted_communes=["44162"])]
    asked = asking(town(tmp_path / "t", waiting))
    case = asked.case("late", home_id="h")
    assert smallest_change(asked, case) == Change(commune="44109", gives="running")


def test_a_document_that_the_grid_awaits_would_have_mattered(tmp_path: Path) -> None:
    """A grid that counts the right to housing once its decision was seen: ten points, more than years of waiting."""
    criteria = [
        {"criterion": "seniority", "kind": "seniority", "points_per_month": 1, "cap": 9},
        {"criterion": "dalo", "kind": "dalo", "points": 10, "counts": "validated"},
    ]
    grid = {"name": "g", "title": {"fr": "G", "en": "G"}, "reference": "r", "certainty": "verified"}
    (tmp_path / "g.yaml").write_text(yaml.safe_dump({**grid, "rubrics": {"r": criteria}}), encoding="utf-8")
    page = {"name": "mine", "title": {"fr": "M", "en": "M"}, "mechanism": "points", "grid": "g.yaml", "reference": "r"}
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(page), encoding="utf-8")
    her = application("her", dalo=True, seniority_from=date(2025, 9, 1))
    asked = asking(town(tmp_path / "t", [*queue(4), her]), Policy.load(tmp_path / "mine.yaml"))
    case = asked.case("her", home_id="h")
    assert (case.rank, case.own.points, case.own.pending) == (5, 4, (("dalo", 10, "validated"),))
    assert smallest_change(asked, case) == Change(validated="dalo", gives="presented")
    assert "With the document validated for “right to housing (DALO)”, the application would have" in said(asked, "her")


def test_the_population_that_a_quota_kept_the_first_place_for_is_told_and_no_person(tmp_path: Path) -> None:
    quota = Quota("for_transfers", "transfer", "everywhere", "epci", hard=True, reference="r", share=1000)
    policy = replace(FIRST_COME, quotas=(quota,))
    mover = application("mover", present_housing="social_tenant", present_home_id="old")
    place = town(tmp_path / "t", [*queue(4), mover], home("h", epci="244400404"))
    asked = asking(place, policy)
    case = asked.case("q3", home_id="h")
    assert (case.kind, case.favoured, case.rank) == ("passed_over", "transfer", 5)
    assert "The first place was kept for an aim: social tenants who ask to move" in said(asked, "q3")
    told = " ".join(sentences(case, None, "en", exact=False))
    assert "The first place was kept" not in told
    assert "the ranking may keep the place in front, for some homes, for: social tenants who ask to move" in told
    elsewhere = replace(case, favoured="")  # a home whose first place nothing was kept for is told the same
    assert " ".join(sentences(elsewhere, None, "en", exact=False)) == told
    assert asked.case("mover", home_id="h").decided_by == "quota"


def test_lots_drawn_stay_as_they_were_drawn(tmp_path: Path) -> None:
    asked = asking(town(tmp_path / "t", queue(6), home("h"), home("h3", rooms=3, surface=60)), Policy.load("lottery"))
    cases = [asked.case(f"q{n}", home_id="h") for n in range(6)]
    assert sorted(case.rank for case in cases if case.rank) == [1, 2, 3, 4, 5, 6]
    passed = [case for case in cases if case.kind == "passed_over"]
    assert {case.decided_by for case in passed} == {"lottery"}


def test_income_and_access_are_facts_that_nobody_is_told_to_change(tmp_path: Path) -> None:
    waiting = [application("rich", reference_income=90_000), application("adapted", needs_adapted_home=True)]
    asked = asking(town(tmp_path / "t", waiting))
    assert [smallest_change(asked, asked.case(one, home_id="h")) for one in ("rich", "adapted")] == [None, None]


def test_the_applicant_is_told_tens_and_the_officer_numbers(tmp_path: Path) -> None:
    few = asking(town(tmp_path / "few", queue(10)))
    many = asking(town(tmp_path / "many", [*queue(10), *(application(f"z{n:02}") for n in range(27))]))
    assert "rank among the first ten of fewer than eleven eligible" in said(few, "q4", exact=False)
    assert "rank after 20 of at least 30 eligible" in said(many, "z15", exact=False)
    assert "rank 26 of 37 eligible" in said(many, "z15", exact=True)
    assert "Rank 1 of fewer than eleven eligible" in said(few, "q0", exact=False)
    assert "Rank 1 of at least 30 eligible" in said(many, "q0", exact=False)
    assert "Rank 1 of 37 eligible" in said(many, "q0", exact=True)


def test_an_answer_about_one_depends_on_no_fact_of_another(tmp_path: Path) -> None:
    """As long as the order is the same, whatever else changes of the others, the applicant is told the same."""
    other = {"resources": 900, "reference_income": 3_000, "present_commune": "75113", "reason": "work"}
    told = [
        said(asking(town(tmp_path / str(n), [*queue(4, **given), application("me")])), "me", exact=False)
        for n, given in enumerate(({}, other))
    ]
    assert told[0] == told[1]
    assert not any(f"q{n}" in told[0] for n in range(4))


def test_what_the_run_was_not_made_from_is_refused(tmp_path: Path) -> None:
    place = town(tmp_path / "t", queue(2))
    run = allocate(place, FIRST_COME)
    with pytest.raises(BadInput, match="from another territory, or before this one changed"):
        Asking(run, town(tmp_path / "other", queue(3)), FIRST_COME)
    with pytest.raises(BadInput, match="under the policy first-come, not points"):
        Asking(run, place, POINTS)
    with pytest.raises(BadInput, match="application gone is not among"):
        Asking(run, place, FIRST_COME).case("gone", home_id="h")
    with pytest.raises(BadInput, match="home gone is not among the vacancies"):
        Asking(run, place, FIRST_COME).case("q0", home_id="gone")


SOME = st.fixed_dictionaries(
    {
        "seniority_from": st.sampled_from([date(year, 1, 1) for year in range(2015, 2025)]),
        "dalo": st.booleans(),
        "expected_births": st.integers(0, 1),
        "wanted_communes": st.sampled_from([["44109"], ["44114"], ["44109", "44162"]]),
        "wanted_rooms_max": st.integers(1, 3),
    }
)
OFFERED = st.fixed_dictionaries(
    {"commune": st.sampled_from(["44109", "44114", "44162"]), "rooms": st.integers(1, 3), "surface": st.just(70)}
)


@settings(max_examples=examples(5), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(SOME, min_size=4, max_size=7),
    st.lists(OFFERED, min_size=1, max_size=2),
    st.sampled_from([FIRST_COME, POINTS, Policy.load("lottery")]),
)
@pytest.mark.slow
def test_making_the_change_and_running_again_does_change_what_comes_out(
    tmp_path_factory: pytest.TempPathFactory, people: Rows, offered: Rows, policy: Policy
) -> None:
    """The twin: with the change in the register, the whole run presents the application where it did not."""
    folder = tmp_path_factory.mktemp("twin")
    waiting = [application(f"a{n}", **one) for n, one in enumerate(people)]
    homes = [home(f"h{n}", **one) for n, one in enumerate(offered)]
    asked = asking(town(folder / "before", waiting, *homes), policy)
    for number, one in enumerate(waiting):
        case = asked.case(one["application_id"], home_id="h0")
        assert (case.kind == "presented") == (one["application_id"] in presented(asked.allocation, "v0"))
        change = smallest_change(asked, case)
        if change is None:
            continue
        changed = [applied(row, change) if row is one else row for row in waiting]
        after = allocate(town(folder / str(number), changed, *homes), policy)
        shown = one["application_id"] in presented(after, "v0")
        new = where(after, one["application_id"]) - where(asked.allocation, one["application_id"])
        if change.gives == "presented":
            assert shown or one["application_id"] in set(after.assignments["application_id"])
        elif change.gives == "elsewhere":
            assert new
        else:
            assert not shown
            assert fits(after, "v0") > fits(asked.allocation, "v0")


def presented(run: Allocation, vacancy_id: str) -> list[str]:
    rows = run.candidates.filter(pl.col("vacancy_id") == vacancy_id)
    return rows["application_id"].to_list()


def where(run: Allocation, application_id: str) -> set[str]:
    return set(run.candidates.filter(pl.col("application_id") == application_id)["vacancy_id"])


def fits(run: Allocation, vacancy_id: str) -> int:
    return int(run.vacancies.filter(pl.col("vacancy_id") == vacancy_id)["eligible_count"].item())


def test_every_condition_reason_and_population_has_its_words() -> None:
    keys = [f"case.fails_{one}" for one in (*CONDITIONS, "place")] + [f"case.population_{one}" for one in POPULATIONS]
    keys += [f"case.before_{one}" for one in BY_RIGHT if one not in ("reserver", "proposed_elsewhere")]
    assert [key for key in keys if not knows(key)] == []


def test_the_day_is_that_of_the_territory(tmp_path: Path) -> None:
    assert asking(town(tmp_path / "t", queue(1))).day == DAY
