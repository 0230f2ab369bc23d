"""Reading a delimited text file as it really is: one record a physical line, whatever its quotes, bytes or packing.

Real registers mix Latin-1 and UTF-8, hold thousands of stray quotes and arrive packed. A quote delimits only when the
quotes of a line are balanced and the line cannot be split plainly; a record never spans two lines.
"""

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import polars as pl

from carreau.errors import BadInput

BLOCK = 32 * 2**20
LONGEST_LINE = 2**20
BLANKS = " \t\r\u00a0"
DELIMITERS = (";", ",")
# RuntimeError: a member under a password; NotImplementedError: a packing that Python lacks
PACKING_ERRORS = (EOFError, gzip.BadGzipFile, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError)


@dataclass(frozen=True)
class Header:
    """The columns of a file, as written, and the delimiter between them."""

    columns: tuple[str, ...]
    delimiter: str
    size: int


@dataclass(frozen=True)
class Rows:
    """Records of one block: a frame of text columns plus `line` (1 is the header), and the lines that do not split."""

    frame: pl.DataFrame
    ragged: pl.DataFrame


def read_header(file: Path) -> Header:
    """Read the first line.

    Raises BadInput when the file is missing, empty, binary, wrongly packed, UTF-16, has no `;` or `,` in its first
    line, or names a column twice.
    """
    with _unpacked(file) as stream:
        start = stream.read(LONGEST_LINE)
    if not start.strip():
        raise BadInput("is empty", file=file)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadInput("is UTF-16; save it as UTF-8 or Latin-1", file=file)
    line, ending, _ = start.partition(b"\n")
    if b"\0" in line:
        raise BadInput("is binary; give a .csv, .csv.gz or .zip with one .csv inside", file=file)
    if not ending and len(start) == LONGEST_LINE:
        raise BadInput("has a first line longer than 1 MiB; this is no register", file=file, row=1)
    text = _utf8(line).decode().removeprefix("\ufeff").strip("\r")
    delimiter = max(DELIMITERS, key=text.count)
    columns = tuple(name.strip().strip('"').strip().upper() for name in text.split(delimiter))
    if len(columns) == 1:
        raise BadInput("the header has one column only; the delimiter must be ; or ,", file=file, row=1)
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        names = ", ".join(name or "an empty name" for name in twice)
        raise BadInput(f"the header has {names} twice", file=file, row=1)
    return Header(columns, delimiter, len(line) + len(ending))


def read_rows(file: Path, header: Header, *, without: Collection[str] = ()) -> Iterator[Rows]:
    """Read the records block by block, in the order of the file, in bounded memory, some columns left out.

    Raises BadInput, naming the line, at a NUL byte or a line over 1 MiB, and when the packing breaks off.
    """
    kept = [name for name in header.columns if name not in without]
    line = 2
    for block in _blocks(file, header.size):
        _refuse_damage(block, line, file)
        text = _utf8(block).replace(b"\r\n", b"\n")
        rows, count = _split(text, header, kept, line)
        line += count
        yield rows


def _refuse_damage(block: bytes, first_line: int, file: Path) -> None:
    if b"\0" in block:
        row = first_line + block.count(b"\n", 0, block.index(b"\0"))
        raise BadInput("holds a NUL byte: the file is damaged or binary", file=file, row=row)
    ends = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == ord("\n"))
    lengths = np.diff(ends, prepend=-1)
    if lengths.max(initial=0) > LONGEST_LINE:
        row = first_line + int(lengths.argmax())
        raise BadInput("is longer than 1 MiB; this is no register", file=file, row=row)


@contextmanager
def _unpacked(file: Path) -> Iterator[IO[bytes]]:
    try:
        with file.open("rb") as raw:
            magic = raw.read(4)
            raw.seek(0)
            if magic[:2] == b"\x1f\x8b":
                with gzip.GzipFile(fileobj=raw) as stream:
                    yield stream  # type: ignore[misc]
            elif magic == b"PK\x03\x04":
                with zipfile.ZipFile(raw) as archive, archive.open(_only_csv(archive, file)) as stream:
                    yield stream
            elif file.suffix.lower() in (".gz", ".zip"):
                raise BadInput(f"is named {file.suffix} but is not packed that way", file=file)
            else:
                yield raw
    except FileNotFoundError:
        raise BadInput("does not exist", file=file) from None
    except PACKING_ERRORS as error:
        raise BadInput(f"cannot be unpacked, it is truncated or damaged ({error}); fetch it again", file=file) from None
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", file=file) from None


def _only_csv(archive: zipfile.ZipFile, file: Path) -> zipfile.ZipInfo:
    members = [
        member
        for member in archive.infolist()
        if member.filename.lower().endswith(".csv") and not member.filename.startswith("__MACOSX/")
    ]
    if len(members) != 1:
        raise BadInput(f"holds {len(members)} .csv files; exactly one is expected", file=file)
    return members[0]


def _blocks(file: Path, skip: int) -> Iterator[bytes]:
    """Blocks of whole lines, the last one ended too; a line over `LONGEST_LINE` ends a block wherever it was cut."""
    with _unpacked(file) as stream:
        stream.read(skip)
        rest = b""
        while chunk := stream.read(BLOCK):
            cut = chunk.rfind(b"\n") + 1
            whole, rest = (rest + chunk[:cut], chunk[cut:]) if cut else (b"", rest + chunk)
            if whole:
                yield whole
            if len(rest) > LONGEST_LINE:
                break
        if rest.strip():
            yield rest + b"\n"


def _utf8(block: bytes) -> bytes:
    """The same lines in UTF-8: a line that is not valid UTF-8 is taken as Latin-1 (Windows-1252 where it differs)."""
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return b"".join(map(_utf8_line, block.splitlines(keepends=True)))
    return block


def _utf8_line(line: bytes) -> bytes:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace").encode("utf-8")
    return line


def _split(text: bytes, header: Header, kept: list[str], first_line: int) -> tuple[Rows, int]:
    """Split a block of whole UTF-8 lines into records; also give the number of its lines."""
    array = np.frombuffer(text, dtype=np.uint8)
    ends = np.flatnonzero(array == ord("\n"))
    delimiters = np.flatnonzero(array == ord(header.delimiter))
    found = np.diff(np.searchsorted(delimiters, ends), prepend=0)
    lengths = np.diff(ends, prepend=-1) - 1
    plain = (found == len(header.columns) - 1) & (lengths > 0)
    numbers = np.arange(first_line, first_line + len(ends), dtype=np.int64)
    if plain.all():
        return Rows(_frame(text, header, kept, numbers), _ragged([])), len(ends)
    starts = ends - lengths
    keep = np.repeat(plain, lengths + 1)
    frame = _frame(array[keep].tobytes(), header, kept, numbers[plain])
    quoted, ragged = [], []
    for index in np.flatnonzero(~plain & (lengths > 0)):
        line = text[starts[index] : ends[index]].decode()
        if not line.strip(BLANKS):
            continue
        fields = _split_quoted(line, header.delimiter)
        if fields is not None and len(fields) == len(header.columns):
            quoted.append([*fields, int(numbers[index])])
        else:
            ragged.append((int(numbers[index]), int(found[index]) + 1))
    if quoted:
        extra = pl.DataFrame(quoted, schema=[*header.columns, "line"], orient="row").select(*kept, "line")
        frame = pl.concat([frame, extra.with_columns(_trimmed(pl.col(name)) for name in kept)]).sort("line")
    return Rows(frame, _ragged(ragged)), len(ends)


def _ragged(lines: list[tuple[int, int]]) -> pl.DataFrame:
    return pl.DataFrame(lines, schema={"line": pl.Int64, "fields": pl.Int64}, orient="row")


def _split_quoted(line: str, delimiter: str) -> list[str] | None:
    if line.count('"') % 2:
        return None
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        return None


def _frame(text: bytes, header: Header, kept: list[str], lines: np.ndarray) -> pl.DataFrame:
    if not len(lines):
        return pl.DataFrame(schema={**dict.fromkeys(kept, pl.String), "line": pl.Int64})
    frame = pl.read_csv(
        io.BytesIO(text),
        separator=header.delimiter,
        has_header=False,
        new_columns=list(header.columns),
        quote_char=None,
        infer_schema=False,
        raise_if_empty=False,
    ).select(kept)
    padded = _padded(text, header.delimiter)
    quotes = frame.select(pl.all().str.contains('"', literal=True).any()) if b'"' in text else None
    bare = [
        _bare(pl.col(name)) if quotes is not None and quotes[name][0] else _trimmed(pl.col(name))
        for name in kept
        if padded or (quotes is not None and quotes[name][0])
    ]
    return frame.with_columns(*bare, pl.Series("line", lines))


def _padded(text: bytes, delimiter: str) -> bool:
    """Whether some field has blanks around it; it is quicker to look than to trim."""
    blanks = tuple(blank.encode() for blank in BLANKS)
    beside = (delimiter.encode(), b"\n")
    return text.startswith(blanks) or any(
        pair in text for blank in blanks for end in beside for pair in (blank + end, end + blank)
    )


def _bare(field: pl.Expr) -> pl.Expr:
    """Without the quotes around it, if any."""
    text = field.str.strip_chars(BLANKS)
    quoted = (text.str.len_bytes() > 1) & text.str.starts_with('"') & text.str.ends_with('"')
    inner = text.str.slice(1, text.str.len_chars() - 2).str.replace_all('""', '"', literal=True)
    return _trimmed(pl.when(quoted).then(inner).otherwise(text))


def _trimmed(field: pl.Expr) -> pl.Expr:
    """Without the blanks around it; null when nothing is left."""
    text = field.str.strip_chars(BLANKS)
    return pl.when(text.str.len_bytes() > 0).then(text).name.keep()
