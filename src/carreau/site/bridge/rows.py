"""Rows of the engine's tables as text that can be sealed, and back as a frame."""

from collections.abc import Sequence

import polars as pl

from carreau.register.tables import Applications

KEPT_APART = ("application_id", "department", "filed", "seniority_from")
"""What an application has in columns of its own, in clear."""

_SCHEMA = {name: dtype for name, dtype in Applications.create_empty().schema.items() if name not in KEPT_APART}


def to_texts(applications: pl.DataFrame) -> list[str]:
    """The part of each application that is sealed, as JSON."""
    texts: list[str] = applications.select(pl.struct(*_SCHEMA).struct.json_encode()).to_series().to_list()
    return texts


def from_texts(texts: Sequence[str]) -> pl.DataFrame:
    """The columns again, with their types."""
    written = pl.Struct({name: _as_written(dtype) for name, dtype in _SCHEMA.items()})
    frame = pl.Series("row", texts, dtype=pl.String).str.json_decode(written).struct.unnest()
    return frame.with_columns(_read(pl.col(name), dtype) for name, dtype in _SCHEMA.items())


def _read(written: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Date):
        return written.str.to_date()
    if isinstance(dtype, pl.List) and isinstance(dtype.inner, pl.Date):
        return written.list.eval(pl.element().str.to_date())
    return written.cast(dtype)


def _as_written(dtype: pl.DataType) -> pl.DataType:
    if isinstance(dtype, pl.List):
        return pl.List(_as_written(dtype.inner))  # type: ignore[arg-type]
    return pl.String() if isinstance(dtype, pl.Date | pl.Enum) else dtype
