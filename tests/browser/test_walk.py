"""Every page, at both widths, in light and in dark: nothing breaks, nothing leaves the site, everybody can read it."""

from collections.abc import Callable, Collection
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext
from tests.browser.walking import Site, kind_of, listed, scrolls_sideways, violations, walk

from carreau.site.pages.public import public_names

pytestmark = pytest.mark.browser
Window = Callable[..., BrowserContext]
LOOKS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((1280, "light"), (1280, "dark"), (360, "light"))
HIGH = 800


def problems_of(
    context: BrowserContext, site: Site, first: list[str], *, known: Collection[str] = ()
) -> tuple[list[str], list[str]]:
    """The pages opened, and every problem found on one.

    Each is opened wide, then made as narrow as a phone. axe looks at one page of each kind, in French and at the front
    in English, in light at both widths and, wide, in dark.
    `known` are names of addresses that are opened as visitors already.
    """
    opened, found, looked_at = [], [], set[str]()
    for path, page, problems in walk(context, site, first=first, known=known):
        opened.append(path)
        kind = kind_of(path)
        once = kind not in looked_at and (kind.startswith("fr ") or kind == "en front")
        looked_at.add(kind)
        for width, scheme in LOOKS:
            if once or scheme == "light":
                page.set_viewport_size({"width": width, "height": HIGH})
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                problems += [f"{width} px: scrolls sideways"] if scrolls_sideways(page) else []
            problems += [f"{width} px, {scheme}: {one}" for one in violations(page)] if once else []
        found += [f"{path}: {one}" for one in problems]
    return opened, found


def test_a_visitor_opens_every_page(window: Window, site: Site) -> None:
    context = window(viewport={"width": 1280, "height": HIGH})
    opened, found = problems_of(context, site, ["/", "/en/", *listed(context, site)])
    assert not found, "\n".join(found)
    assert {"/", "/en/", "/accessibilite", "/en/composants", "/logements/"} <= set(opened)


@pytest.mark.parametrize("role", ["administrator", "reader"])
def test_an_officer_opens_every_page(
    window: Window, site: Site, sign_in: Callable[[BrowserContext, str], None], role: str
) -> None:
    context = window(viewport={"width": 1280, "height": HIGH})
    sign_in(context, role)
    opened, found = problems_of(context, site, ["/attributions/"], known=public_names())
    assert not found, "\n".join(found)
    assert {"/attributions/", "/compte/organisation/", "/compte/"} <= set(opened)


def test_a_page_that_does_not_exist_is_readable_too(window: Window, site: Site) -> None:
    page = window(viewport={"width": 360, "height": 800}).new_page()
    answer = page.goto("/nulle-part")
    assert answer is not None
    assert answer.status == 404
    assert not violations(page)
    assert page.get_by_role("heading", level=1).inner_text() == "Cette page n’existe pas"
