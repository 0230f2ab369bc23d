"""A second year beside the first: units are kept, and what changes between them tells of nobody."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import examples

from carreau.attack.findings import BROKEN, SAFE, Attack
from carreau.attack.published import read
from carreau.attack.searching import attack
from carreau.errors import BadInput
from carreau.places.grid import cell_ids
from carreau.register.territory import Territory, write
from carreau.release.building import build
from carreau.release.exports import write as publish
from carreau.release.gate import Release
from carreau.release.keeping import follow
from carreau.release.ledger import Ledger
from carreau.release.partition.drawn import CELL_KEY, Drawn, refuse_overlaps
from carreau.release.partition.finest import finest
from carreau.release.previous import Former, read_former

Maker = Callable[..., Territory]
Counts = Mapping[int, int]
HOUSEHOLD: tuple[Any, ...] = (2, "couple", 30_000, False)
FIRST, SECOND = "2025-01-01", "2026-01-01"
START = {0: 15, 1: 7, 2: 8, 3: 20}
"""Four cells in a row: the second and the third are a unit."""


@pytest.fixture
def year(territory: Maker, tmp_path: Path) -> Callable[..., Release]:
    """A release of so many households in cells of a row, written to a folder called as its date."""

    def make(counts: Counts, date: str, *, to: str = "", **asked: Any) -> Release:
        living = [((0, 200 * cell), *HOUSEHOLD) for cell, number in counts.items() for _ in range(number)]
        made = territory(living)
        dated = write(made.path, {}, dict(made.facts) | {"reference_date": date}, keep=["homes", "households"])
        release = build(dated, indicators="none", **asked)
        publish(release, tmp_path / (to or date))
        return release

    return make


def both(tmp_path: Path, second: str = SECOND) -> Attack:
    return attack([table for name in (FIRST, second) for table in read(tmp_path / name)])


def told(release: Release) -> list[tuple[str, int]]:
    return [(name.rpartition("E")[2], number) for name, number in release.units.select("unit_id", "households").rows()]


AT_FIRST = [("0", 15), ("200-2", 15), ("600", 20)]


def test_a_fresh_partition_of_the_second_year_is_broken_and_the_kept_one_is_not(year: Any, tmp_path: Path) -> None:
    later = START | {1: 12, 2: 12}
    assert told(year(START, FIRST)) == AT_FIRST
    year(later, SECOND, to="fresh")
    result = both(tmp_path, "fresh")
    assert result.verdict == BROKEN
    assert {one.way for one in result.findings} == {"moved"}
    release = year(later, SECOND, previous=[tmp_path / FIRST])
    assert told(release) == AT_FIRST
    assert release.units["as_of"].to_list() == [FIRST] * 3
    assert both(tmp_path).verdict == SAFE
    assert [one["reference_date"] for one in release.facts["previous"]] == [FIRST]


def test_a_unit_that_fell_below_keeps_its_row_and_joins_no_other(year: Any, tmp_path: Path) -> None:
    year(START, FIRST)
    release = year(START | {3: 6}, SECOND, previous=[tmp_path / FIRST])
    assert told(release) == AT_FIRST
    assert (release.withheld, release.quality["renewed"]) == (0, 0)
    assert both(tmp_path).verdict == SAFE


def test_new_cells_are_units_among_themselves_or_wait(year: Any, tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger")
    first = year(START, FIRST, ledger=ledger)
    known = ledger.followed_by(first.digest, first.entries)
    release = year(START | {4: 5, 8: 13}, SECOND, previous=[tmp_path / FIRST], ledger=known)
    assert told(release) == [*AT_FIRST, ("800-5", 18)]
    assert release.units["as_of"].to_list() == [FIRST, FIRST, FIRST, SECOND]
    alone = year(START | {4: 5, 8: 13}, SECOND, previous=[tmp_path / FIRST])
    assert told(alone) == AT_FIRST, "without a ledger nobody knows who moved there"
    lone = year(START | {4: 5}, SECOND, previous=[tmp_path / FIRST], ledger=known)
    assert told(lone) == AT_FIRST
    assert lone.withheld == 5
    assert both(tmp_path).verdict == SAFE


@pytest.mark.parametrize("more", [4, 14])
def test_a_home_on_a_bridge_leaves_the_row_as_it_was(more: int, year: Any, tmp_path: Path) -> None:
    """A unit of two cells over an empty one, where few live the next year, or many."""
    start = {0: 6, 2: 7, 9: 30}
    assert told(year(start, FIRST)) == [("0-3", 13), ("1800", 30)]
    assert told(year(start | {1: more}, SECOND, previous=[tmp_path / FIRST])) == [("0-3", 13), ("1800", 30)]
    assert both(tmp_path).verdict == SAFE


def test_a_correction_of_the_same_date_follows_what_it_corrects(year: Any, tmp_path: Path) -> None:
    more = START | {1: 12, 2: 12}
    year(START, FIRST)
    year(more, FIRST, to="fresh")
    with pytest.raises(BadInput, match="contradict"):
        both(tmp_path, "fresh")
    assert told(year(more, FIRST, to="corrected", previous=[tmp_path / FIRST])) == AT_FIRST
    assert both(tmp_path, "corrected").verdict == SAFE
    ledger = Ledger.open(tmp_path / "ledger")
    earlier = [tmp_path / FIRST, tmp_path / "corrected"]
    again = year(more | {8: 12}, FIRST, to="again", previous=earlier, ledger=ledger)
    assert told(again) == AT_FIRST, "the ledger does not know the former rows: who moved into the new unit is not known"
    folders = (FIRST, "corrected", "again")
    assert attack([table for one in folders for table in read(tmp_path / one)]).verdict == SAFE
    assert [table.edition for one in folders for table in read(tmp_path / one)] == [0, 1, 2]


def test_the_latest_edition_of_a_date_comes_first_in_whatever_order_they_are_given(year: Any, tmp_path: Path) -> None:
    year(START, FIRST)
    year(START, FIRST, to="corrected", previous=[tmp_path / FIRST])
    folders = [tmp_path / FIRST, tmp_path / "corrected"]
    for given_so in (folders, folders[::-1]):
        found = read_former(given_so, method="finest", count="households", day=SECOND)
        assert [one.edition for one in found] == [1, 0]


def test_two_places_published_apart_keep_their_units_when_told_together(year: Any, tmp_path: Path) -> None:
    west, east = START, {cell + 10: number for cell, number in START.items()}
    year(west, FIRST, to="west")
    year(east, FIRST, to="east")
    more = west | east | {1: 12, 2: 12, 11: 12, 12: 12}
    release = year(more, SECOND, previous=[tmp_path / "west", tmp_path / "east"])
    assert told(release) == [*AT_FIRST, ("2000", 15), ("2200-2", 15), ("2600", 20)]
    assert (release.quality["kept"], release.quality["new"]) == (6, 0)
    assert attack([table for one in ("west", "east", SECOND) for table in read(tmp_path / one)]).verdict == SAFE


@pytest.mark.parametrize("method", ["natural", "quadtree"])
def test_squares_are_kept_too(method: str, year: Any, tmp_path: Path) -> None:
    year({0: 15, 1: 5, 10: 20}, FIRST, method=method)
    year({0: 15, 1: 12, 2: 3, 10: 20}, SECOND, method=method, previous=[tmp_path / FIRST])
    assert both(tmp_path).verdict == SAFE


def test_a_zone_that_cuts_a_unit_is_exact_only_if_it_was(year: Any, tmp_path: Path) -> None:
    year(START, FIRST, zonings=["commune"])
    release = year(START | {0: 30}, SECOND, zonings=["commune", "residence"], previous=[tmp_path / FIRST])
    assert release.zones["commune"].figures["exact"] == 1
    assert both(tmp_path).verdict == SAFE


@pytest.mark.parametrize(
    ("asked", "said"),
    [({"method": "natural"}, "was drawn as finest, not natural"), ({"count": "homes"}, "counts households, not homes")],
)
def test_another_kind_of_release_is_refused(asked: dict[str, str], said: str, year: Any, tmp_path: Path) -> None:
    year(START, FIRST)
    with pytest.raises(BadInput, match=said):
        year(START, SECOND, previous=[tmp_path / FIRST], **asked)


def test_a_later_release_and_a_folder_of_something_else_are_refused(year: Any, tmp_path: Path) -> None:
    year(START, SECOND)
    with pytest.raises(BadInput, match="later than 2025-01-01"):
        year(START, FIRST, previous=[tmp_path / SECOND])
    with pytest.raises(BadInput, match="is not the folder of a release"):
        year(START, SECOND, previous=[tmp_path])


def cells_of(counts: Counts) -> pl.DataFrame:
    places = {
        "cell_crs": 3035,
        "cell_north": [200 * (c // 6) for c in counts],
        "cell_east": [200 * (c % 6) for c in counts],
    }
    frame = pl.DataFrame({**places, "base": list(counts.values())})
    return frame.with_columns(pl.col(CELL_KEY).cast(pl.Int32), pl.col("base").cast(pl.Int64), commune=pl.lit("1"))


def former_of(drawn: Drawn) -> Former:
    return Former(FIRST, 0, "households", "finest", "", drawn.units, drawn.cells.drop_nulls(), drawn.bridges, {})


CELL = cell_ids(*(pl.col(key) for key in CELL_KEY)).alias("cell")
PEOPLE = st.dictionaries(st.integers(0, 35), st.sampled_from([0, 1, 3, 5, 8, 10, 11, 14, 20]), min_size=2, max_size=24)


@settings(max_examples=examples(16), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PEOPLE, PEOPLE)
def test_no_unit_of_the_second_year_shares_ground_with_another_shape(first: Counts, second: Counts) -> None:
    if sum(first.values()) < 11 or sum(second.values()) < 11:
        return
    before = former_of(finest(cells_of(first), 11))
    drawn = follow(cells_of(second), 11, [before], finest)
    refuse_overlaps(drawn)
    then, now = (
        {tuple(sorted(cells)) for _, cells in every.group_by("unit_id").agg(CELL).iter_rows()}
        for every in (
            pl.concat([before.cells, before.bridges]),
            pl.concat([drawn.cells.drop_nulls("unit_id"), drawn.bridges]),
        )
    )
    assert then <= now
    taken = {cell for cells in then for cell in cells}
    assert not any(taken & {*cells} for cells in now - then)
    count = dict(cells_of(second).select(CELL, "base").iter_rows())
    for cells in now - then:
        assert sum(count.get(cell, 0) for cell in cells) >= 11
