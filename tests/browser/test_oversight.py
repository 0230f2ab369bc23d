"""What can be checked, reached by clicking: a run and its record, lots that were drawn, equal treatment."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from playwright.sync_api import BrowserContext, expect
from tests.browser.walking import WIDE, Site, problems
from tests.browser.walking import opened as opened_page

from carreau.allocation.replay.signing import opened

pytestmark = pytest.mark.browser
Window = Callable[..., BrowserContext]
SignIn = Callable[[BrowserContext, str], None]


def test_a_visitor_computes_the_seed_of_a_draw_again(window: Window, site: Site) -> None:
    page, findings = opened_page(window(viewport={"width": WIDE, "height": 800}), site, "/")
    page.get_by_role("link", name="Vérifier un classement").click()
    page.get_by_role("link", name="Tirages au sort").click()
    page.get_by_role("link", name="Séance fictive du mois dernier").click()
    expect(page.locator("main")).to_contain_text("Recalculer la graine")
    expect(page.locator("main form")).to_have_count(0)
    page.locator("summary").click()
    told = json.loads(page.locator("details code").inner_text())
    assert told["made"] < told["frozen_at"] < told["known"]
    assert not problems(page)
    assert not findings.problems


def test_an_officer_downloads_a_record_that_anybody_verifies(window: Window, site: Site, sign_in: SignIn) -> None:
    context = window(viewport={"width": WIDE, "height": 800})
    sign_in(context, "manager")
    page, findings = opened_page(context, site, "/controle/calculs/")
    page.locator("main .rows a").first.click()
    expect(page.locator("main .tag").first).to_have_text("identique")
    with page.expect_download() as file:
        page.get_by_role("link", name="Télécharger le compte rendu").click()
    record = json.loads(Path(file.value.path()).read_text())
    key = load_pem_public_key(context.request.get("/controle/cle.pem").body())
    assert opened(record, key).policy["name"] == "points"  # type: ignore[arg-type]
    assert not problems(page)
    page.get_by_role("button", name="Rejouer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Calcul refait pour vérifier")
    assert not findings.problems


def test_a_manager_reads_an_account_by_its_plots_and_tables(window: Window, site: Site, sign_in: SignIn) -> None:
    context = window(viewport={"width": WIDE, "height": 800})
    sign_in(context, "manager")
    page, findings = opened_page(context, site, "/controle/calculs/")
    page.get_by_role("link", name="Égalité de traitement").click()
    page.locator("main .rows a").first.click()
    assert not problems(page)
    plots = page.locator(".forest svg")
    assert plots.count() > 0
    for summary in page.locator("main summary").all():
        summary.click()
    expect(page.locator("main table").first).to_contain_text("Moins de 25 ans")
    assert not problems(page)
    page.get_by_role("link", name="Décisions tirées au sort").click()
    expect(page.locator("main svg")).to_have_count(0)
    assert not problems(page)
    assert not findings.problems
