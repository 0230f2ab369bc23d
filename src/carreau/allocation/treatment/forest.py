"""A forest plot as SVG: one line a group, its estimate and interval; in the one colour of the text around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

LINE, LABELS, PLOT, MARGIN = 22, 260, 380, 28
HALF = 4
"""Half a square's side: open squares show what is behind, so that the line stops at them."""
TICKS = 2


@dataclass(frozen=True)
class Mark:
    """One line of the plot, in the unit of its axis: percentage points."""

    label: str
    estimate: float
    low: float
    high: float
    flagged: bool


def forest(marks: Sequence[Mark], name: str, unit: str) -> str:
    """The plot, with `name` as its text for those who do not see it and `unit` under the axis."""
    reach = _reach(marks)
    height = MARGIN + LINE * len(marks) + 44
    body = [_grid(reach, height)]
    body += [_line(mark, MARGIN + LINE * (place + 0.5), reach) for place, mark in enumerate(marks)]
    body.append(_text((LABELS + PLOT + MARGIN) / 2, height - 6, unit, "middle"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LABELS + PLOT + MARGIN} {height}" role="img" '
        f'font-size="13" fill="currentColor"><title>{escape(name)}</title>{"".join(body)}</svg>'
    )


def _reach(marks: Sequence[Mark]) -> int:
    """The end of the axis on either side, in points: 5, 10, 20 or 50, the first that holds every estimate, or 100."""
    furthest = max((abs(mark.estimate) for mark in marks), default=0.0)
    return next((end for end in (5, 10, 20, 50) if 1.5 * furthest <= end), 100)


def _at(value: float, reach: int) -> float:
    held = max(-reach, min(reach, value))
    return round(LABELS + PLOT * (held + reach) / (2 * reach), 1)


def _grid(reach: int, height: int) -> str:
    bottom = height - 40
    parts = []
    for tick in range(-TICKS, TICKS + 1):
        value = tick * reach / TICKS
        x, dashes = _at(value, reach), "" if tick == 0 else ' stroke-dasharray="2 4"'
        parts.append(f'<path d="M{x} {MARGIN}V{bottom}" stroke="currentColor" opacity="0.5" fill="none"{dashes}/>')
        parts.append(_text(x, bottom + 16, f"{value:+g}".replace("-", "\u2212") if value else "0", "middle"))
    return "".join(parts)


def _line(mark: Mark, y: float, reach: int) -> str:
    low, high, middle = (_at(value, reach) for value in (mark.low, mark.high, mark.estimate))
    weight, fill = ("bold", "currentColor") if mark.flagged else ("normal", "none")
    left, right = round(max(low, middle - HALF), 1), round(min(high, middle + HALF), 1)
    side = f'width="{2 * HALF}" height="{2 * HALF}"'
    square = f'<rect x="{middle - HALF:.1f}" y="{y - HALF}" {side} fill="{fill}" stroke="currentColor"/>'
    label = _text(LABELS - 10, y + HALF, mark.label, "end", weight)
    return f'{label}<path d="M{low} {y}H{left}M{right} {y}H{high}" stroke="currentColor" stroke-width="2"/>{square}'


def _text(x: float, y: float, words: str, anchor: str, weight: str = "normal") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-weight="{weight}">{escape(words)}</text>'
