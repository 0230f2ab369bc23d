"""Pages opened in a real browser, and what is wrong with each."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import BrowserContext, Page, Response

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


KIND = """const kind = one => one.tagName + "." + (one.getAttribute("class") ?? "")
  + "[" + one.getAttributeNames().sort() + "]";"""
"""An element's tag, classes and names of attributes."""
LOOK = f"""{KIND} const look = one => kind(one) + (one.getAttribute("style") ?? "") + [...one.attributes]
  .map(each => each.value).filter(value => /^[a-z-]{{1,20}}$/i.test(value));"""
"""Also its own style, and the words among its attributes, by which a style sheet may tell two elements of a kind."""
ALIKE = """const alike = () => {
  const kinds = new Map(), found = [];
  const whole = one => {
    const told = look(one) + "(" + [...new Set([...one.children].map(whole))] + ")";
    kinds.set(one, told);
    return told;
  };
  const walk = one => {
    const times = {};
    for (const child of one.children) {
      const told = kinds.get(child);
      times[told] = (times[told] ?? 0) + 1;
      if (times[told] > MOST) found.push(child); else walk(child);
    }
  };
  whole(document.body);
  walk(document.body);
  return found;
};""".replace("MOST", "4")
"""The rows, cells and cards after the fourth of their look beside each other, told with all that is in them."""
RUN = """async only => { LOOK ALIKE
  const where = {include: [document.documentElement], exclude: alike()};
  return (await axe.run(where, {runOnly: only, resultTypes: ["violations"], preload: false})).violations;
}""".replace("LOOK", LOOK).replace("ALIKE", ALIKE)
IN_THE_DARK = """async known => { LOOK
  const seen = new Set(known), fresh = new Map();
  const sheets = [...document.querySelectorAll("link[rel=stylesheet]")].map(one => one.getAttribute("href"));
  const written = one => one.matches("input, select, textarea")
    || [...one.childNodes].some(each => each.nodeType === 3 && each.data.trim());
  const lies = one => one ? look(one) + "<" + lies(one.parentElement) : sheets;
  for (const one of document.body.querySelectorAll("*")) {
    if (!written(one) || !one.checkVisibility()) continue;
    const told = lies(one);
    if (!seen.has(told)) fresh.set(told, [...fresh.get(told) ?? [], one].slice(0, 4));
  }
  const include = [...fresh.values()].flat(), only = {type: "rule", values: ["color-contrast"]};
  const run = () => axe.run({include}, {runOnly: only, resultTypes: ["violations"], preload: false});
  return [[...fresh.keys()], include.length ? (await run()).violations : []];
}""".replace("LOOK", LOOK)
"""What has a text and was in the dark on no page before, told with all that it lies in; and what axe finds there."""
IN_THE_DARK_BEFORE: set[str] = set()


def violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe finds: the rule, and the elements. All rules of WCAG 2.2 AA, or those named.

    Of a row of siblings that are alike it looks at the first ones. Style sheets are not fetched again for the one rule
    that reads them: a test reads them for it.
    """
    load_axe(page)
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": RULES}
    return told(page.evaluate(RUN, only))


def too_faint_in_the_dark(page: Page) -> list[str]:
    """What axe finds of the colours in the dark: of each kind of text and place, on the first page that has it."""
    load_axe(page)
    fresh, found = page.evaluate(IN_THE_DARK, sorted(IN_THE_DARK_BEFORE))
    IN_THE_DARK_BEFORE.update(fresh)
    return told(found)


def load_axe(page: Page) -> None:
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))


def told(found: list[dict[str, Any]]) -> list[str]:
    return [
        f"axe {one['id']}: {one['help']}: " + " | ".join(node["html"][:120] for node in one["nodes"][:3])
        for one in found
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


def problems(page: Page) -> list[str]:
    """What is wrong with a page as it stands: all of axe at its present width, layout on a phone, colours in the dark.

    The page is left as wide and as light as it was.
    """
    size = page.viewport_size
    assert size
    found = [*violations(page), *width_alone(page)]
    resize(page, PHONE if size["width"] == WIDE else WIDE)
    found += [f"{page.viewport_size['width']} px: {one}" for one in layout(page)]  # type: ignore[index]
    resize(page, size["width"], "dark")
    found += [f"dark: {one}" for one in too_faint_in_the_dark(page)]
    resize(page, size["width"])
    page.set_viewport_size(size)
    return [f"{page.url}: {one}" for one in found]


SHAPE = f"""() => {{ {KIND} return [...new Set([...document.querySelectorAll("body, body *")].map(kind))]; }}"""


def shape(page: Page) -> set[str]:
    """The kinds of element on a page, by tag, classes and names of attributes: a template in one of its states."""
    return set(page.evaluate(SHAPE))
