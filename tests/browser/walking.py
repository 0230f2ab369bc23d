"""Pages opened in a real browser, and what is wrong with each."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import BrowserContext, Page, Response
from tests.examples import TIMES

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE, PHONE, HIGH = 1280, 360, 800


@dataclass(frozen=True)
class Site:
    """A served installation: its address, its folder, and which pages each kind of person reaches."""

    address: str
    home: Path
    pages: dict[str, list[str]]

    def account(self, role: str) -> dict[str, str]:
        """The first member of the demonstration in a role: `email`, `password`."""
        accounts = json.loads((self.home / "accounts.json").read_text())
        return next(one for one in accounts if one["role"] == role)


@dataclass
class Findings:
    """What went wrong while a page was open."""

    address: str
    problems: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        page.on("console", lambda said: said.type in ("error", "warning") and self.hear(said.text))
        page.on("pageerror", lambda error: self.note("script", str(error)))
        page.on("requestfailed", lambda request: self.note("failed", request.url))
        page.on("response", self.look_at)

    def hear(self, text: str) -> None:
        if "GL Driver Message" not in text:  # a processor that draws in place of a graphics card says that it is slow
            self.note("console", text)

    def look_at(self, response: Response) -> None:
        if response.status >= 400:
            self.note(str(response.status), response.url)
        if not response.url.startswith((self.address, "data:", "blob:")):
            self.note("third party", response.url)

    def note(self, kind: str, text: str) -> None:
        self.problems.append(f"{kind}: {text}")


FETCHES = ".map, [hx-get]"
"""What asks for more once a page is there; waiting for silence takes half a second."""


def listened(context: BrowserContext, site: Site) -> tuple[Page, Findings]:
    """An empty page whose problems are noted; to send it from address to address costs half of a new one each time."""
    page, findings = context.new_page(), Findings(site.address)
    findings.listen(page)
    return page, findings


def go(page: Page, path: str) -> None:
    """Open an address and wait until the page is quiet."""
    page.goto(path)
    if page.locator(FETCHES).count():
        page.wait_for_load_state("networkidle")


def opened(context: BrowserContext, site: Site, path: str) -> tuple[Page, Findings]:
    """A new page, quiet, with its problems so far."""
    page, findings = listened(context, site)
    go(page, path)
    return page, findings


LINKS = """all => all.map(one => new URL(one.href.baseVal ?? one.href, document.baseURI))
  .filter(one => one.origin === location.origin && !one.pathname.split("/").pop().includes("."))
  .map(one => one.pathname)"""


def links(page: Page) -> list[str]:
    """The pages of the site that a page links to once its scripts have run."""
    found: list[str] = page.eval_on_selector_all("a[href]:not([download])", LINKS)
    return found


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe finds: the rule, and the elements. All rules of WCAG 2.2 AA, or those named.

    Style sheets are not fetched again for the one rule that reads them: a test reads them for it.
    """
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": RULES}
    run = "only => axe.run({runOnly: only, resultTypes: ['violations'], preload: false})"
    found: dict[str, Any] = page.evaluate(run, only)
    return [
        f"axe {one['id']}: {one['help']}: " + " | ".join(node["html"][:120] for node in one["nodes"][:3])
        for one in found["violations"]
    ]


ORDER = """() => {
  const reached = one => one.matches(FOCUS) || one.querySelector(FOCUS);
  const moved = (one, all) => /-reverse$/.test(getComputedStyle(one).flexDirection)
    || all.some(each => getComputedStyle(each).order !== "0");
  const jumps = one => {
    const all = [...one.children].filter(reached);
    return all.length > 1 && !one.closest("header") && moved(one, all);
  };
  return [...document.querySelectorAll("*")].filter(one => one.tabIndex > 0 || jumps(one))
    .map(one => one.outerHTML.slice(0, 120));
}""".replace("FOCUS", "'a[href], button, input, select, textarea, [tabindex]'")
"""What the keyboard reaches out of the order that is seen; the head of a page puts its menu last on a phone."""


def layout(page: Page) -> list[str]:
    """What the width alone can break: overflow, a focus that jumps about, and targets too small for a finger."""
    return [*width_alone(page), *violations(page, ["target-size"])]


def width_alone(page: Page) -> list[str]:
    """Overflow, and a focus that jumps about: without axe, whose loading takes as long as the page."""
    found = ["scrolls sideways"] if scrolls_sideways(page) else []
    return [*found, *(f"out of order: {one}" for one in page.evaluate(ORDER))]


def resize(page: Page, width: int, scheme: Literal["light", "dark"] = "light") -> None:
    page.set_viewport_size({"width": width, "height": HIGH})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")


EVERY_PAGE_IN_THE_DARK = TIMES > 1
COMPONENTS = "/composants"


def problems(page: Page) -> list[str]:
    """What is wrong with a page as it stands: all of axe at its present width, layout on a phone, colours in the dark.

    The dark is looked at on every page before a release, else on the one that has all components. The page is left as
    wide and as light as it was.
    """
    size = page.viewport_size
    assert size
    found = [*violations(page), *width_alone(page)]
    resize(page, PHONE if size["width"] == WIDE else WIDE)
    found += [f"{page.viewport_size['width']} px: {one}" for one in layout(page)]  # type: ignore[index]
    if EVERY_PAGE_IN_THE_DARK or page.url.endswith(COMPONENTS):
        resize(page, size["width"], "dark")
        found += [f"dark: {one}" for one in violations(page, ["color-contrast"])]
        resize(page, size["width"])
    page.set_viewport_size(size)
    return [f"{page.url}: {one}" for one in found]


SHAPE = """() => [...new Set([...document.querySelectorAll("body, body *")].map(one =>
  one.tagName + "." + (one.getAttribute("class") ?? "") + "[" + one.getAttributeNames().sort() + "]"))]"""


def shape(page: Page) -> set[str]:
    """The kinds of element on a page, by tag, classes and names of attributes: a template in one of its states."""
    return set(page.evaluate(SHAPE))
