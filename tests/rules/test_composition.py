"""Ages and months counted on calendar days, the 29 February among them."""

from datetime import date

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from carreau.rules.composition import age, months_since, younger

DAYS = st.dates(date(1900, 1, 1), date(2060, 12, 31))


def of(birth: date, expression: pl.Expr) -> int | bool:
    found: int | bool = pl.DataFrame({"birth": [birth]}).select(expression).item()
    return found


@given(DAYS, DAYS, st.integers(1, 99))
@example(date(2010, 2, 28), date(2028, 2, 29), 18)
@example(date(2010, 3, 1), date(2028, 2, 29), 18)
@example(date(2008, 2, 29), date(2026, 2, 28), 18)
@example(date(2008, 2, 29), date(2026, 3, 1), 18)
def test_an_age_is_of_birthdays_and_younger_is_of_fewer(birth: date, day: date, years: int) -> None:
    birthdays = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    assert of(birth, age(pl.col("birth"), day)) == birthdays
    assert of(birth, younger(pl.col("birth"), years, day)) == (birthdays < years)


@pytest.mark.parametrize(
    ("start", "day", "months"),
    [
        (date(2025, 1, 15), date(2026, 1, 14), 11),
        (date(2025, 1, 15), date(2026, 1, 15), 12),
        (date(2025, 1, 31), date(2025, 2, 28), 0),
        (date(2025, 1, 31), date(2025, 3, 1), 1),
        (date(2025, 1, 31), date(2025, 3, 31), 2),
        (date(2026, 1, 1), date(2025, 1, 1), 0),
    ],
)
def test_a_month_is_over_on_the_same_day_of_the_next(start: date, day: date, months: int) -> None:
    assert of(start, months_since(pl.col("birth"), day)) == months
