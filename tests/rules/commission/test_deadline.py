"""Until when a household may answer, against a calendar walked day by day and Easter as another computus has it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carreau.errors import BadInput
from carreau.rules.commission.deadline import answer_by, easter, holidays, is_working_day

DAYS = st.dates(date(2021, 1, 1), date(2099, 12, 1))


def easter_by_gauss(year: int) -> date:
    """Gauss's rule as corrected in 1816, with its two exceptions."""
    century = year // 100
    shift = (15 - (13 + 8 * century) // 25 + century - century // 4) % 30
    moon = (19 * (year % 19) + shift) % 30
    sunday = (2 * (year % 4) + 4 * (year % 7) + 6 * moon + (4 + century - century // 4) % 7) % 7
    if moon == 29 and sunday == 6:
        return date(year, 4, 19)
    if moon == 28 and sunday == 6 and (11 * shift + 11) % 30 < 19:
        return date(year, 4, 18)
    return date(year, 3, 22) + timedelta(days=moon + sunday)


def test_easter() -> None:
    years = range(1900, 3000)
    assert [easter(year) for year in years] == [easter_by_gauss(year) for year in years]


@pytest.mark.parametrize(
    ("notified", "last"),
    [
        (date(2026, 2, 2), date(2026, 2, 12)),  # ten days after the day of notice
        (date(2026, 2, 4), date(2026, 2, 16)),  # a Saturday
        (date(2026, 4, 21), date(2026, 5, 4)),  # Labour Day, a Friday, then a week-end
        (date(2026, 5, 4), date(2026, 5, 15)),  # Ascension Day
        (date(2026, 5, 15), date(2026, 5, 26)),  # Whit Monday
        (date(2026, 12, 22), date(2027, 1, 4)),  # New Year's Day
    ],
)
def test_the_last_day(notified: date, last: date) -> None:
    assert answer_by(notified) == last


def test_a_departement_has_holidays_of_its_own() -> None:
    assert answer_by(date(2025, 12, 16)) == date(2025, 12, 26)
    assert answer_by(date(2025, 12, 16), "67") == date(2025, 12, 29)
    assert date(2026, 12, 20) in holidays(2026, "974") - holidays(2026)


@given(DAYS, st.sampled_from(["", "67", "974"]))
def test_it_is_the_first_working_day_from_the_tenth_on(notified: date, department: str) -> None:
    last = answer_by(notified, department)
    tenth = notified + timedelta(days=10)
    skipped = [tenth + timedelta(days=n) for n in range((last - tenth).days)]
    assert is_working_day(last, department)
    assert not any(is_working_day(day, department) for day in skipped)


def test_eleven_holidays_a_year() -> None:
    assert all(len(holidays(year)) >= 10 for year in range(2021, 2060))  # Ascension may fall on 1 or 8 May
    assert len(holidays(2026)) == 11


def test_before_the_oldest_rule_nothing_is_known() -> None:
    with pytest.raises(BadInput, match="oldest known"):
        answer_by(date(2001, 1, 1))
