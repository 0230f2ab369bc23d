"""What is shown of indicators and units, in the words and figures of the page's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import numpy as np

from carreau import text
from carreau.places.communes import Communes
from carreau.places.grid import CELL
from carreau.site.maps.classes import UNKNOWN, brought_down, brought_up
from carreau.site.maps.measures import CELLS, EUROS, Indicator, Measure
from carreau.site.maps.shown import Shown
from carreau.site.maps.zones import Zone
from carreau.site.pages.templatetags.words import day, euros, number, say


@dataclass(frozen=True)
class Step:
    """A line of a legend: colour, range, how many units."""

    colour: str
    range: str
    units: int


@dataclass(frozen=True)
class Legend:
    """What the colours of an indicator mean."""

    name: str
    label: str
    measure: str
    definition: str
    steps: Sequence[Step]
    intervals: bool
    """Whether some units are told as an interval."""


@dataclass(frozen=True)
class Line:
    """An indicator of one unit: what is told, its rate, and the ends of its bar in percent of the whole."""

    name: str
    label: str
    told: str
    rate: str
    bar: tuple[float, float] | None


def label(indicator: Indicator) -> str:
    """The name of an indicator; as the release calls it where the catalogue has none."""
    return _known(f"maps.label_{indicator.name}", indicator.name)


def definition(indicator: Indicator) -> str:
    """What an indicator counts."""
    return _known(f"maps.definition_{indicator.name}", indicator.definition)


def denominator(indicator: Indicator) -> str:
    """What an indicator is told over."""
    names = {Measure.DENSITY: "nothing", Measure.RATIO: "ratio", Measure.RENT: "surface",
             Measure.MEAN: "median" if indicator.denominator == "households" else "persons"}  # fmt: skip
    return say(f"maps.over_{names.get(indicator.measure, indicator.per)}")


def rate(indicator: Indicator, value: str) -> str:
    """A value of the measure, with what it is a rate of."""
    return say(f"maps.rate_{indicator.measure}_{indicator.per}", value=value)


def legends(release: Shown) -> list[Legend]:
    """The legend of each indicator of a release."""
    return [_legend(release, one) for one in release.indicators]


def _legend(release: Shown, indicator: Indicator) -> Legend:
    values, found = indicator.middle(release.units), release.classes[indicator.name]
    placed = found.of(values)
    steps = []
    if (placed >= 0).any():
        ends = np.array([np.nanmin(values), np.nanmax(values)])
        least, most = brought_down(ends, indicator.decimals)[0], brought_up(ends, indicator.decimals)[1]
        bounds = [least, *found.breaks, most]
        last = len(found.colours) - 1
        for place, colour in enumerate(found.colours):
            low, high = (_figure(one, indicator) for one in bounds[place : place + 2])
            key = "maps.range_last" if place == last else "maps.range"
            range_ = low if low == high else say(key, low=low, high=high)
            steps.append(Step(colour, range_, int((placed == place).sum())))
    if unknown := int((placed < 0).sum()):
        steps.append(Step(UNKNOWN, say("maps.not_told"), unknown))
    from_, to = indicator.ends(release.units)
    return Legend(indicator.name, label(indicator), say(f"maps.measure_{indicator.measure}_{indicator.per}"),
                  definition(indicator), steps, bool((from_ < to).any()))  # fmt: skip


def told(indicator: Indicator, row: Mapping[str, Any]) -> str:
    """What a release tells of a unit, as it tells it: a number, an interval, or that it is not published."""
    low, high = row[indicator.low], row[indicator.high]
    if low is None:
        return say("maps.not_told")
    write = {Measure.MEAN: euros, Measure.RENT: _cents}.get(indicator.measure, number)
    return write(low) if low == high else say("maps.interval", low=write(low), high=write(high))


def stayed(release: Shown, row: Mapping[str, Any]) -> list[str]:
    """That the figures of a unit are those of an earlier day, and why; nothing where they are of the release's own."""
    of, today = str(row.get("as_of") or "")[:10], release.page["reference_date"]
    return [say("maps.stayed", day=day(date.fromisoformat(of)))] if of and of != today else []


def lines(release: Shown, row: dict[str, Any]) -> list[Line]:
    """Every indicator of a unit."""
    return [line(one, row) for one in release.indicators]


def line(indicator: Indicator, row: Mapping[str, Any]) -> Line:
    """One indicator of a unit, whose row has its columns."""
    said, bar = "", None
    if indicator.over and row[indicator.over] and row[indicator.low] is not None:
        ends = [indicator.factor * row[name] / row[indicator.over] for name in (indicator.low, indicator.high)]
        low, high = (_figure(one, indicator, exact=True) for one in ends)
        if indicator.measure is Measure.SHARE:
            bar = (round(ends[0], 1), round(ends[1] - ends[0], 1))
        said = rate(indicator, low if low == high else say("maps.interval", low=low, high=high))
    return Line(indicator.name, label(indicator), told(indicator, row), said, bar)


def difference(indicator: Indicator, low: float | None, high: float | None) -> str:
    """How much more the second of two has than the first, with its sign; that nothing can be said when not told."""
    if low is None or high is None:
        return say("maps.no_difference")
    ends = [_signed(one, indicator) for one in (low, high)]
    value = ends[0] if ends[0] == ends[1] else say("maps.interval", low=ends[0], high=ends[1])
    return say("maps.points", value=value) if indicator.measure is Measure.SHARE else value


def _signed(value: float, indicator: Indicator) -> str:
    written = _figure(value, indicator)
    return f"+{written}" if value > 0 and written != number(0, 0) else written


def corner(row: dict[str, Any]) -> str:
    """Where a unit is, short: its size and grid are said elsewhere."""
    return f"N{row['north']} E{row['east']}"


def size(metres: int) -> str:
    """The side of a square."""
    return say("maps.metres", metres=metres) if metres < 1000 else say("maps.kilometres", kilometres=metres // 1000)


def extent(row: dict[str, Any]) -> str:
    """How large a unit is: the side of its square, or its number of cells with homes."""
    return say("maps.cells", count=row[CELLS]) if "-" in row["unit_id"] else size(row["size"])


def unit_name(row: dict[str, Any]) -> str:
    """What a unit is: a cell, a larger square, or several cells."""
    if row["size"] == CELL:
        return say("maps.unit_cell", size=size(CELL))
    if "-" in row["unit_id"]:
        return say("maps.unit_cells", cells=row[CELLS])
    return say("maps.unit_square", size=size(row["size"]))


def zoning_name(zoning: str) -> str:
    """What the zones of a zoning are called; by its own name where the catalogue has no words."""
    return _known(f"maps.zoning_{zoning}", zoning)


def zone_name(zoning: str, code: str) -> str:
    """A zone by what it is and its code; a commune by its name."""
    names = _communes() if zoning == "commune" else {}
    return names.get(code) or f"{zoning_name(zoning)} {code}"


def zone_sentences(count: str, zone: Zone) -> list[str]:
    """What is told of a zone, and of what its other figures are sums."""
    said = [say(f"maps.zone_own_{count}", count=zone.own)] if zone.own is not None else [say("maps.zone_units_only")]
    if zone.row is None:
        return [*said, say("maps.zone_no_units")]
    return [*said, say(f"maps.zone_sums_{count}", count=len(zone.members), number=zone.row[count])]


@cache
def _communes() -> dict[str, str]:
    return dict(Communes.shipped().lookup.select("code", "name").iter_rows())


def why(release: Shown, row: dict[str, Any]) -> str:
    """Why a unit is as large as it is, as anybody can work it out from the method and the threshold."""
    threshold = release.page["threshold"]
    if row["size"] == CELL:
        return say(f"maps.why_single_{release.count}", threshold=threshold)
    method, cells, bridges = release.page["method"], row[CELLS], release.bridges_of(row["unit_id"])
    key = f"maps.why_{method}_{release.count}"
    sentence = say(key if text.knows(key) else f"maps.why_merged_{release.count}", threshold=threshold, cells=cells)
    return f"{sentence} {say('maps.why_bridges', count=bridges)}" if bridges else sentence


def why_in_short(release: Shown) -> str:
    """The same for any unit that is not a cell, in a few words, with a place for its number of `{cells}`."""
    return say(f"maps.why_short_{release.count}", threshold=release.page["threshold"], cells="{cells}")


def method(release: Shown) -> str:
    """How the units were made; as the release calls it where the catalogue has no words."""
    name = str(release.page["method"])
    return _known(f"maps.method_{name}", name)


def file_words(name: str) -> str:
    """What a file of a release is, by its name: `units.csv` is `maps.file_units_csv`; nothing when not known."""
    return _known("maps.file_" + name.replace("/", "_").replace(".", "_"), "")


def _figure(value: float, indicator: Indicator, *, exact: bool = False) -> str:
    if indicator.measure in EUROS.values():
        return euros(value, 2 if indicator.measure is Measure.RENT else 0)
    decimals = 1 if indicator.measure is Measure.RATIO or (exact and indicator.measure is Measure.DENSITY) else 0
    return number(value, decimals)


def _cents(value: int) -> str:
    return euros(value / 100, 2)


def _known(key: str, otherwise: str) -> str:
    return say(key) if text.knows(key) else otherwise
