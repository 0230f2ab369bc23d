"""Every page that somebody reaches, at both widths, in light and in dark: nothing breaks, everybody can read it."""

from collections.abc import Callable, Iterator
from zlib import crc32

import pytest
from playwright.sync_api import BrowserContext, Error, Page
from tests.browser.crawling import EXAMPLES, NOT_PAGES, kind_of
from tests.browser.walking import (
    PHONE,
    ROOT,
    WIDE,
    Site,
    go,
    links,
    listened,
    problems,
    resize,
    shape,
    violations,
    width_alone,
)

pytestmark = [pytest.mark.browser, pytest.mark.spread(12)]
Window = Callable[..., BrowserContext]
PARTS = 6
EXPECTED = {
    "visitor": {"/", "/en/", "/accessibilite", "/en/composants", "/logements/"},
    "administrator": {"/attributions/", "/compte/organisation/", "/compte/"},
    "reader": {"/attributions/", "/compte/organisation/", "/compte/"},
}


@pytest.mark.parametrize("role", EXPECTED)
def test_links_lead_to_pages_of_every_room(site: Site, role: str) -> None:
    assert EXPECTED[role] <= set(site.pages[role])


def of_part(site: Site, role: str, part: int) -> Iterator[tuple[str, str]]:
    """The pages of a part with their kind: all pages of a kind are in the same part, whoever opens them."""
    for path in site.pages[role]:
        kind = kind_of(path)
        if crc32(kind.encode()) % PARTS == part:
            yield kind, path


def axe_looks_at(kind: str) -> bool:
    """In French, and at the front in English: both languages have the same templates."""
    return kind.startswith("fr ") or kind == "en front"


def arrived(page: Page, path: str) -> bool:
    """Go to a page; whether it is one, and no file."""
    try:
        go(page, path)
    except Error as error:
        if "Download is starting" not in str(error):
            raise
        return False
    return True


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_wrong_with_a_page(
    window: Window, site: Site, sign_in: Callable[[BrowserContext, str], None], part: int
) -> None:
    """axe looks at each template in each of its states once, whoever opens it; each page is laid out at both widths."""
    seen: dict[str, set[str]] = {}
    crawled = {kind_of(path) for role in (*EXPECTED, "files") for path in site.pages[role]}
    crawled |= {f"{language} {name}" for language in EXAMPLES for name in ("", *NOT_PAGES)}
    found = []
    for role in EXPECTED:
        context = window(viewport={"width": WIDE, "height": 800})
        if role != "visitor":
            sign_in(context, role)
        page, findings = listened(context, site)
        waiting = list(of_part(site, role, part))
        for kind, path in waiting:  # which grows when scripts, or other tests, made links that the crawl did not see
            if not arrived(page, path):
                continue
            here = shape(page)
            if axe_looks_at(kind) and not here <= seen.get(kind, set()):
                findings.problems += problems(page)
                seen[kind] = seen.get(kind, set()) | here
            else:
                findings.problems += width_alone(page)
                resize(page, PHONE)
                findings.problems += [f"{PHONE} px: {one}" for one in width_alone(page)]
            new = {kind_of(link): link for link in links(page)}
            waiting += [(one, link) for one, link in new.items() if one not in crawled]
            crawled.update(new)
            found += [f"{role}, {path}: {one}" for one in findings.problems]
            findings.problems.clear()
            resize(page, WIDE)
    assert not found, "\n".join(found)


def test_a_page_that_does_not_exist_is_readable_too(window: Window, site: Site) -> None:
    page = window(viewport={"width": PHONE, "height": 800}).new_page()
    answer = page.goto("/nulle-part")
    assert answer is not None
    assert answer.status == 404
    assert not violations(page)
    assert page.get_by_role("heading", level=1).inner_text() == "Cette page n’existe pas"


def test_no_style_sheet_depends_on_how_a_phone_is_held() -> None:
    """Criterion 1.3.4, for which axe would read the style sheets again with each page."""
    css = (ROOT / "src" / "carreau" / "site" / "static" / "css" / "carreau.css").read_text(encoding="utf-8")
    assert "orientation" not in css
