"""What is over goes, by the period in force on the day; what is not stays."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from tests.site.audit.conftest import Office

from carreau.errors import BadInput
from carreau.rules import parameters
from carreau.rules.parameters import Family, Parameter, Value
from carreau.site.accounts.models import Link, Membership, Person, Purpose, User
from carreau.site.applications.models import Application
from carreau.site.audit import retention
from carreau.site.audit.models import Entry
from carreau.site.audit.retention import before, delete, erase_people, expire, register
from carreau.site.jobs.models import Job
from carreau.site.jobs.work import run_waiting, start

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


def period(unit: str, *values: tuple[date, int]) -> Parameter:
    return Parameter(
        "kept", "How long it is kept", unit, tuple(Value(start, one, "a text", "verified") for start, one in values)
    )


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Rules of the test alone: 3 years from 2020, 1 year from 2026."""
    monkeypatch.setattr(retention, "_RULES", [])
    family = Family("retention", {"kept": period("years", (date(2020, 1, 1), 3), (date(2026, 1, 1), 1))})
    monkeypatch.setattr(retention, "load", lambda _name: family)
    return


def ended(office: Office, day: date) -> Membership:
    office.membership.began = datetime(2019, 1, 1, tzinfo=UTC)
    office.membership.ended = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    office.membership.save()
    return office.membership


@pytest.mark.parametrize(
    ("unit", "length", "today", "limit"),
    [
        ("days", 30, date(2026, 3, 15), date(2026, 2, 13)),
        ("months", 1, date(2026, 3, 31), date(2026, 2, 28)),
        ("months", 14, date(2026, 1, 15), date(2024, 11, 15)),
        ("months", 1, date(2026, 1, 31), date(2025, 12, 31)),
        ("years", 1, date(2024, 2, 29), date(2023, 2, 28)),
        ("days", 0, date(2026, 3, 15), date(2026, 3, 15)),
    ],
)
def test_a_period_is_counted_back_from_today(unit: str, length: int, today: date, limit: date) -> None:
    assert before(today, period(unit, (date(2000, 1, 1), length))) == limit


def test_a_unit_that_is_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="in euros, not in days"):
        before(date(2026, 1, 1), period("euros", (date(2000, 1, 1), 1)))


@pytest.mark.parametrize(
    ("today", "goes"),
    [(date(2025, 12, 31), 0), (date(2026, 1, 1), 1)],
    ids=["three years in 2025", "one year in 2026"],
)
def test_the_period_in_force_on_the_day_decides(office: Office, kept: None, today: date, goes: int) -> None:
    ended(office, date(2024, 6, 1))
    register(Membership, "kept", "ended", delete)
    assert expire(today) == {"accounts.membership": goes}
    assert Membership.objects.count() == 1 - goes


def test_the_day_itself_is_still_kept(office: Office, kept: None) -> None:
    ended(office, date(2026, 2, 1))
    register(Membership, "kept", "ended", delete)
    assert expire(date(2027, 2, 1)) == {"accounts.membership": 0}
    assert expire(date(2027, 2, 2)) == {"accounts.membership": 1}


def test_the_day_itself_is_still_kept_where_only_the_day_is_known(kept: None) -> None:
    day = date(2026, 2, 1)
    Application.objects.create(
        number="a", person=Person.objects.create(), department="44", filed=day, seniority_from=day, struck_off=day,
        state=Application.State.WITHDRAWN,
    )  # fmt: skip
    rule = retention.Rule(Application, "kept", "struck_off", delete)
    assert [rule.due(date(2027, 2, one)).count() for one in (1, 2)] == [0, 1]


def test_what_goes_is_in_the_log(office: Office, kept: None) -> None:
    ended(office, date(2024, 6, 1))
    register(Membership, "kept", "ended", delete)
    expire(date(2026, 6, 2))
    entry = Entry.objects.get(verb="deleted")
    assert (entry.model, entry.after["reason"], entry.after["count"]) == ("accounts.membership", "retention", 1)


def test_people_may_be_erased_when_their_time_is_over(office: Office, kept: None) -> None:
    register(User, "kept", "joined", erase_people)
    assert expire(timezone.localdate() + timedelta(days=800)) == {"accounts.user": 1}
    assert User.objects.get().name is None


def test_without_a_period_in_force_nothing_is_guessed(office: Office, kept: None) -> None:
    register(Membership, "kept", "ended", delete)
    with pytest.raises(BadInput, match="no value in force"):
        expire(date(2019, 1, 1))


def test_links_that_are_over_go(office: Office) -> None:
    now = timezone.now()
    for days, digest in ((-2, "a"), (1, "b")):
        Link.objects.create(purpose=Purpose.SIGN_IN, digest=digest, sealed=b"", expires=now + timedelta(days=days))
    assert expire(timezone.localdate())["accounts.link"] == 1
    assert Link.objects.get().digest == "b"
    assert Entry.objects.get(verb="expired").after == {"count": 1}


def test_every_registered_period_is_a_time_that_the_law_file_has() -> None:
    family = parameters.load("retention")
    for rule in retention._RULES:
        rule.due(timezone.localdate())
        assert rule.parameter is None or family[rule.parameter].unit in retention.UNITS


@pytest.mark.parametrize("kind", ["retention", "seal_audit"])
def test_it_runs_as_a_job(office: Office, kind: str) -> None:
    start(kind, office.manager)
    run_waiting()
    job = Job.objects.get(kind=kind)
    assert job.state == "done", job.problem
    assert job.result is not None
    assert job.result.get("entries", job.result.get("erased_again")) is not None
