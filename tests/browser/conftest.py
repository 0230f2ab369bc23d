"""The site on a real server, and a real browser to open it with."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from tests.browser.crawling import pages_of
from tests.browser.walking import Site
from tests.installations import served, whole_installation

ARGUMENTS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-gpu-rasterization",
    "--disable-gpu-compositing",
]  # fmt: skip


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A copy of the whole installation, served by the site's own web server, for all tests of this process."""
    home = whole_installation(tmp_path_factory.mktemp("site") / "home")
    with served(home, home.parent / "served.log") as address:
        yield Site(address, home, pages_of())


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for all tests of this process."""
    # Playwright leaves an event loop running, in which Django refuses its database to the tests that follow
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def window(browser: Browser, site: Site) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a fresh browser window on the site, as Playwright's `new_context` does."""
    opened: list[BrowserContext] = []

    def fresh(**options: Any) -> BrowserContext:
        context = browser.new_context(base_url=site.address, reduced_motion="reduce", **options)
        opened.append(context)
        return context

    yield fresh
    for context in opened:
        context.close()


@pytest.fixture(scope="session")
def signed_in() -> dict[str, list[Any]]:
    """The cookies of each role that a test of this process signed in as."""
    return {}


@pytest.fixture
def sign_in(site: Site, signed_in: dict[str, list[Any]]) -> Callable[[BrowserContext, str], None]:
    """Signs a window in as the demonstration's member of a role: the first of a role by the form."""

    def signed(context: BrowserContext, role: str) -> None:
        if role not in signed_in:
            by_the_form(context, site.account(role))
            signed_in[role] = context.cookies()
        context.add_cookies(signed_in[role])

    return signed


def by_the_form(context: BrowserContext, account: dict[str, str]) -> None:
    page = context.new_page()
    page.goto("/compte/connexion")
    page.locator("main input[type=email], main input[name=login]").first.fill(account["email"])
    page.locator("main input[type=password]").first.fill(account["password"])
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    page.close()
