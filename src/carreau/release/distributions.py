"""Bands that add up to the households of a region, told so that no sum of them says nobody or everybody.

Neighbouring bands are taken together, from the lowest, as soon as they hold three households or more; what is left at
the end goes with the group before. Each group then holds 3 to n - 3. A band that is a group by itself is told exactly,
another as 0 to the total of its group: whatever bands are added up, either whole groups are known, which are at least 3
and leave at least 3, or a part of a group of at least 3, of which 0, 1, 2 and 3 are possible.

Where one band holds nearly all, no group can be closed on either side of it. Then it is told as all but 0 to 2 of those
below it and 0 to 2 of those above, and every other band as 0 to 2.
"""

from collections.abc import Sequence

import polars as pl

from carreau.release.intervals import Told, count
from carreau.release.rules import Rules


def with_groups(sums: pl.DataFrame, names: Sequence[str], rules: Rules) -> pl.DataFrame:
    """Add to exact sums what `band` reads: the group of each band, whether it closes one, how many groups there are.

    Columns `NAME_group`, `NAME_closes`, `groups` of the bands called `names`, lowest first; step by step, since each
    band depends on the ones before.
    """
    known = pl.all_horizontal(pl.col(name).is_not_null() for name in names)
    found = sums.with_columns(held=pl.when(known).then(pl.lit(0, pl.Int64)), groups=pl.lit(0, pl.Int32))
    for name in names:
        found = found.with_columns((pl.col("held") + pl.col(name) > rules.count_margin).alias(f"{name}_closes"))
        closes = pl.col(f"{name}_closes")
        found = found.with_columns(
            pl.col("groups").alias(f"{name}_group"),
            held=pl.when(closes).then(0).otherwise(pl.col("held") + pl.col(name)),
            groups=pl.col("groups") + closes.cast(pl.Int32),
        )
    last = [pl.min_horizontal(f"{name}_group", pl.col("groups") - 1).alias(f"{name}_group") for name in names]
    return found.drop("held").with_columns(last)


def band(names: Sequence[str], place: int, rules: Rules) -> Told:
    """The interval of the band at `place` of those called `names`, lowest first, from the columns of `with_groups`."""
    name = names[place]
    if not rules.holds("sums"):
        return count(name, rules)
    n, margin = pl.col("n").cast(pl.Int64), rules.count_margin
    mine = [pl.col(f"{other}_group") == pl.col(f"{name}_group") for other in names]
    total = pl.sum_horizontal(pl.when(same).then(pl.col(other)) for same, other in zip(mine, names, strict=True))
    alone = pl.sum_horizontal(same.cast(pl.Int32) for same in mine) == 1
    closes, several = pl.col(f"{name}_closes"), pl.col("groups") > 1
    hidden = margin * (int(place > 0) + int(place < len(names) - 1))
    low = pl.when(several & alone).then(pl.col(name)).when(several).then(0).when(closes).then(n - hidden).otherwise(0)
    high = pl.when(several & alone).then(pl.col(name)).when(several).then(total).when(closes).then(n).otherwise(margin)
    known = closes.is_not_null()
    return pl.when(known).then(low), pl.when(known).then(high)
