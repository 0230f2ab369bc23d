"""Until when a household may answer an offer: R441-10 CCH, articles 641 and 642 of the Code de procédure civile."""

from datetime import date, timedelta

from carreau.errors import BadInput
from carreau.rules.parameters import load

SATURDAY = 5


def answer_by(notified: date, department: str = "") -> date:
    """The last day on which a household notified on a day may answer.

    The day of notice does not count; a term on a Saturday, a Sunday or a public holiday (those of the département as
    well) moves to the next working day. Raises BadInput for a day before the oldest rule known.
    """
    rules = load("commission")
    counted = rules["answer_days_counted"].on(notified)
    last = notified + timedelta(days=rules["answer_days"].on(notified) - bool(counted["day_of_notification"]))
    while counted["ends_on_working_day"] and not is_working_day(last, department):
        last += timedelta(days=1)
    return last


def is_working_day(day: date, department: str = "") -> bool:
    """Whether a day is neither on a week-end nor a public holiday of the département."""
    return day.weekday() < SATURDAY and day not in holidays(day.year, department)


def holidays(year: int, department: str = "") -> frozenset[date]:
    """The public holidays of a year: of the whole country, and of a département (its code) when one is given."""
    last = date(year, 12, 31)
    rules = load("commission")
    written = [*rules["public_holidays"].on(last), *rules["local_holidays"].on(last).get(department, ())]
    return frozenset(_day(one, year) for one in written)


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar.

    The first Sunday after the full moon of the computus that falls on or after 21 March.
    """
    golden, century = year % 19, year // 100
    leap = century - century // 4
    moon = (leap - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon -= (moon // 28) * (1 - (moon // 28) * (29 // (moon + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - leap) % 7
    return date(year, 3, 28) + timedelta(days=moon - weekday)


def _day(written: str, year: int) -> date:
    """A day from `05-01` or `easter+39`. Raises BadInput for anything else."""
    try:
        if written.startswith("easter"):
            return easter(year) + timedelta(days=int(written.removeprefix("easter")))
        return date.fromisoformat(f"{year:04d}-{written}")
    except ValueError:
        raise BadInput(f"{written!r} is neither a month and day (MM-DD) nor days from Easter (easter+1)") from None
