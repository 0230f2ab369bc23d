"""Classes of a legend, beside a slow twin that follows the definition."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carreau.site.maps.classes import COLOURS, MOST, Classes, brought_down, brought_up, classes

NUMBERS = st.one_of(
    st.integers(0, 40).map(float), st.integers(0, 10_000).map(lambda n: n / 7), st.just(math.nan)
)  # fmt: skip
DECIMALS = st.sampled_from([0, 1, -2])


def slow_breaks(values: list[float], decimals: int) -> list[float]:
    """Rank by rank, value by value."""
    known = sorted(value for value in values if not math.isnan(value))
    found: list[float] = []
    for place in range(1, MOST):
        if not known:
            break
        step = known[place * len(known) // MOST]
        bound = round(step, decimals)
        if bound > step:
            bound = round(bound - 10.0**-decimals, decimals)
        lowest = found[-1] if found else -math.inf
        if any(lowest <= value < bound for value in known):
            found.append(bound)
    return found


@given(st.lists(NUMBERS, max_size=40), DECIMALS)
def test_breaks_are_those_of_the_definition(values: list[float], decimals: int) -> None:
    assert list(classes(values, decimals).breaks) == slow_breaks(values, decimals)


@given(st.lists(NUMBERS, min_size=1, max_size=40), DECIMALS)
def test_each_value_is_in_one_class_and_no_class_is_empty(values: list[float], decimals: int) -> None:
    found = classes(values, decimals)
    placed = found.of(np.array(values))
    bounds = [-math.inf, *found.breaks, math.inf]
    for value, place in zip(values, placed, strict=True):
        assert place == -1 if math.isnan(value) else bounds[place] <= value < bounds[place + 1]
    if not all(math.isnan(value) for value in values):
        assert set(placed) - {-1} == set(range(len(found.breaks) + 1))
    assert len(found.breaks) < MOST


@given(st.integers(0, MOST - 1))
def test_colours_go_from_light_to_dark(breaks: int) -> None:
    found = Classes(tuple(float(one) for one in range(breaks))).colours
    assert len(found) == breaks + 1
    assert list(found) == sorted(set(found), key=COLOURS.index)


@pytest.mark.parametrize(
    ("value", "decimals", "down", "up"),
    [(12.34, 1, 12.3, 12.4), (12.0, 0, 12, 12), (17_450, -2, 17_400, 17_500), (0.0, 1, 0, 0)],
)
def test_bounds_are_brought_to_figures_that_can_be_read(value: float, decimals: int, down: float, up: float) -> None:
    assert brought_down(np.array([value]), decimals)[0] == down
    assert brought_up(np.array([value]), decimals)[0] == up


def test_a_value_that_is_not_told_has_the_colour_of_the_unknown() -> None:
    assert Classes((2.0,)).colours_of(np.array([1, 2, math.nan])) == ["c1", "c6", "unknown"]
