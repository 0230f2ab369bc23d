"""Running a piece of work in a process of its own, to know its seconds and its peak memory."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage


@dataclass(frozen=True)
class Measure:
    """What one piece of work took; `said` is the JSON object that it printed last."""

    name: str
    seconds: float
    peak_mb: int
    said: dict[str, object]


def measure(name: str, module: str, *arguments: str) -> Measure:
    """Run `python -m module arguments` and wait for it; raises RuntimeError when it fails.

    The peak is at least the memory of the process that starts it: that one does no work of its own.
    """
    start = time.perf_counter()
    with subprocess.Popen([sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{name} ended with {process.returncode}")
    lines = output.strip().splitlines()
    return Measure(name, time.perf_counter() - start, usage.ru_maxrss // 1024, json.loads(lines[-1]) if lines else {})


def show(title: str, measures: list[Measure]) -> None:
    """Print a table; ratios are against the last line, the lower limit."""
    base = measures[-1]
    print(f"\n{title}")
    print(f"{'':44}{'seconds':>10}{'ratio':>8}{'peak MB':>10}")
    for one in measures:
        print(f"{one.name:44}{one.seconds:>10.1f}{one.seconds / base.seconds:>8.1f}{one.peak_mb:>10,}")


def computing() -> float:
    """Seconds of processor of this process and of its workers that ended."""
    used = [getrusage(who) for who in (RUSAGE_SELF, RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
