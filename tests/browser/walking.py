"""Walking through the site as somebody: which pages there are, and what is wrong with each."""

import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from django.utils import translation
from playwright.sync_api import BrowserContext, Error, Page, Response

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EXAMPLES = {"fr": 2, "en": 1}  # pages of one kind that are opened: two homes say as much as six hundred
NOT_PAGES = {"account_logout"}
DOWNLOAD = "Download is starting"


@dataclass(frozen=True)
class Site:
    """A served installation: its address and its folder."""

    address: str
    home: Path


@dataclass
class Findings:
    """What went wrong while a page was open."""

    address: str
    problems: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        page.on("console", lambda said: said.type in ("error", "warning") and self.note("console", said.text))
        page.on("pageerror", lambda error: self.note("script", str(error)))
        page.on("requestfailed", lambda request: self.note("failed", request.url))
        page.on("response", self.look_at)

    def look_at(self, response: Response) -> None:
        if response.status >= 400:
            self.note(str(response.status), response.url)
        if not response.url.startswith((self.address, "data:", "blob:")):
            self.note("third party", response.url)

    def note(self, kind: str, text: str) -> None:
        self.problems.append(f"{kind}: {text}")


def kind_of(path: str) -> str:
    """The name of the address that a path answers to, with its language; the language alone for no page of the site."""
    language = "en" if path.startswith("/en/") else "fr"
    with translation.override(language):
        try:
            return f"{language} {resolve(urlsplit(path).path).view_name}"
        except Resolver404:
            return f"{language} "


def walk(
    context: BrowserContext, site: Site, *, first: list[str], known: Collection[str] = ()
) -> Iterator[tuple[str, Page, list[str]]]:
    """Open pages, then those that they link to, a few of each kind; each with its problems so far.

    A link is followed with its query the first times its kind is met; one that turns out to be a file is left.
    """
    waiting, seen, opened = list(first), set(first), dict[str, int]()
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path)
        if opened.get(kind, 0) >= EXAMPLES[kind[:2]]:
            continue
        opened[kind] = opened.get(kind, 0) + 1
        page = context.new_page()
        findings = Findings(site.address)
        findings.listen(page)
        try:
            page.goto(path)
            if page.locator("script[src]").count():
                page.wait_for_load_state("networkidle")
        except Error as error:
            if DOWNLOAD not in str(error):
                raise
            page.close()
            continue
        yield path, page, findings.problems
        for link in links(page, site):
            if link not in seen and kind_of(link).split(" ")[-1] not in ("", *NOT_PAGES, *known):
                seen.add(link)
                waiting.append(link)
        page.close()


def links(page: Page, site: Site) -> list[str]:
    """The pages of the site that a page links to, files to download left out."""
    found: list[str] = page.eval_on_selector_all(
        "a[href]:not([download])", "all => all.map(one => String(one.href.baseVal ?? one.href))"
    )
    inside = (urlsplit(one) for one in found if one.startswith((site.address, "/")))
    return [
        one.path + (f"?{one.query}" if one.query else "") for one in inside if "." not in one.path.rsplit("/", 1)[-1]
    ]


def listed(context: BrowserContext, site: Site) -> list[str]:
    """The public pages of the site map, a few of each kind."""
    answer = context.request.get(f"{site.address}/sitemap.xml")
    assert answer.ok, answer.status
    found = ET.fromstring(answer.text()).iterfind(".//{*}url/{*}loc")
    return [urlsplit(one.text or "").path for one in found]


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def violations(page: Page) -> list[str]:
    """What axe finds: the rule, and the elements."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    return [
        f"axe {one['id']}: {one['help']}: " + " | ".join(node["html"][:120] for node in one["nodes"][:3])
        for one in found["violations"]
    ]
