"""What is told of the homes of a unit, exactly: the open register has them, or they say nothing of who lives there."""

from collections.abc import Sequence

import polars as pl

from carreau.release.indicators import Indicator
from carreau.release.partition.drawn import CELL_KEY


def of_homes(homes: pl.DataFrame, cells: pl.DataFrame, indicators: Sequence[Indicator]) -> pl.DataFrame:
    """How many homes of each unit have each indicator of kind `homes`: `unit_id` and a column for each.

    `homes` is one row a home, as `located.home_values` gives it; `cells` says which unit a cell is in. What is unknown
    of a home is not counted.
    """
    placed = homes.join(cells.drop_nulls("unit_id"), on=CELL_KEY, how="inner", validate="m:1")
    counts = [
        (pl.len() if one.name == "homes" else pl.col(one.name).sum()).cast(pl.Int32).alias(one.name)
        for one in indicators
    ]
    return placed.group_by("unit_id").agg(counts)
