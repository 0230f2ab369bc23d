"""Every page, at both widths, in light and in dark: nothing breaks, nothing leaves the site, everybody can read it."""

from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext
from tests.browser.walking import Site, listed, scrolls_sideways, violations, walk

pytestmark = pytest.mark.browser
Window = Callable[..., BrowserContext]
OFFICERS = ("reader", "administrator")
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")


def problems_of(context: BrowserContext, site: Site, first: list[str]) -> tuple[list[str], list[str]]:
    """The pages opened, and every problem found on one; axe looks at it in light and in dark."""
    opened, found = [], []
    for path, page, problems in walk(context, site, first=first):
        opened.append(path)
        if scrolls_sideways(page):
            problems.append("scrolls sideways")
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            problems += [f"{scheme}: {one}" for one in violations(page)]
        found += [f"{path}: {one}" for one in problems]
    return opened, found


@pytest.mark.parametrize("width", [360, 1280])
def test_a_visitor_opens_every_page(window: Window, site: Site, width: int) -> None:
    context = window(viewport={"width": width, "height": 800})
    opened, found = problems_of(context, site, ["/", "/en/", *listed(context, site)])
    assert not found, "\n".join(found)
    assert {"/", "/en/", "/accessibilite", "/en/composants", "/logements/"} <= set(opened)


@pytest.mark.parametrize("role", OFFICERS)
@pytest.mark.parametrize("width", [360, 1280])
def test_an_officer_opens_every_page(
    window: Window, site: Site, sign_in: Callable[[BrowserContext, str], None], role: str, width: int
) -> None:
    context = window(viewport={"width": width, "height": 800})
    sign_in(context, role)
    opened, found = problems_of(context, site, ["/attributions/", "/"])
    assert not found, "\n".join(found)
    assert len(opened) > 10


def test_a_page_that_does_not_exist_is_readable_too(window: Window, site: Site) -> None:
    page = window(viewport={"width": 360, "height": 800}).new_page()
    answer = page.goto("/nulle-part")
    assert answer is not None
    assert answer.status == 404
    assert not violations(page)
    assert page.get_by_role("heading", level=1).inner_text() == "Cette page n’existe pas"
