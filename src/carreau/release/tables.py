"""Public tables of what households waited: cells merged until each holds enough, one partition, one sealed type.

A table tells ranges and no count. Its cells do not overlap, and no other table of the same households is published, so
that nothing follows by differences: there is no total to subtract from.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from types import MappingProxyType
from typing import Any

import polars as pl

from carreau.outputs import digest

_GATE = object()
PUBLISHED = pl.Schema(
    {
        "epci": pl.String(),
        "communes": pl.List(pl.String()),
        "rooms_from": pl.Int16(),
        "rooms_to": pl.Int16(),
        "priority": pl.Boolean(),
    }
)
"""A published cell: communes of an EPCI, rooms from and to, priority or not, null for both together."""


@dataclass(frozen=True, eq=False)
class Table:
    """A protected table: made by `protect_table`, read by everybody. `facts` says what it is."""

    facts: Mapping[str, Any]
    _rows: pl.DataFrame = field(repr=False)
    gate: InitVar[object]

    def __post_init__(self, gate: object) -> None:
        if gate is not _GATE:
            raise TypeError("a Table is made by carreau.release.tables.protect_table only")
        object.__setattr__(self, "facts", MappingProxyType(dict(self.facts)))
        object.__setattr__(self, "_seal", self.digest)

    @property
    def rows(self) -> pl.DataFrame:
        """One row a published cell: `PUBLISHED`, then the values, rounded."""
        return self._rows.clone()

    @property
    def digest(self) -> str:
        """SHA-256 of the rows."""
        return digest({"rows": self._rows})

    @property
    def intact(self) -> bool:
        """Whether the rows are still those that the gate let through."""
        return self.digest == getattr(self, "_seal", None)


def merged(counts: pl.DataFrame, threshold: int) -> pl.DataFrame:
    """Which published cell each cell belongs to: a row a cell of `counts`, with `cell` and the columns of `PUBLISHED`.

    `counts` has `epci`, `commune`, `rooms`, `priority` and `n`, the households of each cell, each cell once. Within an
    EPCI, communes with fewer than `threshold` households are merged, with the smallest other until there are enough;
    then sizes next to each other; then priority and not are told apart (`told_priority`) where both have enough, since
    one alone would say that everybody was, or nobody. Cells of an EPCI with fewer in all have a null `cell`: they are
    not published.
    """
    rows, number = [], 0
    for (epci,), part in sorted(counts.partition_by("epci", as_dict=True).items(), key=lambda one: str(one[0])):
        for communes, place in _places(part, threshold):
            for sizes, home in _sizes(place, threshold):
                for priority, cell in _priorities(home, threshold):
                    told = (number, epci, communes, sizes[0], sizes[1], priority)
                    rows += [(*key, *told) for key in cell.select("commune", "rooms", "priority").iter_rows()]
                    number += 1
    names = {"commune": pl.String(), "rooms": pl.Int16(), "of_priority": pl.Boolean(), "cell": pl.Int64(), **PUBLISHED}
    found = pl.DataFrame(rows, schema=names, orient="row").rename({"priority": "told_priority"})
    return counts.drop("n", "epci").join(
        found,
        left_on=["commune", "rooms", "priority"],
        right_on=["commune", "rooms", "of_priority"],
        how="left",
        validate="1:1",
    )


def protect_table(
    households: pl.DataFrame, cells: pl.DataFrame, values: pl.DataFrame, *, step: int, threshold: int,
    facts: Mapping[str, Any],
) -> Table:  # fmt: skip
    """Let through the values of the cells that hold enough households.

    `households`: one row each that the values are about, with its `cell`; `cells`: one row a cell, `PUBLISHED` with
    `cell`; `values`: whole numbers by `cell`, null where there is none, told rounded up to a multiple of `step`. A cell
    with fewer than `threshold` households is left out, whatever the cells say of themselves.

    Raises ValueError when two cells share a commune, a size and a priority: their difference could tell of a few.
    """
    _refuse_overlaps(cells)
    enough = households.drop_nulls("cell").group_by("cell").len("n").filter(pl.col("n") >= threshold).select("cell")
    named = [name for name in values.columns if name != "cell"]
    told = cells.join(enough, on="cell", how="semi").join(values, on="cell", how="left", validate="1:1")
    rounded = [((pl.col(name).cast(pl.Int64) + step - 1) // step * step).cast(pl.Int32) for name in named]
    rows = told.select(*PUBLISHED, *rounded).sort("epci", pl.col("communes").list.join(" "), "rooms_from", "priority")
    return Table(facts={**facts, "threshold": threshold, "step": step}, _rows=rows, gate=_GATE)


Part = tuple[Any, pl.DataFrame]


def _places(part: pl.DataFrame, threshold: int) -> Iterator[Part]:
    """Communes alone, and those that are too small together; nothing where the whole is too small."""
    if part["n"].sum() < threshold:
        return
    sums = part.group_by("commune").agg(pl.col("n").sum()).sort("n", "commune")
    small = sums.filter(pl.col("n") < threshold)
    size = small.height
    while 0 < sums.head(size)["n"].sum() < threshold:
        size += 1
    groups = [sums.head(size)["commune"].to_list(), *([one] for one in sums["commune"][size:])]
    for communes in sorted(sorted(group) for group in groups if group):
        held = part.filter(pl.col("commune").is_in(communes))
        if held["n"].sum() >= threshold:
            yield communes, held


def _sizes(part: pl.DataFrame, threshold: int) -> Iterator[Part]:
    """Sizes from the smallest, each run of them closed as soon as it holds enough; what is left joins the last."""
    sums = part.group_by("rooms").agg(pl.col("n").sum()).sort("rooms")
    runs: list[list[int]] = [[]]
    count = 0
    for rooms, n in sums.iter_rows():
        runs[-1].append(rooms)
        count += n
        if count >= threshold:
            runs.append([])
            count = 0
    left = runs.pop()
    runs[-1] += left
    for run in runs:
        yield (run[0], run[-1]), part.filter(pl.col("rooms").is_in(run))


def _priorities(part: pl.DataFrame, threshold: int) -> Iterator[Part]:
    """Priority and not apart where both hold enough, else together."""
    sums = [int(part.filter(pl.col("priority") == one)["n"].sum()) for one in (False, True)]
    if min(sums) >= threshold:
        yield from ((one, part.filter(pl.col("priority") == one)) for one in (False, True))
    else:
        yield None, part


def _refuse_overlaps(cells: pl.DataFrame) -> None:
    """Two cells that share a commune and a size must be priority and not."""
    one = cells.explode("communes", empty_as_null=False)
    sizes = one.with_columns(rooms=pl.int_ranges("rooms_from", pl.col("rooms_to") + 1)).explode(
        "rooms", empty_as_null=False
    )
    both = sizes.with_columns(priority=pl.when(pl.col("priority").is_null()).then(pl.lit([True, False])).otherwise(
        pl.concat_list("priority"))).explode("priority", empty_as_null=False)  # fmt: skip
    key: Sequence[str] = ("communes", "rooms", "priority")
    if both.select(key).is_duplicated().any():
        raise ValueError("two cells share a commune, a size and a priority")
