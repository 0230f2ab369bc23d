"""Which pages somebody reaches by links, found without a browser: asked for once, then shared out among tests."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Collection
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

from django.urls import Resolver404, resolve
from django.utils import translation
from tests.installations import CODE, served, today, whole_installation
from tests.made_once import made_once

EXAMPLES = {"fr": 2, "en": 1}  # pages of one kind that are opened: two homes say as much as six hundred
NOT_PAGES = {"account_logout"}
SIGN_IN = "/compte/connexion"
OFFICERS = ("administrator", "reader")


def kind_of(path: str) -> str:
    """The name of the address that a path answers to, with its language; the language alone for no page of the site."""
    language = "en" if path.startswith("/en/") else "fr"
    with translation.override(language):
        try:
            return f"{language} {resolve(urlsplit(path).path).view_name}"
        except Resolver404:
            return f"{language} "


class Links(HTMLParser):
    """The targets of a page's links, files to download left out."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        target = given.get("href") or given.get("xlink:href")
        if tag == "a" and target and "download" not in given:
            self.found.append(target)


class Visitor:
    """Somebody who asks the site for pages and keeps its cookies."""

    def __init__(self, address: str) -> None:
        self.address, self._open = address, build_opener(HTTPCookieProcessor(CookieJar())).open
        self.files: list[str] = []  # paths that led to one

    def ask(self, path: str, **form: str) -> tuple[str, str]:
        """Where the answer is from, and its text; none of a file. Raises HTTPError."""
        data = urlencode(form).encode() if form else None
        request = Request(urljoin(self.address, path), data, {"Referer": urljoin(self.address, path)})
        with self._open(request) as answer:
            page = answer.headers.get_content_type() in ("text/html", "application/xml")
            return urlsplit(answer.url).path, answer.read().decode() if page else ""

    def sign_in(self, email: str, password: str) -> None:
        """As a member, by the form."""
        _, page = self.ask(SIGN_IN)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token
        landed, _ = self.ask(SIGN_IN, csrfmiddlewaretoken=token[1], login=email, password=password)
        assert landed != SIGN_IN, "the sign-in was refused"

    def site_map(self) -> list[str]:
        """The public pages that it lists."""
        found = ET.fromstring(self.ask("/sitemap.xml")[1]).iterfind(".//{*}url/{*}loc")
        return [urlsplit(one.text or "").path for one in found]

    def inside(self, path: str, page: str) -> list[str]:
        """The pages of the site that one of them links to."""
        targets = (urlsplit(urljoin(self.address + path, one)) for one in Links(page).found)
        own = urlsplit(self.address).netloc
        return [
            one.path + (f"?{one.query}" if one.query else "")
            for one in targets
            if one.netloc == own and "." not in one.path.rsplit("/", 1)[-1]
        ]

    def crawl(self, first: list[str], known: Collection[str] = ()) -> list[str]:
        """The first pages and those that they link to, a few of each kind, in the order of links.

        A link is followed with its query the first times that its kind is met. Kinds named in `known` are left out.
        """
        waiting, seen, found, opened = list(first), set(first), list[str](), dict[str, int]()
        while waiting:
            path = waiting.pop(0)
            kind = kind_of(path)
            if opened.get(kind, 0) >= EXAMPLES[kind[:2]]:
                continue
            opened[kind] = opened.get(kind, 0) + 1
            try:
                _, page = self.ask(path)
            except HTTPError:  # the browser says which
                found.append(path)
                continue
            (found if page else self.files).append(path)
            for link in self.inside(path, page):
                if link not in seen and kind_of(link).split(" ")[-1] not in ("", *NOT_PAGES, *known):
                    seen.add(link)
                    waiting.append(link)
        return found


def pages_of() -> dict[str, list[str]]:
    """The pages of the whole installation: those of its site map, those that a visitor reaches, and each officer's."""
    made = made_once("pages", _crawl, of=(*CODE, "tests/browser/crawling.py"), day=today())
    found: dict[str, list[str]] = json.loads((made / "pages.json").read_text())
    return found


def _crawl(folder: Path) -> None:
    from carreau.site.pages.public import public_names

    home = whole_installation(folder / "home")
    accounts = json.loads((home / "accounts.json").read_text())
    with served(home, folder / "served.log") as address:
        visitor = Visitor(address)
        listed = visitor.site_map()
        found = {"site map": listed, "visitor": visitor.crawl(["/", "/en/", *listed])}
        found["files"] = visitor.files
        for role in OFFICERS:
            officer = Visitor(address)
            account = next(one for one in accounts if one["role"] == role)
            officer.sign_in(account["email"], account["password"])
            found[role] = officer.crawl(["/attributions/"], known=public_names())
            found["files"] += officer.files
    (folder / "pages.json").write_text(json.dumps(found, indent=1))
