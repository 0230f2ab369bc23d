"""How long one waits: against a slow twin, against waits that are known, and against the leases that follow."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from territories import application, frame_of, home

from carreau.allocation.waiting.backtest import backtest
from carreau.allocation.waiting.curve import LEAST_AT_RISK, curve, quartiles
from carreau.allocation.waiting.ranges import ranges, waiting_times
from carreau.allocation.waiting.spells import CELL, spells
from carreau.allocation.waiting.wording import duration, sentence
from carreau.errors import BadInput
from carreau.places.communes import Communes
from carreau.register.tables import Applications, Homes, Leases
from carreau.release.tables import PUBLISHED, merged, protect_table

LAST = date(2026, 1, 1)
FIRST = LAST - timedelta(days=729)
Spell = tuple[int, int, bool]


def lease(lease_id: str, signed: date, waited: int, **given: Any) -> dict[str, Any]:
    kept = {"rent": 30_000, "reserver": "none", "first_quartile": False, "priority": False, "transfer": False}
    fixed = {"relocated_for_renewal": False, "origin": "synthetic", "home_id": "h", **kept}
    return {"lease_id": lease_id, "signed": signed, "waited": waited, **fixed, **given}


def leases(*rows: dict[str, Any]) -> pl.DataFrame:
    return frame_of(list(rows), Leases)


def applications(*rows: dict[str, Any]) -> pl.DataFrame:
    return frame_of(list(rows), Applications)


HOMES = frame_of([home("h"), home("paris", commune="75113", rooms=3), home("unknown", rooms=None)], Homes)


def test_a_lease_and_an_application_as_spells() -> None:
    """Signed 100 days into the window after 400 days: it had waited 300 when the window opened."""
    signed = leases(
        lease("l", FIRST + timedelta(days=100), 400), lease("m", LAST, 20), lease("n", LAST, 1, home_id="unknown")
    )
    asking = applications(application("a", seniority_from=LAST - timedelta(days=1000), wanted_rooms_min=2))
    assert spells(signed, HOMES, asking, FIRST, LAST).rows() == [
        ("44109", 2, False, 300, 400, True),
        ("44109", 2, False, 0, 20, True),
        ("44109", 2, False, 271, 1000, False),
    ]


def test_an_application_asks_in_every_cell_it_wants_and_paris_is_one_place() -> None:
    asking = applications(
        application("a", wanted_communes=["44109", "75113", "75056"], wanted_rooms_min=1, wanted_rooms_max=2, dalo=True)
    )
    found = spells(leases(), HOMES, asking, FIRST, LAST).select(CELL).sort(CELL).rows()
    assert found == [("44109", 1, True), ("44109", 2, True), ("75056", 1, True), ("75056", 2, True)]
    told = waiting_times(leases(lease("l", LAST, 5, home_id="paris")), HOMES, asking, LAST)
    assert told.filter(pl.col("housed") > 0).select(CELL).rows() == [("75056", 3, False)]


def test_a_window_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(BadInput, match="before it starts"):
        spells(leases(), HOMES, applications(), LAST, FIRST)


def slow_curve(found: list[Spell]) -> list[tuple[int, float]]:
    """Day after day: who is observed waiting, who of them is housed, what share is left."""
    still, told = 1.0, []
    for day in range(max(left for _, left, _ in found) + 1):
        observed = sum(entered <= day <= left for entered, left, _ in found)
        housed = sum(left == day and out for _, left, out in found)
        if housed and observed >= LEAST_AT_RISK:
            still *= 1 - housed / observed
            told.append((day, still))
    return told


SPELLS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.booleans()).map(lambda s: (min(s[:2]), max(s[:2]), s[2])),
    min_size=1,
    max_size=25,
)


@given(SPELLS, SPELLS)
def test_the_curve_is_that_of_the_slow_twin_in_each_cell(one: list[Spell], two: list[Spell]) -> None:
    rows = [("a", *spell) for spell in one] + [("b", *spell) for spell in two]
    frame = pl.DataFrame(rows, schema=["cell", "entered", "left", "housed"], orient="row")
    found = curve(frame, ["cell"])
    for cell, its in (("a", one), ("b", two)):
        quick = found.filter(cell=cell).select("day", "still").rows()
        slow = slow_curve(its)
        assert [day for day, _ in quick] == [day for day, _ in slow]
        assert [left for _, left in quick] == pytest.approx([left for _, left in slow])
    for cell, first, median, last in quartiles(found, ["cell"]).rows():
        left = slow_curve(one if cell == "a" else two)
        for day, share in ((first, 0.75), (median, 0.5), (last, 0.25)):
            assert day == next((day for day, still in left if still <= share + 1e-12), None)


def town(seed: int, *, never: float, growth: float = 0.0) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Ten years of applicants whose wait is exponential, 500 days on average, but for a part never housed."""
    random = np.random.default_rng(seed)
    count = 12_000
    arrived = np.floor(-3650 * random.random(count) ** (1 + growth)).astype(int)  # days before LAST
    wait = np.floor(random.exponential(500, count)).astype(int)
    out = (random.random(count) >= never) & (arrived + wait <= 0)
    begun = [LAST + timedelta(days=int(day)) for day in arrived]
    signed = [lease(str(n), begun[n] + timedelta(days=int(wait[n])), int(wait[n])) for n in np.flatnonzero(out)]
    asking = [
        application(str(n), seniority_from=begun[n], filed=begun[n], wanted_rooms_min=2) for n in np.flatnonzero(~out)
    ]
    return leases(*signed), applications(*asking)


def told_in(made: tuple[pl.DataFrame, pl.DataFrame]) -> dict[str, Any]:
    return waiting_times(made[0], HOMES, made[1], LAST).row(0, named=True)


def test_known_waits_are_found_again() -> None:
    """Quartiles of an exponential wait with a mean of 500 days: 144, 347 and 693 days."""
    found = told_in(town(1, never=0.0))
    assert [found[name] for name in ("first", "median", "last")] == pytest.approx([144, 347, 693], rel=0.08)


def test_when_more_and_more_ask_those_housed_tell_too_little() -> None:
    found = told_in(town(2, never=0.0, growth=1.5))
    assert found["last"] == pytest.approx(693, rel=0.1)
    assert found["housed_last"] < 640


def test_when_most_are_never_housed_the_median_of_those_who_ask_is_not_reached() -> None:
    """Those housed have waited as before; a quarter of all who ask is 62 % of those who ever are: 490 days."""
    found = told_in(town(3, never=0.6))
    assert found["housed_median"] == pytest.approx(347, rel=0.1)
    assert found["first"] == pytest.approx(490, rel=0.15)
    assert found["median"] is None


def test_nothing_let_in_twelve_months_is_said() -> None:
    asking = applications(application("a", wanted_rooms_min=2), application("b", wanted_communes=["44162"]))
    signed = leases(
        lease("l", LAST - timedelta(days=365), 30), lease("m", LAST - timedelta(days=364), 30, priority=True)
    )
    found = waiting_times(signed, HOMES, asking, LAST)
    said = dict(found.select(pl.concat_str(CELL, separator=" "), "no_letting").iter_rows())
    assert said == {"44109 2 false": True, "44109 2 true": False, "44162 1 false": True, "44162 2 false": True}


def test_later_leases_fall_within_the_range_told_before() -> None:
    """Half of the later waits are within the middle half told, a quarter below; and as many are housed as expected."""
    signed, asking = town(4, never=0.2)
    found = backtest(signed, HOMES, asking, LAST - timedelta(days=365), LAST)
    assert found.leases > 500
    assert found.covered == pytest.approx(0.5, abs=0.06)
    assert found.below == pytest.approx(0.25, abs=0.05)


def test_a_backtest_shows_when_things_have_changed() -> None:
    """Had twice as many been let as before, the leases would be twice those expected."""
    signed, asking = town(5, never=0.0)
    cut = LAST - timedelta(days=365)
    steady = backtest(signed, HOMES, asking, cut, LAST)
    fewer = signed.filter((pl.col("signed") > cut) | (pl.int_range(pl.len()) % 2 == 0))
    changed = backtest(fewer, HOMES, asking, cut, LAST)
    assert steady.observed / steady.expected == pytest.approx(1, abs=0.1)
    assert changed.observed / changed.expected > 1.5


def test_without_leases_nothing_is_covered() -> None:
    found = backtest(leases(), HOMES, applications(application("a")), FIRST, LAST)
    assert (found.leases, found.covered, found.observed, found.expected) == (0, None, 0, 0.0)


def test_what_is_public_passes_the_gate() -> None:
    """Cells are merged until each holds eleven leases, ranges are those of the merged cells, and the gate counts."""
    signed, asking = town(6, never=0.3)
    few = leases(*(lease(f"paris {n}", LAST, 200 + n, home_id="paris") for n in range(10)))
    both = pl.concat([signed, few])
    found = spells(both, HOMES, asking, FIRST, LAST)
    epci = Communes.shipped().lookup.select("epci", commune="code")
    held = found.filter("housed").group_by(CELL).len("n").join(epci, on="commune")
    cells = merged(held, 11)
    placed = found.join(cells.select(*CELL, "cell"), on=CELL, how="inner").drop_nulls("cell")
    told = ranges(placed, ["cell"], placed.filter("housed")).select("cell", "first", "median", "last")
    published = cells.drop_nulls("cell").select("cell", *list(PUBLISHED)[:4], priority="told_priority").unique("cell")
    table = protect_table(placed.filter("housed"), published, told, step=30, threshold=11, facts={})
    assert table.rows["communes"].to_list() == [["44109"]], "ten leases in Paris are too few"
    assert all(days % 30 == 0 for days in table.rows.select("first", "median").row(0))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"no_letting": True}, "No home of this kind has been let here for twelve months"),
        (
            {"no_letting": False, "first": 150, "median": 760, "last": None},
            "Of four applications, one succeeds within 5 months, two within 3 years, "
            "three within a time longer than can be observed",
        ),
    ],
)
def test_a_range_in_words(row: dict[str, Any], said: str) -> None:
    assert sentence(row, "en") == said


def test_durations_are_rounded_up() -> None:
    assert [duration(days, "fr") for days in (0, 30, 31, 730, 731)] == [
        "1 mois",
        "1 mois",
        "2 mois",
        "24 mois",
        "3 ans",
    ]
