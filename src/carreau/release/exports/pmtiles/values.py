"""The columns of a table as a vector tile has them: each distinct value written once, features that point to it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from carreau.release.exports.pmtiles.ragged import Bytes, Ints, starts_of, varints, widths, zigzag

STRING, DOUBLE, UNSIGNED, SIGNED = b"\x0a", b"\x19", b"\x28", b"\x30"
"""Fields of a value: string_value, double_value, uint_value, sint_value (Mapbox Vector Tile specification 2.1, 4.1)."""


@dataclass(frozen=True, eq=False)
class Blobs:
    """Pieces of bytes end to end, and where each begins."""

    whole: Bytes
    starts: Ints

    @property
    def lengths(self) -> Ints:
        """How long each piece is."""
        return np.diff(self.starts)


@dataclass(frozen=True, eq=False)
class Table:
    """The values of units: `names` of the columns as written; `code` (units × numeric columns) is a number's place
    among the `numbers`, -1 for null; `texts` are the columns of text, one piece a unit.

    `numeric` and `textual` are the places of those columns among all.
    """

    names: bytes
    numeric: Ints
    textual: Ints
    code: Ints
    numbers: Blobs
    texts: tuple[Blobs, ...]


def table_of(units: pl.DataFrame) -> Table:
    """Raises ValueError for a column that is neither text nor number, or text that is null."""
    numeric = [place for place, dtype in enumerate(units.dtypes) if dtype.is_numeric()]
    textual = [place for place, dtype in enumerate(units.dtypes) if dtype == pl.String]
    if len(numeric) + len(textual) < units.width or any(units[:, place].has_nulls() for place in textual):
        raise ValueError("a tile has numbers, and text that is there")
    code, numbers = _coded(units[:, numeric])
    return Table(
        names=b"".join(b"\x1a" + _short(len(name.encode())) + name.encode() for name in units.columns),
        numeric=np.array(numeric, np.int64),
        textual=np.array(textual, np.int64),
        code=code,
        numbers=numbers,
        texts=tuple(_blobs([STRING + _short(len(one)) + one for one in (text.encode() for text in units[:, place])])
                    for place in textual),
    )  # fmt: skip


def _coded(numbers: pl.DataFrame) -> tuple[Ints, Blobs]:
    """Whole numbers and others apart: 1 and 1.0 are written differently."""
    code = np.full(numbers.shape, -1, np.int64)
    pieces: list[bytes] = []
    for floats in (False, True):
        chosen = [place for place, dtype in enumerate(numbers.dtypes) if dtype.is_float() == floats]
        if not chosen:
            continue
        columns = [numbers[:, place] for place in chosen]
        distinct = pl.concat([one.cast(pl.Float64 if floats else pl.Int64).rename("n") for one in columns])
        known = distinct.drop_nulls().unique().sort().to_numpy()
        for place, one in zip(chosen, columns, strict=True):
            there = one.is_not_null().to_numpy()
            code[there, place] = len(pieces) + np.searchsorted(known, one.drop_nulls().to_numpy())
        pieces += [(_float if floats else _whole)(value) for value in known.tolist()]
    return code, _blobs(pieces)


def _float(value: float) -> bytes:
    return DOUBLE + np.array([value], "<f8").tobytes()


def _whole(value: int) -> bytes:
    if value >= 0:
        return UNSIGNED + varints(np.array([value], np.int64)).tobytes()
    return SIGNED + varints(zigzag(np.array([value], np.int64))).tobytes()


def _blobs(pieces: list[bytes]) -> Blobs:
    """Each piece as a value of a layer: its field, its length, itself."""
    whole = [b"\x22" + _short(len(piece)) + piece for piece in pieces]
    lengths = np.fromiter(map(len, whole), np.int64, len(whole))
    return Blobs(np.frombuffer(b"".join(whole), np.uint8), starts_of(lengths))


def _short(length: int) -> bytes:
    number: npt.NDArray[np.int64] = np.array([length], np.int64)
    return bytes([length]) if length < 128 else varints(number, widths(number)).tobytes()
