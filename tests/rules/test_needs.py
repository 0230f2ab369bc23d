"""Rooms and surface against their slow twins, for any household."""

import polars as pl
from applicants import DAY
from hypothesis import given
from hypothesis import strategies as st

from carreau.rules.needs import minimum_surface, rooms_needed

SIZES = st.tuples(st.integers(1, 2), st.integers(0, 8), st.integers(0, 6), st.integers(0, 3))


def slow_rooms(adults: int, children: int, others: int, unborn: int) -> tuple[int, int]:
    """Furnish the home bed by bed: with the living room as a bedroom, or with children two by two."""
    everyone = adults + children + others + unborn
    beds_apart = 1 + others + children + unborn
    pairs, left = divmod(children + unborn, 2)
    paired = 1 + 1 + others + pairs + left
    return min(beds_apart, paired, 5), everyone + 1


def slow_surface(persons: int) -> int:
    surface = 9
    for person in range(2, persons + 1):
        surface += 7 if person == 2 else 9
    return min(surface, 70)


@given(SIZES)
def test_rooms_equal_their_slow_twin(size: tuple[int, int, int, int]) -> None:
    adults, children, others, unborn = size
    counts = {"persons": adults + children + others, "adults": adults, "children": children, "unborn": unborn}
    frame = pl.DataFrame({name: [count] for name, count in counts.items()}, schema=dict.fromkeys(counts, pl.Int16))
    fewest, most = rooms_needed(*(pl.col(name) for name in counts), DAY)
    found = frame.select(fewest.alias("fewest"), most.alias("most")).row(0)
    assert found == slow_rooms(adults, children, others, unborn)
    assert found[0] <= found[1]


@given(st.integers(1, 20))
def test_surface_equals_its_slow_twin(persons: int) -> None:
    found = pl.DataFrame({"n": [persons]}, schema={"n": pl.Int16}).select(minimum_surface(pl.col("n"), DAY)).item()
    assert found == slow_surface(persons)
