"""The public table of waits: each line about eleven households or more, one line a household, one table a year."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.site.waiting.conftest import NANTES, ORVAULT, PARIS, REZE, Lets

from carreau.allocation.waiting.ranges import YEAR
from carreau.allocation.waiting.spells import housed
from carreau.errors import BadInput
from carreau.register.territory import Territory
from carreau.release.tables import Table
from carreau.site.waiting.making import protected
from carreau.site.waiting.models import Covered, WaitingTable
from carreau.site.waiting.publishing import publish

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
County = Callable[..., Territory]
LATELY, BEFORE = list(range(0, 330, 30)), list(range(400, 730, 30))  # eleven and eleven


def told(table: Table) -> list[tuple[Any, ...]]:
    columns = ("communes", "rooms_from", "rooms_to", "priority", "no_letting")
    return [(*row[:4], bool(row[4])) for row in table.rows.select(columns).iter_rows()]


def test_what_was_let_is_told_and_what_was_not_is_said(county: County) -> None:
    """Eleven T2 were let in Nantes; a T3 for which eleven ask was not; a T4 for which ten ask is not told."""
    let = {(NANTES, 2, False): LATELY}
    table = protected(county(let, {(NANTES, 2): 20, (NANTES, 3): 11, (NANTES, 4): 10}))
    assert told(table) == [([NANTES], 2, 2, None, False), ([NANTES], 3, 3, None, True)]
    quiet = table.rows.filter(pl.col("rooms_from") == 3)
    assert quiet.select("first", "median", "last", "housed_first", "housed_last").row(0) == (None,) * 5
    assert all(days % 30 == 0 for days in table.rows.select("first", "housed_first", "housed_last").row(0) if days)


def test_leases_of_the_year_before_do_not_hide_that_nothing_was_let_since(county: County) -> None:
    table = protected(county({(NANTES, 1, False): LATELY, (NANTES, 2, False): BEFORE}, {(NANTES, 2): 30}))
    assert ([NANTES], 2, 2, None, True) in told(table)


def test_a_size_that_others_must_be_merged_across_is_told_with_them(county: County) -> None:
    """Six T1 and six T3 make a line only together; the T2 between them then is in it."""
    let = {(NANTES, 1, False): LATELY[:6], (NANTES, 3, False): LATELY[:6]}
    assert told(protected(county(let, {(NANTES, 2): 30}))) == [([NANTES], 1, 3, None, False)]


def test_priority_is_told_apart_only_where_both_hold_eleven(county: County) -> None:
    both = {(NANTES, 2, True): LATELY, (NANTES, 2, False): LATELY}
    assert [row[3] for row in told(protected(county(both, {})))] == [False, True]
    few = {(NANTES, 2, True): LATELY, (NANTES, 2, False): LATELY[:10]}
    assert [row[3] for row in told(protected(county(few, {}, "few")))] == [None]


def test_ten_households_are_not_told_and_communes_of_an_epci_are_merged(county: County) -> None:
    let = {(PARIS, 2, False): LATELY[:10], (REZE, 2, False): LATELY[:6], (ORVAULT, 2, False): LATELY[:5]}
    table = protected(county(let, {}))
    assert [row[0] for row in told(table)] == [[ORVAULT, REZE]]


def test_communes_without_a_home_of_the_territory_are_not_told(county: County) -> None:
    """Of another place's homes the territory does not see the leases: nothing let would not be true."""
    table = protected(county({(NANTES, 2, False): LATELY}, {("44162", 2): 50}))
    assert [row[0] for row in told(table)] == [[NANTES]]


COUNTS = st.dictionaries(
    st.tuples(st.sampled_from([NANTES, REZE, ORVAULT, PARIS]), st.integers(1, 5), st.booleans()),
    st.lists(st.integers(0, 728), max_size=25),
    max_size=12,
)
WANTED = st.dictionaries(
    st.tuples(st.sampled_from([NANTES, REZE, ORVAULT, PARIS]), st.integers(1, 5)), st.integers(1, 25), max_size=8
)


@given(let=COUNTS, wanted=WANTED)
@settings(max_examples=examples(16), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_let_no_line_is_about_fewer_than_eleven(
    county: County, tmp_path_factory: pytest.TempPathFactory, let: Lets, wanted: dict[tuple[str, int], int]
) -> None:
    """Counted again by hand from the leases: by line, and by every line taken out of the lines that hold it."""
    territory = county(let, wanted, tmp_path_factory.mktemp("one").name)
    rows = protected(territory).rows
    signed, homes = territory.table("leases").collect(), territory.table("homes").collect()
    day = territory.reference_date
    two_years = housed(signed, homes, date(2000, 1, 1), day)
    a_year = housed(signed, homes, day - YEAR, day)
    seen: set[tuple[str, int, bool]] = set()
    for row in rows.iter_rows(named=True):
        sizes = range(row["rooms_from"], row["rooms_to"] + 1)
        sides = [False, True] if row["priority"] is None else [row["priority"]]
        keys = {(commune, size, side) for commune in row["communes"] for size in sizes for side in sides}
        assert not keys & seen, "a household is in one line"
        seen |= keys
        if row["no_letting"] and len(row["communes"]) == 1 and row["rooms_from"] == row["rooms_to"]:
            commune, size = row["communes"][0], row["rooms_from"]
            quiet = a_year.filter(commune=commune.replace(PARIS, "75056"), rooms=size)
            assert quiet.is_empty()
            if wanted.get((commune.replace("75056", PARIS), size), 0) >= 11:
                continue
        held = sum(commune_rows(two_years, key) for key in keys)
        assert held >= 11


def commune_rows(frame: pl.DataFrame, key: tuple[str, int, bool]) -> int:
    commune, size, side = key
    return frame.filter(commune=commune, rooms=size, priority=side).height


def test_only_what_the_gate_made_is_published_and_again_is_nothing(county: County) -> None:
    table = protected(county({(NANTES, 2, False): LATELY}, {}))
    made = publish(table)
    assert publish(table) == made
    assert WaitingTable.objects.count() == Covered.objects.count() == 1
    with pytest.raises(TypeError, match="gate"):
        publish(table.rows)  # type: ignore[arg-type]
    object.__setattr__(table, "_rows", table.rows.with_columns(median=pl.lit(1, pl.Int32)))
    with pytest.raises(TypeError, match="gate"):
        publish(table)


def test_a_second_table_of_the_same_year_and_commune_is_refused(county: County) -> None:
    """Cut otherwise, the difference of the two could tell of a few."""
    publish(protected(county({(NANTES, 2, False): LATELY}, {})))
    other = protected(county({(NANTES, 2, False): [*LATELY, 5], (REZE, 2, False): LATELY}, {}, "other"))
    with pytest.raises(BadInput, match="published already"):
        publish(other)
    assert WaitingTable.objects.count() == 1
    assert Covered.objects.count() == 1


def test_a_territory_without_leases_says_what_it_lacks(town: Callable[..., Territory]) -> None:
    with pytest.raises(BadInput, match="has no leases"):
        protected(town())
