"""Nobody feels out where others stand by asking again and again."""

from datetime import UTC, datetime, timedelta

from carreau.allocation.explain_limits import LIMITS, Asked, allowed

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def asked(*before: tuple[str, timedelta]) -> list[Asked]:
    return [Asked(home, "run", NOW - ago) for home, ago in before]


def test_five_homes_a_day_and_then_no_more_until_the_first_is_a_day_old() -> None:
    four = asked(*[(f"h{n}", n * HOUR) for n in range(1, 5)])
    assert allowed(four, "new", "run", NOW).answer == "yes"
    five = [*four, *asked(("h5", 5 * HOUR))]
    verdict = allowed(five, "new", "run", NOW)
    assert (verdict.answer, verdict.when) == ("no", NOW - 5 * HOUR + DAY)
    assert verdict.when is not None
    assert allowed(five, "new", "run", verdict.when).answer == "yes"


def test_the_same_question_is_given_the_answer_of_before() -> None:
    many = asked(*[(f"h{n}", n * HOUR) for n in range(1, 9)])
    assert allowed(many, "h3", "run", NOW).answer == "again"
    assert allowed(many, "h3", "another run", NOW).answer == "no"


def test_twenty_a_month_however_slowly() -> None:
    slowly = asked(*[(f"h{n}", n * DAY) for n in range(1, 21)])
    verdict = allowed(slowly, "new", "run", NOW)
    assert (verdict.answer, verdict.when) == ("no", NOW - 20 * DAY + 30 * DAY)
    assert allowed(slowly[:19], "new", "run", NOW).answer == "yes"


def test_no_pace_gets_more_answers_than_the_limits_say() -> None:
    """Somebody who asks about a new home whenever allowed."""
    log: list[Asked] = []
    now = NOW
    for number in range(24 * 60):
        now += HOUR
        if allowed(log, f"h{number}", "run", now).answer == "yes":
            log.append(Asked(f"h{number}", "run", now))
    for time, most in LIMITS:
        for one in log:
            assert sum(one.at <= other.at < one.at + time for other in log) <= most
