"""What an entry may hold: values that JSON can write, and nothing that could be a row."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from django.db import models

LONGEST_TEXT = 300
LONGEST_LIST = 200


def plain(value: Any) -> Any:
    """A field's value as JSON writes it; bytes by their SHA-256. Raises TypeError for anything else."""
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID | timedelta):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return f"sha256:{hashlib.sha256(value).hexdigest()}"
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if isinstance(value, models.Model):
        return plain(value.pk)
    raise TypeError(f"an entry cannot hold a {type(value).__name__}")


def told(value: Any) -> Any:
    """A value that an event may tell: a single value or a short list of them, never a mapping (a row).

    Raises TypeError for another type and ValueError for more than `LONGEST_TEXT` characters or `LONGEST_LIST` items.
    """
    if isinstance(value, list | tuple | set | frozenset):
        if len(value) > LONGEST_LIST:
            raise ValueError(f"an event tells {LONGEST_LIST} items at most, not {len(value)}")
        return [_single(one) for one in value]
    return _single(value)


def _single(value: Any) -> Any:
    if isinstance(value, Mapping | list | tuple | set | frozenset | models.Model | bytes | memoryview):
        raise TypeError(f"an event tells single values, not a {type(value).__name__}")
    written = plain(value)
    if isinstance(written, str) and len(written) > LONGEST_TEXT:
        raise ValueError(f"an event tells {LONGEST_TEXT} characters at most, not {len(written)}")
    return written


def canonical(content: Any) -> bytes:
    """The one way in which JSON content is written to be hashed."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def without_nothing(names: Iterable[str], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of these names that are not None."""
    return {name: values[name] for name in names if values.get(name) is not None}
