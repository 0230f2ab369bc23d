"""A process that is kept running: started again when it dies, later and later, and ended with patience."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
WELL = 60.0  # seconds after which a process counts as started well


class Child:
    """One `python -m …` in a session of its own, so that Ctrl-C reaches it only through us.

    Its standard input is a pipe that nobody writes to: it ends when we do, and `--attached` tells the child to end
    then. `arguments` is called at each start.
    """

    def __init__(self, name: str, arguments: Callable[[], Sequence[str]]) -> None:
        self.name, self._arguments = name, arguments
        self.deaths = 0
        self._wait, self._start_at = FIRST_WAIT, 0.0
        self._began = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Of the running process."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it."""
        command = [sys.executable, "-m", *self._arguments(), "--attached"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603
        self._began = time.monotonic()

    def keep(self) -> int | None:
        """Start it again if it is time to; the exit code if it has just died."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._start_at:
                self.start()
            return None
        code = self._process.poll()
        if code is None:
            return None
        self._close()
        self.deaths += 1
        if now - self._began > WELL:
            self._wait = FIRST_WAIT
        self._start_at, self._wait = now + self._wait, min(self._wait * 2, LONGEST_WAIT)
        return code

    def ask_to_end(self) -> None:
        """Send SIGTERM."""
        if self._process:
            with suppress(ProcessLookupError):
                self._process.terminate()

    def ended_by(self, deadline: float) -> bool:
        """Wait for its end until a time of the monotonic clock."""
        if self._process is None:
            return True
        try:
            self._process.wait(max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            return False
        self._close()
        return True

    def kill(self) -> None:
        """End it and whatever it started, at once."""
        if self._process:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._close()

    def _close(self) -> None:
        if self._process and self._process.stdin:
            self._process.stdin.close()
        self._process = None


def end_with_our_parent(*, insist_after: float | None = None) -> None:
    """In a child started with `--attached`: take the end of standard input for SIGTERM, and later for a second one."""

    def watch() -> None:
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        if insist_after is not None:
            time.sleep(insist_after)
            os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="attached", daemon=True).start()
