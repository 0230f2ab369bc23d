"""A job from its asking to its end: done, failed, cancelled, given back, lost; never twice, never late."""

import errno
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.site.jobs.conftest import Office, fresh

from carreau import errors
from carreau.site.accounts.models import Membership
from carreau.site.audit.acting import present_actor
from carreau.site.jobs import handle, running
from carreau.site.jobs.models import Job
from carreau.site.jobs.states import Event, Refused
from carreau.site.jobs.work import Cancelled, Handle, Superseded, cancel, retry, run_waiting, start, work

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
SECRET = "Amina Diallo, 12 rue des Lilas"


def codes(job: Job) -> list[str]:
    return list(job.log.values_list("code", flat=True))


def test_work_is_done_and_its_result_kept(office: Office, counting: list[int]) -> None:
    job = start("count", office.manager, to=3)
    assert (job.state, job.organisation, job.asked_by) == ("queued", office.organisation, office.manager.user)
    assert run_waiting() == 1
    job = fresh(job)
    assert (job.state, job.result, job.attempts, job.problem) == ("done", {"counted": 3}, 1, "")
    assert (job.label, job.done, job.total) == ("counting", 1, 3)  # told at once, then about twice a second
    assert job.started
    assert job.finished
    assert counting == [1, 2, 3]
    assert codes(job) == ["jobs.log.claim", "jobs.log.finish"]


def test_the_job_and_the_task_that_wakes_a_worker_are_there_together_or_not_at_all(counting: list[int]) -> None:
    def asked_and_then_broken() -> None:
        with transaction.atomic():
            start("count", None, to=3)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asked_and_then_broken()
    assert not Job.objects.exists()
    assert not DBTaskResult.objects.exists()
    job = start("count", None, to=3)
    assert DBTaskResult.objects.get().pk == job.ticket


def test_the_same_work_asked_twice_is_one_job(office: Office, counting: list[int]) -> None:
    first, again = start("count", office.manager, to=3), start("count", office.manager, to=3)
    assert first == again
    assert start("count", office.manager, to=4) != first
    assert start("count", None, to=3) != first
    run_waiting()
    assert start("count", office.manager, to=3) != first


def test_unknown_work_is_refused() -> None:
    with pytest.raises(LookupError, match="no work is called nothing"):
        start("nothing", None)


def test_two_functions_cannot_have_one_name(kinds: dict[str, Any], counting: list[int]) -> None:
    with pytest.raises(ValueError, match="two kinds of work are called count"):
        work("count")(dict)


def test_work_acts_in_the_name_of_who_asked(office: Office, kinds: dict[str, Any]) -> None:
    seen = []

    @work("look")
    def look(job: Handle) -> dict[str, Any]:
        seen.append(present_actor())
        return {}

    start("look", office.manager)
    start("look", None)
    run_waiting()
    assert seen == [office.manager, None]


def test_who_has_left_the_organisation_no_longer_acts_in_it(office: Office, counting: list[int]) -> None:
    job = start("count", office.manager, to=3)
    membership = Membership.objects.get()
    membership.ended = timezone.now()
    membership.save()
    run_waiting()
    assert (fresh(job).state, fresh(job).problem, counting) == ("failed", "not_member", [])


def fails_with(error: BaseException) -> Job:
    @work("fail", repeatable=2)
    def fail(job: Handle) -> dict[str, Any]:
        raise error

    job = start("fail", None)
    run_waiting()
    return fresh(job)


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (OSError(errno.ENOSPC, "No space left on device", SECRET), "disk_full"),
        (MemoryError(), "memory"),
        (ValueError(SECRET), "unexpected"),
        (KeyError(SECRET), "unexpected"),
        (
            errors.BadInput(f"holds '{SECRET}' twice", file=f"/in/a/folder/{'parc'}.csv", row=12, column="AGE"),
            "refused",
        ),
    ],
)
def test_a_failure_is_said_without_what_the_exception_quotes(
    kinds: dict[str, Any], error: BaseException, problem: str
) -> None:
    job = fails_with(error)
    assert (job.state, job.problem, job.attempts) == ("failed", problem, 1)
    everything = json.dumps([*Job.objects.values(), *DBTaskResult.objects.values(), *job.log.values()], default=str)
    assert SECRET not in everything
    assert "/in/a/folder" not in everything


def test_a_refused_file_says_where(kinds: dict[str, Any]) -> None:
    job = fails_with(errors.BadInput("'x' is no age", file="/in/parc.csv", row=12, column="AGE"))
    assert job.problem_values == {"file": "parc.csv", "row": 12, "column": "AGE", "says": "… is no age"}


def test_an_unexpected_error_says_its_class_and_where_it_was_raised(kinds: dict[str, Any]) -> None:
    values = fails_with(ValueError(SECRET)).problem_values
    assert values["error"] == "builtins.ValueError"
    assert values["at"][-1].startswith("test_job_work.py:")
    assert values["at"][-1].endswith(" fail")


@pytest.mark.parametrize(
    "error", [OperationalError("server closed the connection"), SystemExit(1), KeyboardInterrupt()]
)
def test_work_ended_from_outside_is_begun_anew_as_often_as_its_kind_allows(
    kinds: dict[str, Any], error: BaseException
) -> None:
    job = fails_with(error)
    assert (job.state, job.attempts) == ("lost", 2)
    assert codes(job) == ["jobs.log.claim", "jobs.log.give_back", "jobs.log.claim", "jobs.log.lose"]


def test_cancel_before_it_begins(office: Office, counting: list[int]) -> None:
    job = start("count", office.manager, to=3)
    assert cancel(job.pk, office.manager).state == "cancelled"
    assert run_waiting() == 0
    assert counting == []
    assert job.log.get().by == office.manager.user


def test_cancel_while_it_runs_stops_it_at_the_next_step(monkeypatch: pytest.MonkeyPatch, kinds: dict[str, Any]) -> None:
    monkeypatch.setattr(handle, "LOOK", 0)
    counted = []

    @work("slow")
    def slow(job: Handle) -> dict[str, Any]:
        for number in range(10):
            if number == 4:
                assert cancel(job.id, None).state == "running"
            try:
                job.progress("counting", number, 10)
            except Exception:  # what a careless work may do
                pytest.fail("a cancel is no Exception")
            counted.append(number)
        return {}

    job = start("slow", None)
    run_waiting()
    assert (fresh(job).state, fresh(job).done, counted) == ("cancelled", 4, [0, 1, 2, 3])


def test_a_cancel_that_comes_too_late_changes_nothing(kinds: dict[str, Any]) -> None:
    @work("quick")
    def quick(job: Handle) -> dict[str, Any]:
        cancel(job.id, None)
        return {"made": 1}

    job = start("quick", None)
    run_waiting()
    assert (fresh(job).state, fresh(job).result) == ("done", {"made": 1})
    with pytest.raises(Refused, match="cancel is not possible when done"):
        cancel(job.pk, None)


def test_retry_begins_anew_with_a_higher_token(office: Office, counting: list[int]) -> None:
    job = start("count", office.manager, to=2)
    cancel(job.pk, office.manager)
    job = retry(job.pk, office.manager)
    assert (job.state, job.cancel_asked) == ("queued", False)
    run_waiting()
    assert (fresh(job).state, counting) == ("done", [1, 2])
    with pytest.raises(Refused, match="retry is not possible when done"):
        retry(job.pk, office.manager)


def test_retry_is_refused_while_the_same_work_is_under_way(office: Office, counting: list[int]) -> None:
    job = start("count", office.manager, to=2)
    cancel(job.pk, office.manager)
    start("count", office.manager, to=2)
    with pytest.raises(Refused, match="already under way"):
        retry(job.pk, office.manager)
    assert fresh(job).state == "cancelled"


def hand_to_another(job: Handle) -> None:
    """What happens when this worker is given up for dead."""
    with transaction.atomic():
        held = Job.objects.locked(job.id)
        held.move(Event.GIVE_BACK)
        held.move(Event.CLAIM, attempts=held.attempts + 1, worker="another", started=timezone.now())


def test_an_attempt_that_was_given_up_writes_nothing_any_more(
    monkeypatch: pytest.MonkeyPatch, kinds: dict[str, Any]
) -> None:
    monkeypatch.setattr(handle, "LOOK", 0)
    refused = []

    @work("zombie")
    def zombie(job: Handle) -> dict[str, Any]:
        hand_to_another(job)
        try:
            with job.committing():
                pytest.fail("nothing may be committed")
        except Superseded:
            refused.append("commit")
        try:
            job.progress("counting", 9, 10)
        except Superseded:
            refused.append("progress")
        return {"made": 1}

    job = start("zombie", None)
    run_waiting()
    job = fresh(job)
    assert refused == ["commit", "progress"]
    assert (job.state, job.worker, job.attempts, job.done, job.result) == ("running", "another", 2, 0, None)


def test_a_job_is_claimed_once(counting: list[int]) -> None:
    job = start("count", None, to=1)
    running.attempt(job.pk, "one", alone=False)
    running.attempt(job.pk, "two", alone=False)
    running.attempt(uuid4(), "two", alone=False)
    assert (fresh(job).worker, counting) == ("one", [1])


def test_commits_of_cancelled_work_are_refused(kinds: dict[str, Any]) -> None:
    @work("commit")
    def commit(job: Handle) -> dict[str, Any]:
        with job.committing():
            job.log("jobs.log.claim", attempt=7)
        cancel(job.id, None)
        with pytest.raises(Cancelled), job.committing():
            pytest.fail("nothing may be committed")
        return {}

    job = start("commit", None)
    run_waiting()
    assert job.log.filter(values={"attempt": 7}).count() == 1


def test_a_log_line_is_a_sentence_of_the_catalogue_with_short_values(kinds: dict[str, Any]) -> None:
    refused = []

    @work("talk")
    def talk(job: Handle) -> dict[str, Any]:
        for code, values in [
            ("jobs.log.nothing", {}),
            ("jobs.log.claim", {}),
            ("jobs.log.claim", {"attempt": "x" * 121}),
        ]:
            try:
                job.log(code, **values)
            except (KeyError, ValueError) as error:
                refused.append(type(error))
        return {}

    job = start("talk", None)
    run_waiting()
    assert refused == [KeyError, KeyError, ValueError]
    assert codes(job) == ["jobs.log.claim", "jobs.log.finish"]


def test_a_result_that_json_cannot_hold_fails_and_says_so(kinds: dict[str, Any]) -> None:
    @work("odd")
    def odd(job: Handle) -> dict[str, Any]:
        return {"made": timedelta(1)}

    job = start("odd", None)
    run_waiting()
    assert (fresh(job).state, fresh(job).problem) == ("failed", "unexpected")


def test_the_database_keeps_one_ticket_a_wait(counting: list[int]) -> None:
    job = start("count", None, to=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(kind="count", same=job.same)
