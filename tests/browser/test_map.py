"""The live map in a real browser: what it draws, how it answers a finger or a keyboard, what stays without WebGL."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page
from tests.browser.walking import Findings, Site, scrolls_sideways

pytestmark = pytest.mark.browser
Window = Callable[..., BrowserContext]
WIDTHS = (360, 1280)

SPOTS = """() => [...document.querySelectorAll(".drawing .units path")].map((path) => {
  const [x, y] = path.getAttribute("d").slice(1).split("L")[0].split(" ").map(Number);
  const inside = [[0.5, 0.5], [0.5, -0.5], [-0.5, 0.5], [-0.5, -0.5]].map(([dx, dy]) => new DOMPoint(x + dx, y + dy))
    .find((point) => path.isPointInFill(point));
  const place = inside.matrixTransform(path.getScreenCTM());
  return {unit: path.parentNode.id, x: Math.round(place.x), y: Math.round(place.y), fill: getComputedStyle(path).fill};
})"""
"""A point on the screen inside each unit of the server's drawing, with the colour that the drawing gives it."""

PIXELS = """async ([picture, spots]) => {
  const image = new Image();
  image.src = "data:image/png;base64," + picture;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), {width: image.width, height: image.height});
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  return spots.map(([x, y]) => `rgb(${[...context.getImageData(x, y, 1, 1).data].slice(0, 3).join(", ")})`);
}"""


def opened(
    window: Window, site: Site, path: str = "/carte/", width: int = 1280, **options: Any
) -> tuple[Page, Findings]:
    page = window(viewport={"width": width, "height": 900}, **options).new_page()
    findings = Findings(site.address)
    findings.listen(page)
    page.goto(path)
    page.locator("#map[data-drawn]").wait_for()
    return page, findings


def settled(page: Page) -> None:
    page.wait_for_function("document.querySelector('.map-canvas canvas') !== null")
    page.wait_for_timeout(600)


def spots_of(page: Page) -> list[dict[str, Any]]:
    """The units whose spot is in view, away from what lies over the map."""
    box = page.locator(".map-view").bounding_box()
    assert box
    return [
        spot
        for spot in page.evaluate(SPOTS)
        if box["x"] + 4 < spot["x"] < box["x"] + box["width"] - 64 and box["y"] + 40 < spot["y"] < 880
    ]


def colours(page: Page, spots: list[dict[str, Any]]) -> list[str]:
    picture = base64.b64encode(page.screenshot()).decode()
    blank = page.context.new_page()
    found: list[str] = blank.evaluate(PIXELS, [picture, [[spot["x"], spot["y"]] for spot in spots]])
    blank.close()
    return found


@pytest.mark.parametrize("width", WIDTHS)
def test_the_live_map_has_the_colours_of_the_drawing(window: Window, site: Site, width: int) -> None:
    page, findings = opened(window, site, width=width)
    for indicator in ("households", "poor", "living_standard"):
        page.select_option("#id_indicator", indicator)
        settled(page)
        assert page.locator(".drawing").first.evaluate("one => getComputedStyle(one).visibility") == "hidden"
        spots = spots_of(page)
        assert len(spots) > 20
        assert len({spot["fill"] for spot in spots}) >= 4
        pairs = zip(spots, colours(page, spots), strict=True)
        wrong = [spot for spot, seen in pairs if seen != spot["fill"]]
        assert len(wrong) <= len(spots) // 20, indicator  # a spot may fall on a white edge
        assert f"indicator={indicator}" in page.url
        assert page.locator(".map-legend:visible").count() == 1
        assert page.locator(".map-legend:visible").get_attribute("data-indicator") == indicator
    assert not findings.problems
    assert not scrolls_sideways(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_touch_opens_the_card_of_a_unit(window: Window, site: Site, width: int) -> None:
    page, findings = opened(window, site, width=width)
    spot = spots_of(page)[0]
    page.mouse.click(spot["x"], spot["y"])
    card = page.locator(".map-card")
    card.wait_for()
    assert card.get_attribute("data-unit") == spot["unit"]
    assert f"unit={spot['unit']}" in page.url
    assert "indicator=households" in page.url
    assert card.locator("[data-current]").count() == 1
    card.get_by_text("Fermer").click()
    assert card.count() == 0
    assert "unit=" not in page.url
    assert not findings.problems


def test_a_mouse_reads_a_unit_in_passing(window: Window, site: Site) -> None:
    page, _ = opened(window, site, "/carte/?indicator=poor")
    spot = spots_of(page)[0]
    page.mouse.move(spot["x"], spot["y"])
    page.wait_for_function("!document.querySelector('.map-tip').hidden")
    assert "% des ménages" in page.locator(".map-tip").inner_text()


def test_a_keyboard_does_it_all(window: Window, site: Site) -> None:
    # a square in view, named by the drawing, which needs no live map
    first = window(viewport={"width": 1280, "height": 900}, java_script_enabled=False).new_page()
    first.goto("/carte/")
    unit = next(spot["unit"] for spot in spots_of(first) if "RES200m" in spot["unit"])
    first.close()
    page, findings = opened(window, site, f"/carte/#{unit}")  # as the front page links to it
    page.locator(f".map-card[data-unit={unit}]").wait_for()
    settled(page)
    page.keyboard.press("Escape")
    assert page.locator(".map-card").count() == 0
    assert page.evaluate("document.activeElement.tagName") == "CANVAS"
    before = page.url
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("before => location.href !== before", arg=before)
    page.keyboard.press("ArrowRight")
    settled(page)
    page.wait_for_function("document.querySelector('#map-status').textContent !== ''")
    page.keyboard.press("Enter")
    page.locator(f".map-card[data-unit={unit}]").wait_for()
    page.wait_for_function("document.activeElement.id === 'unit-title'")
    assert not findings.problems


def test_an_address_brings_back_what_was_seen(window: Window, site: Site) -> None:
    page, _ = opened(window, site)
    page.select_option("#id_indicator", "poor")
    page.get_by_role("button", name="Agrandir").click()
    page.wait_for_function("location.hash.startsWith('#vue=')")
    settled(page)
    again, findings = opened(window, site, page.url.removeprefix(site.address))
    assert again.url == page.url
    assert again.locator("#id_indicator").input_value() == "poor"
    assert not findings.problems


def test_without_webgl_the_drawing_stays(window: Window, site: Site) -> None:
    page = window(viewport={"width": 1280, "height": 900}).new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto("/carte/?indicator=poor", wait_until="networkidle")
    assert page.locator(".drawing").first.evaluate("one => getComputedStyle(one).visibility") == "visible"
    assert page.locator(".map-canvas").count() == 0
    assert page.get_by_role("button", name="Afficher").is_visible()
    assert not errors


def test_paper_has_the_drawing(window: Window, site: Site) -> None:
    page, _ = opened(window, site)
    page.select_option("#id_indicator", "poor")
    page.emulate_media(media="print")
    assert page.locator(".drawing").first.evaluate("one => getComputedStyle(one).visibility") == "visible"
    assert not page.locator(".map-canvas").is_visible()
