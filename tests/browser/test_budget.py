"""A page without a map weighs at most 60 kB on the wire at the first visit, whatever it needs counted."""

import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Request
from tests.browser.crawling import kind_of
from tests.browser.walking import Site

pytestmark = pytest.mark.browser
BUDGET = 60_000
WITH_A_MAP = ("map", "map_compare")


def weight(context: BrowserContext, path: str) -> int:
    """Bytes that came over the wire, headers included, until the page was quiet."""
    page = context.new_page()
    finished: list[Request] = []
    page.on("requestfinished", lambda request: finished.append(request))
    page.goto(path, wait_until="networkidle")
    sizes = [request.sizes() for request in finished]
    return sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)


def test_first_load(window: Callable[..., BrowserContext], site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    first_of_kind = {kind_of(path): path for path in reversed(site.pages["site map"])}
    weights = {
        path: weight(window(), path) for kind, path in first_of_kind.items() if kind.split()[-1] not in WITH_A_MAP
    }
    with capsys.disabled():
        lines = [f"  {path:40.40} {bytes_ / 1000:5.1f} kB" for path, bytes_ in sorted(weights.items())]
        sys.stdout.write("\n".join(["", "first load, compressed:", *lines, ""]))
    assert len(weights) > 8
    assert {path: bytes_ for path, bytes_ in weights.items() if bytes_ > BUDGET} == {}
