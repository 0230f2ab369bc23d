"""Logs as one JSON object a line, of known fields only: what happened and where, never about whom.

A line of ours has the message as it stands in the code and the fields of `KNOWN`. A line of a library has its template
without the values that it would write in; where there is none, the place of the code. An exception is its class and
where it was raised: its message may quote anything.
"""

import json
import logging
from datetime import UTC, datetime
from typing import Any

OURS = "carreau"
KNOWN = (
    "request", "method", "route", "status", "ms",
    "job", "kind", "attempt", "event", "problem", "worker",
    "child", "exit", "people", "error", "at",
)  # fmt: skip


class Lines(logging.Formatter):
    """Writes a record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        if record.name.split(".")[0] == OURS:
            line |= {name: getattr(record, name) for name in KNOWN if hasattr(record, name)}
        if record.exc_info and record.exc_info[1]:
            from carreau.site.jobs.problems import name_of, positions

            line |= {"error": name_of(record.exc_info[1]), "at": positions(record.exc_info[1])}
        return json.dumps(line, ensure_ascii=False, default=str)


def _message(record: logging.LogRecord) -> str:
    if record.name.split(".")[0] == OURS or (record.args and isinstance(record.msg, str)):
        return str(record.msg)
    return f"{record.module}:{record.lineno}"


def logging_settings(*, debug: bool) -> dict[str, Any]:
    """The `LOGGING` setting: everything to standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "carreau.site.config.logs.Lines"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": "INFO" if debug else "WARNING"},
        "loggers": {
            OURS: {"level": "INFO"},
            # its own handlers would write paths and e-mail whole requests to administrators
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
        },
    }
