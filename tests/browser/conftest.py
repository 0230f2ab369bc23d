"""The site on a real server, and a real browser to open it with."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from tests.browser.walking import Site

ROOT = Path(__file__).parents[2]
ARGUMENTS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
]  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation with data, served by the site's own web server."""
    home = tmp_path_factory.mktemp("installation")
    names = {"DJANGO_SETTINGS_MODULE": "tests.browser.settings", "CARREAU_SECOND_FACTOR": "0"}
    environment = os.environ | names | {"CARREAU_HOME": str(home)}
    made = [sys.executable, "-m", "tests.browser.installation", str(home)]
    subprocess.run(made, cwd=ROOT, env=environment, check=True)
    port = free_port()
    serve = [sys.executable, "-m", "carreau.site.config.web", "127.0.0.1", str(port), "--attached"]
    with (home / "served.log").open("w") as log:
        server = subprocess.Popen(serve, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stderr=log)
        try:
            until_it_answers(f"http://127.0.0.1:{port}/sante", server)
            yield Site(f"http://127.0.0.1:{port}", home)
        finally:
            server.terminate()
            server.communicate(timeout=30)


def until_it_answers(address: str, server: subprocess.Popen[bytes], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(address)
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server does not answer")


# closed with each file: an open one leaves an event loop running, in which Django refuses its database to other tests
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
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


@pytest.fixture
def sign_in(site: Site) -> Callable[[BrowserContext, str], None]:
    """Signs a window in as the demonstration's member of a role."""

    def signed(context: BrowserContext, role: str) -> None:
        accounts = json.loads((site.home / "accounts.json").read_text())
        account = next(one for one in accounts if one["role"] == role)
        page = context.new_page()
        page.goto("/compte/connexion")
        page.locator("main input[type=email], main input[name=login]").first.fill(account["email"])
        page.locator("main input[type=password]").first.fill(account["password"])
        page.locator("main form button").first.click()
        page.wait_for_load_state()
        page.close()

    return signed
