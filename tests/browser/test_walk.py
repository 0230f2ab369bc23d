"""Every page, at both widths, in light and in dark: nothing breaks, nothing leaves the site, everybody can read it."""

from collections.abc import Callable, Collection
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext
from tests.browser.walking import Site, kind_of, listed, scrolls_sideways, violations, walk

from carreau.site.pages.public import public_names

pytestmark = pytest.mark.browser
Window = Callable[..., BrowserContext]
SCHEMES: dict[int, tuple[Literal["light", "dark"], ...]] = {360: ("light",), 1280: ("light", "dark")}


def problems_of(
    context: BrowserContext, site: Site, first: list[str], width: int, *, known: Collection[str] = ()
) -> tuple[list[str], list[str]]:
    """The pages opened, and every problem found on one.

    axe looks at one page of each kind, in French and at the front in English, in light and, on a wide screen, in dark.
    `known` are names of addresses that are opened as visitors already.
    """
    opened, found, looked_at = [], [], set[str]()
    for path, page, problems in walk(context, site, first=first, known=known):
        opened.append(path)
        if scrolls_sideways(page):
            problems.append("scrolls sideways")
        kind = kind_of(path)
        once = kind not in looked_at and (kind.startswith("fr ") or kind == "en front")
        looked_at.add(kind)
        for scheme in SCHEMES[width] if once else ():
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            problems += [f"{scheme}: {one}" for one in violations(page)]
        found += [f"{path}: {one}" for one in problems]
    return opened, found


@pytest.mark.parametrize("width", [360, 1280])
def test_a_visitor_opens_every_page(window: Window, site: Site, width: int) -> None:
    context = window(viewport={"width": width, "height": 800})
    opened, found = problems_of(context, site, ["/", "/en/", *listed(context, site)], width)
    assert not found, "\n".join(found)
    assert {"/", "/en/", "/accessibilite", "/en/composants", "/logements/"} <= set(opened)


@pytest.mark.parametrize(("role", "width"), [("administrator", 360), ("administrator", 1280), ("reader", 1280)])
def test_an_officer_opens_every_page(
    window: Window, site: Site, sign_in: Callable[[BrowserContext, str], None], role: str, width: int
) -> None:
    context = window(viewport={"width": width, "height": 800})
    sign_in(context, role)
    opened, found = problems_of(context, site, ["/attributions/"], width, known=public_names())
    assert not found, "\n".join(found)
    assert {"/attributions/", "/compte/organisation/", "/compte/"} <= set(opened)


def test_a_page_that_does_not_exist_is_readable_too(window: Window, site: Site) -> None:
    page = window(viewport={"width": 360, "height": 800}).new_page()
    answer = page.goto("/nulle-part")
    assert answer is not None
    assert answer.status == 404
    assert not violations(page)
    assert page.get_by_role("heading", level=1).inner_text() == "Cette page n’existe pas"
