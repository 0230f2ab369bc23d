"""The colours can be read: every pair that carries words has the contrast of WCAG AA, in light and in dark."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from carreau import site

CSS = (Path(site.__file__).parent / "static" / "css" / "carreau.css").read_text(encoding="utf-8")
WORDS = [
    ("ink", "paper"), ("ink", "card"), ("soft", "paper"), ("soft", "card"), ("brick", "paper"), ("brick", "card"),
    ("on-brick", "brick"), ("ink", "done"), ("ink", "waiting"), ("ink", "refused"),
]  # fmt: skip


def tokens(after: str) -> dict[str, str]:
    """The colours of the first `:root` after a part of the style sheet."""
    block = CSS.partition(after)[2].partition("}")[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6})", block))


LIGHT = tokens(":root {")
DARK = LIGHT | tokens("@media (prefers-color-scheme: dark) {")


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("words", "ground"), WORDS)
def test_words_can_be_read(scheme: dict[str, str], words: str, ground: str) -> None:
    assert contrast(scheme[words], scheme[ground]) >= 4.5


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_ramp_goes_one_way_in_even_steps_of_lightness(scheme: dict[str, str]) -> None:
    lightness = [luminance(scheme[f"c{step}"]) ** (1 / 3) for step in range(1, 7)]
    steps = [after - before for before, after in pairwise(lightness)]
    assert all(step < 0 for step in steps) or all(step > 0 for step in steps)
    assert max(map(abs, steps)) < 2.5 * min(map(abs, steps))
