"""Quantities drawn with squares and bars, as SVG whose sizes are attributes: the page's policy lets no style through.

A drawing repeats what the words beside it say, so that it is hidden from screen readers.
"""

from typing import Any

from django import template

register = template.Library()

SQUARE, STEP = 10, 13
TILE_ROOMS = 6


@register.inclusion_tag("pages/parts/squares.html")
def squares(filled: int, of: int = 10) -> dict[str, Any]:
    """A row of `of` squares, the first `filled` of them full: progress, a rank among others."""
    places = [{"x": STEP * place, "full": place < filled} for place in range(of)]
    return {"places": places, "width": STEP * of - (STEP - SQUARE), "side": SQUARE}


@register.inclusion_tag("pages/parts/meter.html")
def meter(value: float, threshold: float | None = None, most: float = 100) -> dict[str, Any]:
    """A bar from 0 to `most`, with a mark where the law puts its threshold."""
    scale = 100 / most
    mark = None if threshold is None else round(threshold * scale, 1)
    return {"bar": round(min(max(value, 0), most) * scale, 1), "mark": mark}


@register.inclusion_tag("pages/parts/tile.html")
def tile(rooms: int | None) -> dict[str, Any]:
    """A home without a picture: one square a room (six at most), none when the register does not tell."""
    places = [(18 + 28 * (room % 3), 48 - 30 * (room // 3)) for room in range(min(rooms or 0, TILE_ROOMS))]
    return {"places": places}
