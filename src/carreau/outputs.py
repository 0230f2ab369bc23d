"""Folders that appear whole or not at all, and the digest that says whether two results are the same."""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from carreau.errors import BadInput

MARK, MARK_TEXT = ".carreau", "Written by Carreau, which replaces this folder as a whole.\n"
MILLIONTHS = 10**6
# A backslash begins every mark that is not the text itself, so that two different rows never read the same.
NULL, ESCAPED = "\\0", {"\\": "\\\\", "\x1f": "\\f", "\n": "\\n"}
ROWS_AT_ONCE = 200_000


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Give a folder to fill; it takes the place of `target` when the block ends well.

    After an error or a kill `target` is what it was before (see `restore`); the next run removes what a killed one
    left beside it. A link is followed: what it points to is replaced. The file `.carreau` marks the folder.

    Raises BadInput when `target` is a file, cannot be written, is being written by another run, or holds files
    without that mark: a folder of somebody else is never replaced.
    """
    real = _real(target)
    staging = _beside(real, "staging")
    with _alone(real, target):
        _put_back(real)
        _refuse_what_is_not_ours(real, target)
        shutil.rmtree(staging, ignore_errors=True)
        try:
            staging.mkdir()
            yield staging
            (staging / MARK).write_text(MARK_TEXT, encoding="utf-8")
            _swap(staging, real, target)
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def restore(target: Path) -> None:
    """Put `target` back if a run was killed between the two renames of a replacement.

    Waits for a replacement that is going on, which is a matter of two renames and a removal.
    """
    real = _real(target)
    if _beside(real, "previous").exists():
        with _alone(real, target, wait=True):
            _put_back(real)


def digest(tables: Mapping[str, pl.DataFrame]) -> str:
    """SHA-256 over the sorted canonical rows of named tables.

    Columns are taken by name in alphabetical order, dates as days, truth values as 0 and 1, floats as millionths
    (only coordinates and sums of cells are floats), lists with their length, nulls as a mark of their own: the order
    of rows or columns, the width of integers, the file format and the machine do not matter; any other change does.

    Raises TypeError on a column of another type, naming it.
    """
    total = hashlib.sha256()
    for name, table in sorted(tables.items()):
        columns = sorted(table.columns)
        total.update(json.dumps([name, table.height, columns]).encode() + b"\n")
        if not columns:
            continue
        values = [_canonical(pl.col(c), table.schema[c], c) for c in columns]
        rows = table.select(pl.concat_str(values, separator="\x1f").alias("row")).to_series().sort()
        for start in range(0, rows.len(), ROWS_AT_ONCE):
            total.update(rows.slice(start, ROWS_AT_ONCE).str.join("\n").item().encode() + b"\n")
    return total.hexdigest()


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _canonical(value: pl.Expr, dtype: pl.DataType, column: str) -> pl.Expr:
    if isinstance(dtype, pl.List):
        inner = value.list.eval(_canonical(pl.element(), dtype.inner, column))  # type: ignore[arg-type]
        text = pl.concat_str(value.list.len(), pl.lit(":"), inner.list.join(","))
        return text.fill_null(NULL)
    if dtype in (pl.String, pl.Enum, pl.Categorical):
        escaped = ESCAPED | {",": "\\c"}
        value = value.cast(pl.String).str.replace_many(list(escaped), list(escaped.values()))
    elif dtype == pl.Date:
        value = value.cast(pl.Int32)
    elif dtype == pl.Boolean:
        value = value.cast(pl.Int8)
    elif dtype.is_float():
        value = (value.cast(pl.Float64) * MILLIONTHS).round().cast(pl.Int64)
    elif not (dtype.is_integer() or dtype == pl.Null):
        raise TypeError(f"column {column}: a digest takes no {dtype}; give numbers, text, dates, truth values or lists")
    return value.cast(pl.String).fill_null(NULL)


def _real(target: Path) -> Path:
    real = Path(target).resolve()
    if not real.name:
        raise BadInput("is the root of the file system; give a folder", file=target)
    return real


def _beside(target: Path, role: str) -> Path:
    return target.with_name(f".{target.name}.{role}")


@contextmanager
def _alone(real: Path, target: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold the lock beside a folder; another writer waits or is told to."""
    path = _beside(real, "lock")
    lock = None
    while lock is None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = _lock(path, wait=wait)
        except BlockingIOError:
            raise BadInput("is being written by another run; wait for it to end", file=target) from None
        except OSError as error:
            raise BadInput(f"cannot be written: {error.strerror}", file=target) from None
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(lock)


def _lock(path: Path, *, wait: bool) -> int | None:
    """The locked file, or None when the one who held it has removed it meanwhile: the lock is then worth nothing."""
    lock = os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        if path.exists() and os.path.samestat(os.fstat(lock), path.stat()):
            return lock
    except OSError as error:
        os.close(lock)
        if isinstance(error, FileNotFoundError):
            return None
        raise
    os.close(lock)
    return None


def _refuse_what_is_not_ours(real: Path, target: Path) -> None:
    if real.exists() and not real.is_dir():
        raise BadInput("is a file; give a folder", file=target)
    if real.exists() and not (real / MARK).exists() and any(real.iterdir()):
        raise BadInput("holds files that Carreau did not write; give a new or an empty folder", file=target)


def _put_back(real: Path) -> None:
    previous = _beside(real, "previous")
    if previous.exists() and real.exists():
        shutil.rmtree(previous)
    elif previous.exists():
        previous.rename(real)


def _swap(staging: Path, real: Path, target: Path) -> None:
    previous = _beside(real, "previous")
    try:
        if real.exists():
            real.rename(previous)
        staging.rename(real)
    except OSError as error:
        _put_back(real)
        raise BadInput(f"cannot be replaced: {error.strerror}", file=target) from None
    shutil.rmtree(previous, ignore_errors=True)
