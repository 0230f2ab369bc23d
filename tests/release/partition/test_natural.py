"""The natural grid: what splits, what stays whole, what is withheld; and the slow twin that says the same."""

from collections.abc import Mapping

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carreau.errors import BadInput
from carreau.release.partition.natural import SIZES
from carreau.release.partition.squares import divide

Corner = tuple[int, int]
Unit = tuple[int, int, int] | None


def frame(cells: Mapping[Corner, int], crs: int = 3035) -> pl.DataFrame:
    rows = [(crs, north, east, base) for (north, east), base in cells.items()]
    schema = {"cell_crs": pl.Int32, "cell_north": pl.Int32, "cell_east": pl.Int32, "base": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def units(cells: Mapping[Corner, int], threshold: int = 11) -> dict[Corner, Unit]:
    drawn = divide(frame(cells), threshold, SIZES)
    return {
        (north, east): None if size is None else (size, unit_north, unit_east)
        for _, north, east, _, size, unit_north, unit_east in drawn.iter_rows()
    }


def parts_of(members: Mapping[Corner, int], size: int) -> list[dict[Corner, int]]:
    parts: dict[Corner, dict[Corner, int]] = {}
    for (north, east), base in members.items():
        parts.setdefault((north // size, east // size), {})[north, east] = base
    return list(parts.values())


def split(level: int, members: Mapping[Corner, int], threshold: int) -> dict[Corner, Unit]:
    """The definition, word for word: divide a square while every inhabited part holds enough."""
    if level + 1 < len(SIZES):
        parts = parts_of(members, SIZES[level + 1])
        if all(sum(part.values()) >= threshold for part in parts):
            return {corner: unit for part in parts for corner, unit in split(level + 1, part, threshold).items()}
    size = SIZES[level]
    return {(north, east): (size, north // size * size, east // size * size) for north, east in members}


def slow(cells: Mapping[Corner, int], threshold: int) -> dict[Corner, Unit]:
    answer: dict[Corner, Unit] = dict.fromkeys(cells)
    for members in parts_of({corner: base for corner, base in cells.items() if base}, SIZES[0]):
        if sum(members.values()) >= threshold:
            answer |= split(0, members, threshold)
    return answer


def test_a_cell_alone_with_enough_is_a_unit_of_200_m() -> None:
    assert units({(0, 0): 11}) == {(0, 0): (200, 0, 0)}


def test_a_cell_alone_with_too_few_is_withheld() -> None:
    assert units({(0, 0): 10}) == {(0, 0): None}


def test_one_small_neighbour_keeps_the_kilometre_whole() -> None:
    assert units({(0, 0): 500, (200, 0): 1}) == {(0, 0): (1000, 0, 0), (200, 0): (1000, 0, 0)}


def test_a_small_cell_far_away_keeps_the_largest_square_whole() -> None:
    assert units({(0, 0): 500, (63_800, 0): 1}) == {(0, 0): (64_000, 0, 0), (63_800, 0): (64_000, 0, 0)}


def test_squares_of_different_size_lie_side_by_side() -> None:
    assert units({(0, 0): 20, (1000, 0): 20, (1200, 0): 5}) == {
        (0, 0): (200, 0, 0),
        (1000, 0): (1000, 1000, 0),
        (1200, 0): (1000, 1000, 0),
    }


def test_an_empty_cell_is_not_inhabited_and_has_no_unit() -> None:
    assert units({(0, 0): 11, (200, 0): 0}) == {(0, 0): (200, 0, 0), (200, 0): None}


def test_grids_do_not_mix() -> None:
    both = pl.concat([frame({(0, 0): 6}, 3035), frame({(0, 0): 6}, 2975)])
    assert divide(both, 11, SIZES)["unit_size"].null_count() == 2


def test_rows_keep_their_order_and_columns() -> None:
    cells = frame({(400, 0): 12, (0, 0): 12}).with_columns(note=pl.Series(["a", "b"]))
    drawn = divide(cells, 11, SIZES)
    assert drawn.select(cells.columns).equals(cells)
    assert [drawn.schema[c] for c in ("unit_size", "unit_north", "unit_east")] == [pl.Int32] * 3


def test_no_cell_at_all() -> None:
    assert divide(frame({}), 11, SIZES).is_empty()


@pytest.mark.parametrize("base", [-1, None])
def test_a_count_that_is_none_is_refused(base: int | None) -> None:
    with pytest.raises(BadInput, match="missing or negative"):
        divide(frame({(0, 0): 1}).with_columns(base=pl.lit(base, dtype=pl.Int64)), 11, SIZES)


def test_a_cell_twice_is_refused() -> None:
    with pytest.raises(BadInput, match="appears twice"):
        divide(pl.concat([frame({(0, 0): 6})] * 2), 11, SIZES)


def test_a_threshold_of_nothing_is_refused() -> None:
    with pytest.raises(BadInput, match="protects nobody"):
        divide(frame({(0, 0): 6}), 0, SIZES)


# Corners drawn near each other and on both sides of squares of every size, zero and below included.
OFFSET = st.sampled_from([0, 200, 800, 1000, 1800, 3800, 8000, 31_800, 63_800, 64_000, -200, -64_000])
CELLS = st.dictionaries(st.tuples(OFFSET, OFFSET), st.integers(0, 15), max_size=25)


@given(CELLS, st.integers(1, 14))
def test_the_slow_twin_agrees(cells: dict[Corner, int], threshold: int) -> None:
    assert units(cells, threshold) == slow(cells, threshold)


@given(CELLS, st.integers(1, 14))
def test_every_unit_holds_the_threshold_and_none_overlap(cells: dict[Corner, int], threshold: int) -> None:
    drawn = divide(frame(cells), threshold, SIZES).drop_nulls("unit_size")
    sums = drawn.group_by("unit_size", "unit_north", "unit_east").agg(pl.col("base").sum())
    assert (sums["base"] >= threshold).all()
    squares = [(n, e, n + s, e + s) for s, n, e, _ in sums.iter_rows()]
    for i, (north, east, far_north, far_east) in enumerate(squares):
        for other in squares[i + 1 :]:
            apart = other[0] >= far_north or other[2] <= north or other[1] >= far_east or other[3] <= east
            assert apart
