"""Workers that are killed, frozen, stopped, cancelled or many: each job ends once, and says how."""

import signal
from collections import Counter
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from django.db import OperationalError, transaction
from tests.site.operations.conftest import Workers, ended, signalled, state, until

from carreau.site.jobs.models import Job, Worker
from carreau.site.jobs.work import cancel, start

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "keyring"]),
    pytest.mark.usefixtures("labour"),
]


def begun(file: Path, attempt: int = 1) -> bool:
    return file.exists() and any(line.split()[1] == str(attempt) for line in file.read_text().splitlines())


def freeze(process: ForkServerProcess) -> None:
    """Stop a worker where it holds no lock: the others would wait for what it does not give back."""
    while True:
        signalled(process, signal.SIGSTOP)
        until(lambda: stopped(process))
        try:
            with transaction.atomic():
                for table in (Job, Worker):
                    list(table.objects.select_for_update(nowait=True))
        except OperationalError:
            signalled(process, signal.SIGCONT)
        else:
            return


def stopped(process: ForkServerProcess) -> bool:
    """Whether every thread stands still: a signal takes its time, above all on a busy machine."""
    threads = Path(f"/proc/{process.pid}/task").glob("*/stat")
    return all(one.read_text().rpartition(")")[2].split()[0] == "T" for one in threads)


def test_a_worker_killed_in_the_middle_loses_nothing(workers: Workers, tmp_path: Path) -> None:
    file = tmp_path / "steps"
    job = start("steps", None, file=str(file), count=3, pause=0.1, ended_once=True)
    first = workers.start()
    until(lambda: begun(file))
    first.kill()
    first.join()
    assert state(job) == "running"
    workers.start()
    until(lambda: state(job) == "done")
    job.refresh_from_db()
    assert (job.attempts, job.result, job.problem) == (2, {"count": 3}, "worker_gone")
    assert list(job.log.values_list("code", flat=True)) == [
        "jobs.log.claim",
        "jobs.log.give_back",
        "jobs.log.claim",
        "jobs.log.finish",
    ]


def test_work_that_must_not_be_repeated_is_lost_and_said(workers: Workers, tmp_path: Path) -> None:
    file = tmp_path / "steps"
    job = start("once", None, file=str(file))
    first = workers.start()
    until(lambda: begun(file))
    first.kill()
    first.join()
    workers.start()
    until(lambda: state(job) == "lost")
    job.refresh_from_db()
    assert (job.attempts, job.problem, job.result) == (1, "worker_gone", None)
    assert not begun(file, attempt=2)


def test_a_frozen_worker_that_wakes_up_writes_nothing_any_more(workers: Workers, tmp_path: Path) -> None:
    file = tmp_path / "steps"
    job = start("steps", None, file=str(file), count=40, pause=0.1)
    frozen = workers.start()
    until(lambda: begun(file))
    freeze(frozen)
    second = workers.start()
    until(lambda: begun(file, attempt=2))
    signalled(frozen, signal.SIGCONT)
    until(lambda: state(job) == "done")
    job.refresh_from_db()
    assert job.attempts == 2
    lines = [line.split()[1:] for line in file.read_text().splitlines()]
    steps = Counter(attempt for attempt, *_ in lines)
    assert steps["2"] == 40
    assert steps["1"] < 40
    assert {pid for attempt, pid, _ in lines if attempt == "2"} == {str(second.pid)}


def test_two_workers_and_fifty_jobs_each_run_once(workers: Workers, tmp_path: Path) -> None:
    file = tmp_path / "steps"
    jobs = [start("steps", None, file=str(file), count=1, pause=number / 1e5) for number in range(50)]
    workers.start()
    workers.start()
    until(lambda: not Job.objects.unfinished().exists(), 180)
    assert set(Job.objects.values_list("state", "attempts")) == {("done", 1)}
    lines = [line.split() for line in file.read_text().splitlines()]
    assert Counter(line[0] for line in lines) == Counter(str(job.pk) for job in jobs)
    assert len({line[2] for line in lines}) == 2


def test_a_cancel_ends_running_work(workers: Workers, tmp_path: Path) -> None:
    file = tmp_path / "steps"
    job = start("steps", None, file=str(file), count=600, pause=0.1)
    workers.start()
    until(lambda: begun(file))
    cancel(job.pk, None)
    until(lambda: state(job) == "cancelled")


def test_a_cancel_ends_work_that_does_not_look(workers: Workers, tmp_path: Path) -> None:
    file = tmp_path / "steps"
    job = start("deaf", None, file=str(file))
    worker = workers.start()
    until(lambda: begun(file))
    cancel(job.pk, None)
    assert ended(worker) == 75
    assert state(job) == "cancelled"


def test_a_worker_told_to_end_finishes_its_job(workers: Workers, tmp_path: Path) -> None:
    file = tmp_path / "steps"
    job = start("steps", None, file=str(file), count=10, pause=0.1)
    worker = workers.start()
    until(lambda: begun(file))
    worker.terminate()
    assert ended(worker) == 0
    assert state(job) == "done"
    assert not Worker.objects.exists()


def test_a_worker_told_twice_gives_its_job_back(workers: Workers, tmp_path: Path) -> None:
    file = tmp_path / "steps"
    job = start("steps", None, file=str(file), count=600, pause=0.1)
    worker = workers.start()
    until(lambda: begun(file))
    worker.terminate()
    until(lambda: file.read_text().count("\n") > 5)
    worker.terminate()
    assert ended(worker) == 0
    job.refresh_from_db()
    assert (job.state, job.attempts, job.problem) == ("queued", 1, "worker_stopped")
    workers.start()
    until(lambda: begun(file, attempt=2))
