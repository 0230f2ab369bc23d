"""Folders that appear whole or not at all, and the digest that says whether two results are the same."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from carreau.errors import BadInput

DEGREES_TO_INTEGER = 10**6


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Give a folder to fill; it takes the place of `target` in one rename when the block ends well.

    After an error or a kill `target` is what it was before; the next run removes what a killed one left.

    Raises BadInput when `target` is a file, cannot be written, or is being written by another process.
    """
    target = target.absolute()
    if target.exists() and not target.is_dir():
        raise BadInput("is a file; give a folder", file=target)
    staging = target.with_name(f".{target.name}.staging")
    try:
        staging.mkdir(parents=True, exist_ok=True)
        lock = os.open(staging, os.O_RDONLY)
    except OSError as error:
        raise BadInput(f"cannot be written: {error.strerror}", file=target) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise BadInput("is being written by another run; wait for it to end", file=target) from None
    try:
        _empty(staging)
        restore(target)
        yield staging
        _swap(staging, target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        os.close(lock)


def restore(target: Path) -> None:
    """Put `target` back if a run was killed between the two renames of a replacement."""
    previous = _previous(target.absolute())
    if previous.exists():
        if target.exists():
            shutil.rmtree(previous)
        else:
            previous.rename(target)


def digest(tables: Mapping[str, pl.DataFrame]) -> str:
    """SHA-256 over the sorted canonical rows of named tables.

    Columns are taken by name in alphabetical order, dates as days, truth values as 0 and 1, floats as millionths
    (only coordinates are floats), lists joined, nulls as an empty mark: the order of rows or columns, the file
    format and the machine do not matter.
    """
    total = hashlib.sha256()
    for name in sorted(tables):
        table = tables[name]
        total.update(f"{name}:{table.height}:{','.join(sorted(table.columns))}\n".encode())
        rows = table.select(
            pl.concat_str([_canonical(table.schema[c], c) for c in sorted(table.columns)], separator="\x1f").alias("row")
        )["row"].sort()
        for part in rows.shrink_dtype().to_frame().iter_slices(200_000):
            total.update("\n".join(part["row"]).encode())
    return total.hexdigest()


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _canonical(dtype: pl.DataType, column: str) -> pl.Expr:
    value = pl.col(column)
    if isinstance(dtype, pl.List):
        value = value.list.eval(_canonical(dtype.inner, "")) if column else value  # type: ignore[arg-type]
        return value.list.join(",").fill_null("\x00")
    if column == "":
        value = pl.element()
    if dtype == pl.Date:
        value = value.cast(pl.Int32)
    elif dtype == pl.Boolean:
        value = value.cast(pl.Int8)
    elif dtype.is_float():
        value = (value * DEGREES_TO_INTEGER).round().cast(pl.Int64)
    return value.cast(pl.String).fill_null("\x00")


def _previous(target: Path) -> Path:
    return target.with_name(f".{target.name}.previous")


def _empty(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _swap(staging: Path, target: Path) -> None:
    previous = _previous(target)
    if target.exists():
        target.rename(previous)
    staging.rename(target)
    shutil.rmtree(previous, ignore_errors=True)
