"""A release as a picture: one path a unit, made of its inhabited cells, in the ramp of the look."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

import polars as pl

from carreau.places.grid import CELL, parse_cell_ids
from carreau.release.gate import Release
from carreau.text import euros, number, say

CLASSES = 6
UNKNOWN = "unknown"
PAPER, SOFT = "#FBF8F3", "#51636F"
RAMP = {
    "c1": "#F0DFCB", "c2": "#E3B893", "c3": "#D08A5E", "c4": "#B85A38", "c5": "#8C3529", "c6": "#55201F",
    UNKNOWN: "#EDE7DD",
}  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """A unit: SVG path data in cells, its colour class, and what is said of it."""

    path: str
    colour: str
    title: str


@dataclass(frozen=True)
class Map:
    """One indicator drawn: `frame` holds the squares of merged units (x, y, side), `legend` the classes in words."""

    name: str
    label: str
    view: str
    shapes: Sequence[Shape]
    frame: Sequence[tuple[float, float, float]]
    legend: Sequence[tuple[str, str]]


def draw(release: Release, indicator: str, language: str) -> Map:
    """Draw one indicator of a release whose units lie on one grid. Classes hold about as many units each."""
    units = release.units.with_columns(_value(indicator).alias("value"))
    bounds = _bounds(units["value"])
    cells = release.cells.hstack(parse_cell_ids(release.cells["cell_id"]).select("cell_north", "cell_east"))
    top, left = cells["cell_north"].max(), cells["cell_east"].min()
    placed = cells.select(
        "unit_id", ((pl.col("cell_east") - left) // CELL).alias("x"), ((top - pl.col("cell_north")) // CELL).alias("y")
    )
    paths = dict(
        placed.sort("y", "x").group_by("unit_id", maintain_order=True)
        .agg(pl.format("M{} {}h1v1h-1z", "x", "y").str.join("")).iter_rows()
    )  # fmt: skip
    shapes = [
        Shape(paths[unit["unit_id"]], _colour(unit["value"], bounds), _title(unit, indicator, language))
        for unit in units.sort("unit_id").iter_rows(named=True)
    ]
    width, height = int(placed["x"].max()) + 1, int(placed["y"].max()) + 1  # type: ignore[arg-type]
    frame = _frames(units.filter(pl.col("size") > CELL), int(top), int(left), width, height)  # type: ignore[arg-type]
    label = say(f"indicator.{indicator}", language)
    view = f"-0.5 -0.5 {width + 1} {height + 1}"
    return Map(indicator, label, view, shapes, frame, _legend(bounds, units["value"], indicator, language))


def standalone(drawn: Map) -> str:
    """The map as an SVG file of its own, on the paper of the look."""
    x, y, width, height = drawn.view.split()
    style = "".join(f".{name}{{fill:{colour}}}" for name, colour in RAMP.items())
    frames = "".join(f'<rect x="{x}" y="{y}" width="{side}" height="{side}"/>' for x, y, side in drawn.frame)
    paths = "".join(f'<path class="{shape.colour}" d="{shape.path}"/>' for shape in drawn.shapes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{drawn.view}" width="800" role="img">'
        f"<title>{escape(drawn.label)}</title>"
        f"<style>{style}path{{stroke:{PAPER};stroke-width:.08}}rect{{fill:none;stroke:{SOFT};stroke-width:.07}}</style>"
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" style="fill:{PAPER};stroke:none"/>'
        f"<g opacity='.5'>{frames}</g>{paths}</svg>\n"
    )


def told(unit: dict[str, object], indicator: str, language: str) -> str:
    """An indicator of one unit in words: an interval, a mean, or that it is withheld."""
    if indicator == "living_standard":
        value = unit[indicator]
        return say("page.withheld", language) if value is None else euros(float(value), language)  # type: ignore[arg-type]
    low, high = int(unit[f"{indicator}_low"]), int(unit[f"{indicator}_high"])  # type: ignore[call-overload]
    if low == high:
        return number(low, language)
    return say("page.interval", language, low=low, high=high)


def _value(indicator: str) -> pl.Expr:
    if indicator == "living_standard":
        return pl.col(indicator).cast(pl.Float64)
    middle = (pl.col(f"{indicator}_low") + pl.col(f"{indicator}_high")) / 2 / pl.col("households")
    return middle if indicator == "persons" else 100 * middle


def _bounds(values: pl.Series) -> list[float]:
    known = values.drop_nulls()
    inner = [known.quantile(step / CLASSES, "nearest") for step in range(1, CLASSES)]
    return sorted({float(bound) for bound in inner if bound is not None})


def _colour(value: float | None, bounds: list[float]) -> str:
    return UNKNOWN if value is None else f"c{sum(value >= bound for bound in bounds) + 1}"


def _frames(merged: pl.DataFrame, top: int, left: int, width: int, height: int) -> list[tuple[float, float, float]]:
    """The squares of merged units, in cells; those larger than the picture say nothing and are left out."""
    return [
        ((east - left) / CELL, (top + CELL - north - size) / CELL, size / CELL)
        for size, north, east in merged.select("size", "north", "east").iter_rows()
        if size / CELL <= max(width, height)
    ]


def _title(unit: dict[str, object], indicator: str, language: str) -> str:
    return say(
        "page.unit_title", language,
        size=_side(int(unit["size"]), language), count=int(unit["households"]),  # type: ignore[call-overload]
        label=say(f"indicator.{indicator}", language), value=told(unit, indicator, language),
    )  # fmt: skip


def _side(metres: int, language: str) -> str:
    return f"{number(metres, language)} m" if metres < 1000 else f"{number(metres / 1000, language)} km"


def _legend(bounds: list[float], values: pl.Series, indicator: str, language: str) -> list[tuple[str, str]]:
    if values.drop_nulls().is_empty():
        return [(UNKNOWN, say("page.withheld", language))]
    edges = [float(values.min()), *bounds, float(values.max())]  # type: ignore[arg-type]
    legend = [
        (f"c{step + 1}", f"{_amount(low, indicator, language)} – {_amount(high, indicator, language)}")
        for step, (low, high) in enumerate(pairwise(edges))
    ]
    return [*legend, *([(UNKNOWN, say("page.withheld", language))] if values.null_count() else [])]


def _amount(value: float, indicator: str, language: str) -> str:
    if indicator == "living_standard":
        return euros(value, language)
    if indicator == "persons":
        return number(value, language, decimals=2)
    return say("page.percent", language, value=number(value, language))
