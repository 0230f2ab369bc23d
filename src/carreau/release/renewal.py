"""The rule of time: when the row of a unit may be published anew beside all that was ever published of it.

Every row ever published is a sum over the households that it counted. Whoever keeps all releases and sees removal vans
knows who came and who left, so that a difference of rows is a sum over those alone. A row is renewed only if no signed
sum of rows, of this unit or of several, is about 1 to 10 households, and none tells that nobody or everybody of a
larger number has a trait; else the row and its date stay.

The households of a unit that no other unit ever counted are its own: nothing in another unit takes them away again.
Between the publications of the unit, in their order, each own household is there for a stretch. Take the moments before
the first, between two and after the last as nodes, and each stretch as an edge from its start to its end. A sum of the
unit's rows with factors of -1, 0 and 1 is a cut of this graph, and any other signed sum touches at least the edges of
one. So nothing about a few follows where every cut that takes the new row, that of the row alone too, has `threshold`
edges or more; and since that held for each row when it was published, it holds for all rows together: of a signed sum,
look at the last row.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import numpy.typing as npt
import polars as pl

from carreau.release.indicators import Indicator
from carreau.release.rules import Rules

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
MOST_ROWS = 10
"""The row of a unit with more different ones stays: it has too many cuts."""
NOW = 2**31 - 1
"""The turn of the rows that ask to be published."""


@dataclass(frozen=True, eq=False)
class Rows:
    """The different rows of a unit in their order, the new one last; those of the same households are one row.

    `stays`: of each number of households alike the first and the last row that counted them, whether they are the
    unit's own, and how many (columns `first`, `last`, `own`, `number`). `low`, `high`: the ends of the counts of
    households that each row told, rows × counts; no limit where nothing is told.
    """

    stays: Ints
    low: Floats
    high: Floats

    @property
    def number(self) -> int:
        """How many rows there are."""
        return len(self.low)


def renewable(entries: pl.DataFrame, told: pl.DataFrame, indicators: Sequence[Indicator], rules: Rules) -> set[str]:
    """The units (by `shape`) of which the row with the turn `NOW` may be published.

    `entries`: `ledger.ENTRIES` of all rows of all units, those of `NOW` too. `told`: `shape`, `turn`, and the columns
    of `indicators` as they were published, or are to be. A unit that was never told is told when all its households are
    its own: those who came from another unit are in the rows of that one.
    """
    numbered, returned = _numbered(entries)
    own = entries.with_columns(own=pl.col("shape").n_unique().over("household") == 1)
    held = own.filter(pl.col("turn") == NOW).group_by("shape").agg(pl.col("own").sum(), all=pl.len())
    enough = set(held.filter(pl.col("own") >= rules.threshold)["shape"])
    alone = set(held.filter(pl.col("own") == pl.col("all"))["shape"])
    known = set(entries.filter(pl.col("turn") != NOW)["shape"])
    changed = set(_changed_enough(entries, rules.threshold)) & enough - returned
    names = [one for one in indicators if one.kind in ("count", "band")]
    sets = _sets_of_bands(names)
    rows_of = _rows_of(entries, numbered, told, names, changed)
    again = {shape for shape, rows in rows_of if allowed(rows, sets, rules, sides=bool(indicators))}
    return (enough & alone) - known | again


def allowed(rows: Rows, sets: Sequence[Sequence[int]], rules: Rules, *, sides: bool) -> bool:
    """Whether no cut that takes the last of some rows tells of a few, nor of nobody or everybody in a set of counts.

    With `sides`, where anything but the number is told, as many must have come as gone, `threshold` of each: what is
    told of those who came, where hardly anybody went, is told of a region of their own.
    """
    cuts = _cuts(rows.number)
    return rows.number <= MOST_ROWS and all(_harmless(rows, factors, sets, rules, sides=sides) for factors in cuts)


def _cuts(rows: int) -> Iterator[Ints]:
    """The factors of the rows in each cut that takes the last one and another."""
    for side in product((0, 1), repeat=rows - 1) if rows > 1 else ():
        factors = np.diff([0, *side, 1 - side[-1]])
        if np.count_nonzero(factors) > 1:
            yield factors


def _harmless(rows: Rows, factors: Ints, sets: Sequence[Sequence[int]], rules: Rules, *, sides: bool) -> bool:
    first, last, own, number = rows.stays.T
    side = np.append(0, np.cumsum(factors))
    times = side[last + 1] - side[first]
    more, less = (int(number[(times == sign) & (own == 1)].sum()) for sign in (1, -1))
    if more + less < rules.threshold or (sides and min(more, less) < rules.threshold):
        return False
    elsewhere = [int(number[(times == sign) & (own == 0)].sum()) for sign in (1, -1)]
    low = _sum(factors, rows.low, rows.high) + elsewhere[1]
    high = _sum(factors, rows.high, rows.low) - elsewhere[0]
    return all(_both_sides(low, high, chosen, more, less, rules.count_margin) for chosen in sets)


def _sum(factors: Ints, ends: Floats, other_ends: Floats) -> Floats:
    """The end of a signed sum of rows, by count."""
    taken = np.where(factors[:, None] > 0, ends, -other_ends)
    return np.asarray(taken[factors != 0].sum(axis=0))


def _both_sides(low: Floats, high: Floats, chosen: Sequence[int], more: int, less: int, margin: int) -> bool:
    """Whether more than `margin` households may have one of the `chosen` traits, or came without, and the reverse."""
    with_trait = high[list(chosen)].sum() + less
    without = more - low[list(chosen)].sum()
    return bool(min(with_trait, without) > margin)


def _sets_of_bands(names: Sequence[Indicator]) -> list[tuple[int, ...]]:
    """Each count alone, and each set of bands of one distribution but all of them."""
    groups: dict[str, list[int]] = {}
    for place, one in enumerate(names):
        groups.setdefault(one.group or one.name, []).append(place)
    return [
        chosen
        for members in groups.values()
        for size in range(1, max(2, len(members)))
        for chosen in combinations(members, size)
    ]


def _numbered(entries: pl.DataFrame) -> tuple[pl.DataFrame, set[str]]:
    """The rows of each unit numbered from 0 (`shape`, `turn`, `row`), and the units of which one came back.

    Publications of the same households, one after the other, have the same number. A unit whose households were once
    the same as before others, or one of which came back to the same stay, has no order to speak of.
    """
    rows = entries.group_by("shape", "turn").agg(n=pl.len(), mark=pl.col("stay").hash().sum()).sort("shape", "turn")
    whole = pl.struct("n", "mark")
    rows = rows.with_columns(new=(whole != whole.shift(1).over("shape")).fill_null(value=True))
    rows = rows.with_columns(row=pl.col("new").cast(pl.Int64).cum_sum().over("shape") - 1)
    twice = rows.filter("new").group_by("shape").agg(whole.is_duplicated().any().alias("twice"))
    numbered = rows.select("shape", "turn", "row")
    held = entries.join(numbered, on=["shape", "turn"]).group_by("shape", "stay").agg(
        gap=pl.col("row").max() - pl.col("row").min() + 1 != pl.col("row").n_unique()
    )  # fmt: skip
    return numbered, {*twice.filter("twice")["shape"], *held.filter("gap")["shape"]}


def _changed_enough(entries: pl.DataFrame, threshold: int) -> list[str]:
    """The units of which enough households differ, in something counted, from each of their earlier rows."""
    now = entries.filter(pl.col("turn") == NOW).select("shape", "stay", "facts")
    then = entries.filter(pl.col("turn") != NOW).select("shape", "turn", "stay", before="facts")
    pairs = then.select("shape", "turn").unique()
    both = now.join(pairs, on="shape").join(then, on=["shape", "turn", "stay"], how="full", coalesce=True)
    counted = both.group_by("shape", "turn").agg(changed=(~pl.col("facts").eq_missing(pl.col("before"))).sum())
    least = counted.group_by("shape").agg(pl.col("changed").min())
    return least.filter(pl.col("changed") >= threshold)["shape"].to_list()


def _rows_of(
    entries: pl.DataFrame, numbered: pl.DataFrame, told: pl.DataFrame, names: Sequence[Indicator], wanted: set[str]
) -> Iterator[tuple[str, Rows]]:
    """The rows of each unit wanted. Of publications of one row those ends that say most; of the new, its own."""
    own = entries.group_by("household").agg(own=pl.col("shape").n_unique() == 1)
    asked = pl.col("shape").is_in(sorted(wanted))
    stretches = (
        entries.filter(asked).join(numbered, on=["shape", "turn"]).join(own, on="household")
        .group_by("shape", "stay").agg(first=pl.col("row").min(), last=pl.col("row").max(), own=pl.col("own").all())
        .group_by("shape", "first", "last", pl.col("own").cast(pl.Int64)).agg(number=pl.len().cast(pl.Int64))
    )  # fmt: skip
    by_shape = stretches.partition_by("shape", as_dict=True)
    placed = told.filter(asked).join(numbered, on=["shape", "turn"])
    mine = (pl.col("turn") == NOW) | (pl.col("row") < pl.col("row").max().over("shape"))
    ends = placed.filter(mine).group_by("shape", "row").agg(
        *(pl.when(pl.col(one.columns[0]).has_nulls()).then(np.inf).otherwise(pl.col(one.columns[0]).max())
          .alias(f"{one.name}_least") for one in names),
        *(pl.when(pl.col(one.columns[1]).has_nulls()).then(-np.inf).otherwise(pl.col(one.columns[1]).min())
          .alias(f"{one.name}_most") for one in names),
    ).sort("shape", "row")  # fmt: skip
    for (shape,), one in ends.partition_by("shape", as_dict=True).items():
        stays = by_shape[(shape,)].select("first", "last", "own", "number").to_numpy()
        low, high = (
            one.select(pl.col(f"{each.name}_{end}").cast(pl.Float64) for each in names).to_numpy()
            for end in ("least", "most")
        )
        yield str(shape), Rows(stays, low, high)
