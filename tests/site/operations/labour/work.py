"""Work whose every step leaves a line in a file: who did it, in which attempt."""

import itertools
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from carreau.outputs import whole_folder
from carreau.site.jobs.kinds import KINDS
from carreau.site.jobs.work import Handle, work


def note(file: str, *words: object) -> None:
    with Path(file).open("a") as lines:
        lines.write(" ".join(map(str, words)) + "\n")


@work("steps")
def steps(job: Handle, *, file: str, count: int, pause: float, ended_once: bool = False) -> Mapping[str, Any]:
    """Count slowly; the file says each step, its process and its attempt.

    With `ended_once` the first attempt goes on until it is ended, so that no test has to be quick.
    """
    for number in itertools.count() if ended_once and job.attempt == 1 else range(count):
        job.progress("counting", number, count)
        note(file, job.id, job.attempt, os.getpid(), number)
        time.sleep(pause)
    return {"count": count}


@work("once", repeatable=1)
def once(job: Handle, *, file: str) -> Mapping[str, Any]:
    """The same, and not to be repeated."""
    return steps(job, file=file, count=1, pause=0.1, ended_once=True)


@work("deaf")
def deaf(job: Handle, *, file: str) -> Mapping[str, Any]:
    """Never looks whether it is to stop."""
    note(file, job.id, job.attempt, os.getpid(), "began")
    time.sleep(600)
    return {}


@work("fill")
def fill(job: Handle, *, folder: str, megabytes: int) -> Mapping[str, Any]:
    """Write a folder, whole or not at all."""
    with whole_folder(Path(folder)) as made, (made / "much").open("wb") as file:
        for number in range(megabytes):
            job.progress("writing", number, megabytes)
            file.write(bytes(1_000_000))
            file.flush()
    return {"megabytes": megabytes}


KINDS_OF_LABOUR = {name: KINDS[name] for name in ("steps", "once", "deaf", "fill")}
