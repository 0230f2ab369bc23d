"""Lists of codes for millions of rows: each list is written once for all the rows to which the same codes apply."""

from collections.abc import Callable, Mapping, Sequence

import polars as pl

CODES = pl.List(pl.String)
Made = Callable[[Sequence[str]], Sequence[str]]


def listed(frame: pl.DataFrame, found: Mapping[str, pl.Expr], **made: Made) -> pl.DataFrame:
    """One row a row of `frame`: `codes`, those of `found` that hold there (null does not), in the order of `found`.

    Each of `made` is a further column of lists, worked out from the list of codes. At most 64 codes.
    """
    bits = [so.fill_null(False).cast(pl.UInt64) * (1 << place) for place, so in enumerate(found.values())]
    masks = frame.select(pl.sum_horizontal(bits).cast(pl.UInt64).alias("mask"))
    distinct = masks["mask"].unique().sort()
    held = [[code for place, code in enumerate(found) if mask >> place & 1] for mask in distinct]
    lists = {"codes": held, **{name: [list(make(codes)) for codes in held] for name, make in made.items()}}
    table = pl.DataFrame({"mask": distinct, **lists}, schema_overrides=dict.fromkeys(lists, CODES))
    return masks.join(table, on="mask", how="left", maintain_order="left").drop("mask")
