"""Two maps side by side, and the pages to print, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page
from tests.browser.walking import PHONE, WIDE, Findings, Site, layout, problems, violations

pytestmark = pytest.mark.browser
Window = Callable[..., BrowserContext]
BONDY = "/carte/?map=bondy-2019"
INSIDE = """() => {
  const unit = document.querySelector(".drawing .units path");
  unit.closest(".map-view").scrollIntoView({block: "center"});
  const box = unit.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""
"""The middle of the first unit of the first drawing, over which the live map lies at the same place and scale."""
TWO = "/carte/comparer/?map=bondy-2019&indicator=poor&against=one_person"


def opened(window: Window, site: Site, path: str, width: int) -> tuple[Page, Findings]:
    page = window(viewport={"width": width, "height": 900}).new_page()
    findings = Findings(site.address)
    findings.listen(page)
    page.goto(path, wait_until="networkidle")
    return page, findings


@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_two_maps_are_drawn_and_read_together(window: Window, site: Site, width: int) -> None:
    page, findings = opened(window, site, TWO, width)
    for place in (0, 1):
        page.locator(".map[data-drawn]").nth(place).wait_for()
    spot = page.evaluate(INSIDE)
    page.mouse.move(*spot)
    for place in (0, 1):
        page.locator(".map-tip").nth(place).wait_for()  # visible
    assert not findings.problems
    assert not layout(page)
    assert width == PHONE or not violations(page)


def test_the_page_of_a_priority_neighbourhood_can_be_read_by_all(window: Window, site: Site) -> None:
    leading, _ = opened(window, site, BONDY, WIDE)
    link = leading.locator('a[href*="/profil/qpv/"]').first.get_attribute("href")
    assert link
    page, findings = opened(window, site, link, WIDE)
    assert page.locator(".profile-table tbody tr").count() > 10
    assert not findings.problems
    assert not problems(page)
