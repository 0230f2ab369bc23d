"""Seconds of processor until a light command has answered, beside an empty Python and the lower limits."""

import os
import subprocess
import sys

RENT = ("rent", "--income", "9000", "--rent", "420", "--charges", "60", "--commune", "75113")
STARTS: dict[str, tuple[str, ...]] = {
    "carreau --help": ("-m", "carreau", "--help"),
    "carreau policies": ("-m", "carreau", "policies"),
    "carreau rent": ("-m", "carreau", *RENT),
    "import typer, polars, numpy": ("-c", "import typer, polars, numpy"),
    "import typer (lower limit)": ("-c", "import typer"),
    "python -c pass": ("-c", "pass"),
}


def fewest(times: int) -> dict[str, float]:
    """The fewest seconds of processor of each start; they take turns, so that a busy machine is busy for all."""
    found = dict.fromkeys(STARTS, float("inf"))
    for _ in range(times):
        for name, command in STARTS.items():
            found[name] = min(found[name], _processor(command))
    return found


def _processor(command: tuple[str, ...]) -> float:
    with subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime
