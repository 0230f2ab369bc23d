"""A postal address as it is printed at the head of letters: a few short lines, without control characters."""

import re
from collections.abc import Iterator

LINES = 6
WIDTH = 50
"""Lines of an address, and characters of a line, at most."""
LONGEST = LINES * (WIDTH + 1) - 1

_CONTROL = r"\u0001-\u001f\u007f-\u009f\u2028\u2029"
_LINE = rf"[^{_CONTROL}]{{1,{WIDTH}}}"
PATTERN = rf"\A({_LINE}(\n{_LINE}){{0,{LINES - 1}}})?\Z"
"""An address or nothing, in what the regular expressions of Python and PostgreSQL have in common."""


def lines(written: str) -> list[str]:
    """The lines that somebody wrote, without the empty ones."""
    each = (line.strip(" ") for line in written.replace("\r\n", "\n").split("\n"))
    return [line for line in each if line]


def faults(found: list[str]) -> Iterator[tuple[str, int]]:
    """What keeps these lines from being an address: `lines` with their count, `width` or `control` with the line."""
    if len(found) > LINES:
        yield "lines", len(found)
    for number, line in enumerate(found, start=1):
        if len(line) > WIDTH:
            yield "width", number
        if re.search(f"[{_CONTROL}]", line):
            yield "control", number
