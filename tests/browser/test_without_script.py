"""What a visitor comes for works without JavaScript."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect
from tests.browser.crawling import kind_of
from tests.browser.walking import Findings, Site

pytestmark = pytest.mark.browser


def test_every_public_page_can_be_read(window: Callable[..., BrowserContext], site: Site) -> None:
    context = window(java_script_enabled=False)
    first_of_kind = {kind_of(path): path for path in reversed(site.pages["site map"])}
    found = []
    for path in first_of_kind.values():
        page = context.new_page()
        findings = Findings(site.address)
        findings.listen(page)
        page.goto(path)
        expect(page.locator("main h1")).to_be_visible()
        found += [f"{path}: {one}" for one in findings.problems]
        page.close()
    assert not found


def test_the_search_of_the_front_page_finds_homes(window: Callable[..., BrowserContext]) -> None:
    page = window(java_script_enabled=False).new_page()
    page.goto("/")
    page.get_by_label("Où").fill("Nantes")
    page.get_by_label("Pièces").select_option("3")
    page.get_by_role("button", name="Chercher").click()
    expect(page).to_have_url(re.compile(r"/logements/\?.*rooms=3"))
    expect(page.locator(".row").first).to_contain_text("T3")


def test_the_keyboard_reaches_the_content_first(window: Callable[..., BrowserContext]) -> None:
    page = window().new_page()
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
