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


def band(names: Sequence[str], place: int, rules: Rules) -> Told:
    """The interval of the band at `place` of those called `names`, lowest first, from the columns of `traits.exact`."""
    if not rules.holds("sums"):
        return count(names[place], rules)
    values, n, margin = [pl.col(name) for name in names], pl.col("n").cast(pl.Int64), rules.count_margin
    group, groups, closed = _groups(values, margin)
    mine = [one == group[place] for one in group]
    total = pl.sum_horizontal(pl.when(same).then(value).otherwise(0) for same, value in zip(mine, values, strict=True))
    alone = pl.sum_horizontal(same.cast(pl.Int32) for same in mine) == 1
    low = pl.when(alone).then(values[place]).otherwise(0)
    high = pl.when(alone).then(values[place]).otherwise(total)
    hidden = margin * (int(place > 0) + int(place < len(names) - 1))
    one_low = pl.when(closed[place]).then(n - hidden).otherwise(0)
    one_high = pl.when(closed[place]).then(n).otherwise(margin)
    known = pl.all_horizontal(value.is_not_null() for value in values)
    return (
        pl.when(known).then(pl.when(groups > 1).then(low).otherwise(one_low)),
        pl.when(known).then(pl.when(groups > 1).then(high).otherwise(one_high)),
    )


def _groups(values: Sequence[pl.Expr], margin: int) -> tuple[list[pl.Expr], pl.Expr, list[pl.Expr]]:
    """The group of each band, how many groups there are, and which bands close one."""
    held: pl.Expr = pl.lit(0, pl.Int64)
    before: pl.Expr = pl.lit(0, pl.Int32)
    numbers, closed = [], []
    for value in values:
        held = held + value
        numbers.append(before)
        closed.append(held > margin)
        before = before + closed[-1].cast(pl.Int32)
        held = pl.when(closed[-1]).then(0).otherwise(held)
    return [pl.min_horizontal(number, before - 1) for number in numbers], before, closed
