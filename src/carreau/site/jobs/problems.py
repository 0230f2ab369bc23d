"""Why work failed, as a code and a few values: never the message of an exception, which may quote anything."""

import errno
import re
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db.utils import InterfaceError, OperationalError

from carreau.errors import BadInput
from carreau.proof.publishing import NotPublished

QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|«[^»]*»")
FULL = (errno.ENOSPC, errno.EDQUOT)
POSITIONS = 12


@dataclass(frozen=True)
class Problem:
    """`code` is a sentence `jobs.problem.<code>` of the catalogue, `values` what it says."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)


def problem_of(error: BaseException) -> Problem:
    """What to say of an exception that ended a work.

    A refused input keeps its place and its sentence, without what the sentence quotes from the file.
    """
    if isinstance(error, BadInput):
        file = Path(error.file).name if error.file else ""
        says = QUOTED.sub("…", error.problem)
        return Problem("refused", {"file": file, "row": error.row, "column": error.column or "", "says": says})
    if isinstance(error, NotPublished):
        return Problem("not_published")
    if _disk_full(error):
        return Problem("disk_full")
    if isinstance(error, MemoryError):
        return Problem("memory")
    if isinstance(error, OperationalError | InterfaceError):
        return Problem("database_gone")
    return Problem("unexpected", {"error": name_of(error), "at": positions(error)})


def name_of(error: BaseException) -> str:
    """The class of an exception, with its module."""
    return f"{type(error).__module__}.{type(error).__qualname__}"


def positions(error: BaseException) -> list[str]:
    """Where it was raised, outermost first: `file:line function`, the innermost twelve, no values."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in frames[-POSITIONS:]]


def _disk_full(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in FULL
    cause = error.__cause__
    return (
        isinstance(error, OperationalError)
        and cause is not None
        and (getattr(cause, "sqlite_errorname", "") == "SQLITE_FULL" or getattr(cause, "sqlstate", "") == "53100")
    )
