"""Two maps side by side: two indicators of one map, or one indicator in two years, and what differs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from carreau.site.maps.classes import classes
from carreau.site.maps.editions import Edition, chosen
from carreau.site.maps.measures import Indicator, Measure
from carreau.site.maps.shown import Shown, shown
from carreau.site.maps.wording import corner, difference, line

SHAPE = ("unit_id", "cell_crs", "cell_north", "cell_east")


@dataclass(frozen=True)
class Side:
    """One of the two: its edition, and its release with that indicator alone."""

    edition: Edition
    release: Shown
    whole: Shown
    """The same release with every indicator."""

    @property
    def indicator(self) -> Indicator:
        """What is shown."""
        return self.release.indicators[0]


@dataclass(frozen=True)
class Row:
    """A unit that both sides have: what each tells of it, and the difference in words."""

    unit_id: str
    corner: str
    left: str
    right: str
    difference: str


def sides(asked: Any, known: list[Edition]) -> tuple[Side, Side, bool]:
    """What an address asks for (`map`, `indicator`, `with`, `against`), and whether all of it could be understood.

    What is left out: the first map and indicator; on the right another year of the same, or else the next indicator.
    Maps of two territories are not compared: the right side then stays in the left one's territory.
    """
    asked_for = chosen(asked.get("map", ""), known)
    edition = asked_for or known[0]
    left, left_known = _side(edition, asked.get("indicator", ""))
    same = [one for one in known if one.territory == edition.territory]
    beside = chosen(asked.get("with", ""), same) if asked.get("with") else _another(same, edition)
    right, right_known = _side(beside or edition, asked.get("against", "") or _against(left, beside or edition))
    placed = beside is not None or chosen(asked.get("with", ""), known) is not None
    return *_on_one_ground(left, right), bool(asked_for) and left_known and right_known and placed


def _side(edition: Edition, name: str) -> tuple[Side, bool]:
    release = shown(edition.published)
    found = release.indicator(name)
    one = found or release.indicators[0]
    return Side(edition, replace(release, indicators=(one,)), release), found is not None


def _another(same: Sequence[Edition], left: Edition) -> Edition:
    return next((one for one in same if one != left), left)


def _against(left: Side, beside: Edition) -> str:
    if beside != left.edition:
        return left.indicator.name
    names = [one.name for one in left.whole.indicators]
    return names[(names.index(left.indicator.name) + 1) % len(names)]


def _on_one_ground(left: Side, right: Side) -> tuple[Side, Side]:
    """Both in the same frame; the same indicator in the same classes, so that a colour means one thing."""
    ground = pl.concat([left.release.places, right.release.places])
    pair = [replace(one.release, ground=ground) for one in (left, right)]
    if left.indicator == right.indicator:
        middles = np.concatenate([one.indicator.middle(one.release.units) for one in (left, right)])
        found = classes(middles, left.indicator.decimals)
        pair = [replace(one, classes={left.indicator.name: found}) for one in pair]
    return replace(left, release=pair[0]), replace(right, release=pair[1])


def comparable(left: Indicator, right: Indicator) -> bool:
    """Whether a difference of the two means something: both are of the same kind."""
    return left.measure is right.measure and (left.measure is not Measure.DENSITY or left.unit == right.unit)


def compared(left: Side, right: Side, *, upwards: bool = False) -> pl.DataFrame:
    """The units of the same cells on both sides, by falling difference (right less left), those without one last.

    Columns of the units of each side, with `left_` and `right_` before their names; `unit_id`; `low` and `high`, the
    ends of the difference, null where there is none to tell.
    """
    ours, theirs = _told(left, "left_"), _told(right, "right_")
    both = _same(left.release, right.release).join(ours, on="unit_id").join(theirs, on="unit_id")
    known = comparable(left.indicator, right.indicator)
    low, high = pl.col("right_least") - pl.col("left_most"), pl.col("right_most") - pl.col("left_least")
    found = both.with_columns(low=low if known else None, high=high if known else None)
    return found.sort(pl.col("low") + pl.col("high"), "unit_id", descending=[not upwards, False], nulls_last=True)


def _told(side: Side, prefix: str) -> pl.DataFrame:
    units, indicator = side.release.units, side.indicator
    if indicator.measure is Measure.DENSITY:  # the numbers themselves: the cells are the same on both sides
        least, most = (units[name].cast(pl.Float64) for name in (indicator.low, indicator.high))
    else:
        least, most = (pl.Series(one, nan_to_null=True) for one in indicator.ends(units))
    told = units.with_columns(least=least, most=most)
    return told.rename({name: prefix + name for name in told.columns if name != "unit_id"})


def _same(left: Shown, right: Shown) -> pl.DataFrame:
    """`unit_id` of the units that are the same cells in both releases."""
    if left.key == right.key:
        return left.units.select("unit_id")
    shapes = [
        pl.concat([one.places, one.bridges]).select(SHAPE).sort(SHAPE).group_by("unit_id", maintain_order=True).agg(
            cells=pl.struct(SHAPE[1:]))
        for one in (left, right)
    ]  # fmt: skip
    first, second = shapes
    return first.join(second, on="unit_id").filter(pl.col("cells") == pl.col("cells_right")).select("unit_id")


def rows(found: pl.DataFrame, left: Side, right: Side) -> list[Row]:
    """The differences in words and figures."""
    return [
        Row(
            row["unit_id"],
            corner({name: row[f"left_{name}"] for name in ("north", "east")}),
            _words(left, row, "left_"),
            _words(right, row, "right_"),
            difference(left.indicator, row["low"], row["high"]),
        )
        for row in found.iter_rows(named=True)
    ]


def _words(side: Side, row: dict[str, Any], prefix: str) -> str:
    own = {name.removeprefix(prefix): value for name, value in row.items() if name.startswith(prefix)}
    said = line(side.indicator, own)
    return f"{said.told} ({said.rate})" if said.rate and side.indicator.measure is not Measure.DENSITY else said.told
