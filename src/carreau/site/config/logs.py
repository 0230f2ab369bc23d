"""Logs as one JSON object a line, of known fields only: what happened and where, never about whom."""

from typing import Any

FIELDS = "%(asctime)s %(levelname)s %(name)s %(message)s"


def logging_settings(*, debug: bool) -> dict[str, Any]:
    """The `LOGGING` setting: everything to standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "pythonjsonlogger.json.JsonFormatter", "fmt": FIELDS}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": "INFO" if debug else "WARNING"},
        "loggers": {"carreau": {"level": "INFO"}},
    }
