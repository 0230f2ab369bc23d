"""An applicant reads how long one waits and asks why not them: on a phone, on a desk, without script."""

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, expect
from tests.browser.walking import PHONE, Findings, Site, problems
from tests.installations import environment
from tests.made_once import ROOT

pytestmark = pytest.mark.browser
Window = Callable[..., BrowserContext]
SignIn = Callable[[BrowserContext, str], None]


@pytest.fixture(scope="module", autouse=True)
def worker(site: Site) -> Iterator[None]:
    """Somebody who does the long work of the installation."""
    own = environment(site.home, "tests.browser.settings")
    command = [sys.executable, "-m", "carreau.site.jobs.worker", "--attached"]
    with (site.home / "worker.log").open("w") as log:
        running = subprocess.Popen(command, cwd=ROOT, env=own, stdin=subprocess.PIPE, stderr=log)
        yield
        running.terminate()
        running.communicate(timeout=60)


def test_from_the_waiting_times_to_an_answer(window: Window, sign_in: SignIn, site: Site) -> None:
    context, found = window(viewport={"width": PHONE, "height": 800}), list[str]()
    sign_in(context, "person")
    page, findings = context.new_page(), Findings(site.address)
    findings.listen(page)
    page.goto("/")
    page.get_by_role("link", name="Combien de temps attendre ?").click()
    expect(page.locator("table.waits")).to_contain_text("prioritaires")
    expect(page.locator("main")).to_contain_text("si elle est juste")
    found += problems(page)
    page.get_by_role("link", name="Ma demande").click()
    found += problems(page)
    page.locator("[aria-labelledby=homes] h3 a").nth(0).click()
    found += problems(page)
    page.get_by_role("button", name="Demander pourquoi").click()
    expect(page.locator("#what")).to_be_visible(timeout=60_000)
    expect(page.locator("#known")).to_be_visible()
    found += problems(page)
    page.get_by_role("link", name="Retour à ma demande").click()
    expect(page.locator("[aria-labelledby=answered] .row").first).to_be_visible()
    found += problems(page)
    assert not found, "\n".join(found)
    assert not findings.problems


def test_without_script_the_page_comes_again_by_itself(window: Window, sign_in: SignIn) -> None:
    context = window(java_script_enabled=False)
    sign_in(context, "person")
    page = context.new_page()
    page.goto("/ma-demande/")
    page.locator("[aria-labelledby=homes] h3 a").nth(1).click()
    page.get_by_role("button", name="Demander pourquoi").click()
    expect(page.locator("#what")).to_be_visible(timeout=60_000)
    page.goto("/attente/")
    page.get_by_label("Où").fill("nantes")
    page.get_by_label("Pièces").select_option("3")
    page.get_by_role("button", name="Voir").click()
    expect(page.locator("table.waits tbody tr").first).to_contain_text("T3")


def test_an_officer_acts_for_the_applicant_who_agreed(window: Window, sign_in: SignIn) -> None:
    context = window(viewport={"width": 1280, "height": 800})
    sign_in(context, "officer")
    page, found = context.new_page(), list[str]()
    page.goto("/compte/")
    page.get_by_role("link", name="Agir au nom de quelqu'un").click()
    page.get_by_role("button", name="Demandeuse fictive").click()
    page.get_by_role("link", name="Ma demande").click()
    expect(page.locator("[aria-labelledby=homes]")).to_be_visible()
    found += problems(page)
    assert not found, "\n".join(found)
