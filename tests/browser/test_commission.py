"""A commission from agenda to lease in a real browser: with the mouse at 1280 px, and entirely by keyboard."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from tests.browser.walking import PHONE, WIDE, Findings, Site, layout, problems

pytestmark = pytest.mark.browser
Window = Callable[..., BrowserContext]
SignIn = Callable[[BrowserContext, str], None]
FAVOURABLE = ("ranked_attribution", "ranked_attribution/first_of_ranking")
UNFAVOURABLE = ("non_attribution", "non_attribution/ranked_behind")


def secretary(window: Window, sign_in: SignIn, site: Site, width: int) -> tuple[Page, Findings]:
    context = window(viewport={"width": width, "height": 900})
    sign_in(context, "secretary")
    page, findings = context.new_page(), Findings(site.address)
    findings.listen(page)
    page.goto("/commissions/")
    return page, findings


def seat(page: Page, kind: str, commune: str = "") -> None:
    disclosure = page.locator("details", has=page.locator("form[action$='/membres/']"))
    if disclosure.get_attribute("open") is None:
        disclosure.locator("summary").click()
    page.get_by_label("Siège").select_option(kind)
    page.get_by_label("Nom", exact=True).fill(f"Membre {kind}")
    page.get_by_label(re.compile("Commune du maire")).fill(commune)
    page.get_by_role("button", name="Ajouter ce membre").click()


def decide(page: Page) -> None:
    candidates = page.locator("fieldset.candidate")
    for place in range(candidates.count()):
        outcome, reason = FAVOURABLE if place < 2 else UNFAVOURABLE
        candidates.nth(place).get_by_label("Décision").select_option(outcome)
        candidates.nth(place).get_by_label("Motif").select_option(reason)
        if place < 2:
            candidates.nth(place).get_by_label("Rang").fill(str(place + 1))
    if (exception := page.locator("#exception")).count():
        exception.select_option("too_few_candidates")


def test_a_commission_from_agenda_to_lease(window: Window, sign_in: SignIn, site: Site) -> None:
    page, findings = secretary(window, sign_in, site, WIDE)
    found: list[str] = []
    found += problems(page)
    page.get_by_role("link", name="Préparer une séance").click()
    page.get_by_label("Quorum").fill("2")
    found += problems(page)
    page.get_by_role("button", name="Créer la séance").click()
    seat(page, "board")
    seat(page, "epci")
    for one in page.locator("#presences select").all():
        one.select_option("present")
    page.get_by_role("button", name="Noter les présences").click()
    expect(page.locator(".tag", has_text="Quorum atteint")).to_be_visible()
    page.locator("input[name=vacancy]").first.check()
    page.get_by_role("button", name="Ajouter à l’ordre du jour").click()
    found += problems(page)
    page.get_by_role("button", name="Ouvrir la séance").click()
    page.locator("#agenda + ol a").first.click()
    before = page.locator("#effect").inner_text()
    page.get_by_label("Si le logement va à").select_option(index=1)
    expect(page.locator("#effect")).to_contain_text("Avec un bail signé")
    assert page.locator("#effect").inner_text() != before, "the meters move with the candidate"
    found += problems(page)
    decide(page)
    page.get_by_role("button", name="Décider à l’unanimité").click()
    expect(page.locator("fieldset.candidate")).to_have_count(0)
    page.locator(".breadcrumbs a").nth(1).click()
    page.get_by_role("button", name="Clore la séance").click()
    page.locator("#agenda + ol a").first.click()
    first = page.locator("article.candidate").first
    first.get_by_label("Notifier par").select_option("by_hand")
    first.get_by_role("button", name="Notifier l’offre").click()
    first.get_by_role("link", name="Courrier à imprimer").click()
    expect(page.locator("main")).to_contain_text("la loi considère que vous refusez")
    found += problems(page)
    page.get_by_role("link", name="Retour au logement").click()
    first.get_by_role("button", name="Noter l’acceptation").click()
    first.get_by_role("button", name="Signer le bail").click()
    expect(first).to_contain_text("bail signé")
    found += problems(page)
    page.locator(".breadcrumbs a").nth(1).click()
    page.get_by_role("link", name="Procès-verbal").click()
    expect(page.locator("main")).to_contain_text("bail signé")
    found += problems(page)
    assert not found, "\n".join(found)
    assert not findings.problems


def press(page: Page, name: str, role: str = "button", most: int = 120) -> None:
    """Go to what has this name with the tabulator, and press Enter on it, as somebody without a mouse does."""
    wanted = page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
    expect(wanted).to_be_visible()
    tab_to(page, wanted, most)
    page.keyboard.press("Enter")


def test_a_commission_from_agenda_to_lease_by_keyboard(window: Window, sign_in: SignIn, site: Site) -> None:
    """Two homes, no mouse, and no address written by hand: every page is reached by a link."""
    page, findings = secretary(window, sign_in, site, WIDE)
    prepare_by_keyboard(page)
    press(page, "Ouvrir la séance")
    expect(page.locator("main .tag").first).to_have_text("ouverte")
    press(page, page.locator("#agenda + ol a").first.inner_text(), "link", most=2)
    see_the_effect(page)
    decide_by_keyboard(page)
    following = page.get_by_role("link", name=re.compile("Logement suivant à décider"))
    press(page, following.inner_text(), "link", most=5)
    decide_by_keyboard(page)
    press(page, "Tous les logements sont décidés : revenir à la séance", "link", most=5)
    press(page, "Clore la séance", most=2)
    expect(page.locator("main .tag").first).to_have_text("close")
    press(page, page.locator("#agenda + ol a").first.inner_text(), "link", most=2)
    for button, becomes in (
        ("Notifier l’offre", "offre notifiée"),
        ("Noter la réception", "Réponse au plus tard"),
        ("Noter l’acceptation", "accepté"),
        ("Signer le bail", "bail signé"),
    ):
        press(page, button)
        expect(page.locator("article.candidate").first).to_contain_text(becomes)
    refused = [one for one in findings.problems if "409" in one]  # each home first, with nothing filled in
    assert findings.problems == refused


def prepare_by_keyboard(page: Page) -> None:
    press(page, "Préparer une séance", "link")
    write(page, page.get_by_label("Quorum"), "2")
    press(page, "Créer la séance")
    for kind in ("board", "epci"):
        tab_to(page, page.get_by_label("Siège"))
        arrow_to(page, page.get_by_label("Siège"), kind)
        write(page, page.get_by_label("Nom", exact=True), f"Membre {kind}")
        press(page, "Ajouter ce membre")
        expect(page.locator("#presences")).to_contain_text(f"Membre {kind}")
    for one in page.locator("#presences select").all():
        tab_to(page, one)
        arrow_to(page, one, "present")
    press(page, "Noter les présences")
    expect(page.locator(".tag", has_text="Quorum atteint")).to_be_visible()
    for place in range(2):
        tab_to(page, page.locator("input[name=vacancy]").nth(place))
        page.keyboard.press("Space")
    press(page, "Ajouter à l’ordre du jour")
    expect(page.locator("#agenda + ol li")).to_have_count(2)


def see_the_effect(page: Page) -> None:
    """The figures that move are exchanged under the keyboard without taking the focus away."""
    chosen = page.get_by_label("Si le logement va à")
    tab_to(page, chosen)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#effect")).to_contain_text("Avec un bail signé")
    expect(chosen).to_be_focused()


def decide_by_keyboard(page: Page) -> None:
    expect(page.locator("#decision")).to_be_visible()
    press(page, "Décider à l’unanimité")
    expect(page.get_by_role("alert")).to_be_focused()  # nothing was filled in: the reason is what is read next
    fill_by_keyboard(page)
    press(page, "Décider à l’unanimité")
    expect(page.locator("#decision")).to_have_count(0)


def fill_by_keyboard(page: Page) -> None:
    """Choose each field with letters and arrows, from the first candidate's decision on."""
    candidates = page.locator("fieldset.candidate")
    for place in range(candidates.count()):
        outcome, reason = FAVOURABLE if place < 2 else UNFAVOURABLE
        for label, value in (("Décision", outcome), ("Rang", str(place + 1) if place < 2 else ""), ("Motif", reason)):
            field = candidates.nth(place).get_by_label(label)
            tab_to(page, field)
            if label == "Rang":
                page.keyboard.type(value)
            else:
                arrow_to(page, field, value)
    if (exception := page.locator("#exception")).count():
        tab_to(page, exception)
        arrow_to(page, exception, "too_few_candidates")


def write(page: Page, field: Locator, value: str) -> None:
    tab_to(page, field)
    page.keyboard.press("Control+a")
    page.keyboard.type(value)


def tab_to(page: Page, field: Locator, most: int = 120) -> None:
    for _ in range(most + 1):
        if field.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the keyboard does not reach {field} in {most} steps")


def arrow_to(page: Page, field: Locator, value: str, most: int = 60) -> None:
    page.keyboard.press("Home")
    for _ in range(most):
        if field.input_value() == value:
            return
        page.keyboard.press("ArrowDown")
    pytest.fail(f"the arrows do not reach {value}")


def test_a_commission_on_a_phone(window: Window, sign_in: SignIn, site: Site) -> None:
    page, findings = secretary(window, sign_in, site, PHONE)
    found: list[str] = []
    found += [f"{page.url}: {one}" for one in layout(page)]
    page.locator("main .rows a").last.click()
    found += [f"{page.url}: {one}" for one in layout(page)]
    page.locator("#agenda + ol a").first.click()
    found += [f"{page.url}: {one}" for one in layout(page)]
    for path in ("/commissions/reservataires/", "/commissions/engagements/"):
        page.goto(path)
        found += [f"{page.url}: {one}" for one in layout(page)]
    assert not found, "\n".join(found)
    assert not findings.problems


def test_the_choice_is_seen_without_script(window: Window, sign_in: SignIn, site: Site) -> None:
    context = window(java_script_enabled=False)
    sign_in(context, "secretary")
    page = context.new_page()
    page.goto("/commissions/")
    page.locator("main .rows a").last.click()
    page.locator("#agenda + ol a").first.click()
    page.get_by_label("Si le logement va à").select_option(index=1)
    page.get_by_role("button", name="Voir l’effet").click()
    expect(page.locator("#effect")).to_contain_text("Avec un bail signé")
