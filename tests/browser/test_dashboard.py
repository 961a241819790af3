"""The managers' dashboard in a real browser: pictures that come later, filters without a reload, and for everybody."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from sportello import local
from tests.browser.served import MANAGER, PASSWORD, Service, founded, served
from tests.faces.test_dashboard import FIRST, LAST, a_fall

ASKED = f"/admin/compliance?from={FIRST}&to={LAST}"
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    config = founded(tmp_path_factory.mktemp("dashboard") / "centre", managed=True)
    with local.line(config) as ask:
        local.command(ask, a_fall(), actor="test", command_id="half-a-year")
    with served(config) as running:
        yield running


def signed_in(chromium: Browser, service: Service, *, script: bool = True) -> BrowserContext:
    context = chromium.new_context(
        base_url=service.address, viewport=DESK, locale="it-IT", java_script_enabled=script  # type: ignore[arg-type]
    )  # fmt: skip
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("Nome").fill(MANAGER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Entra").click()
    page.wait_for_url(re.compile("(?!.*sign-in)"))
    page.close()
    return context


@pytest.fixture
def page(chromium: Browser, service: Service) -> Iterator[Page]:
    context = signed_in(chromium, service)
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda fault: faults.append(str(fault)))
    opened.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    yield opened
    context.close()
    assert faults == []


def assert_accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_the_pictures_come_and_the_page_is_for_everybody(page: Page) -> None:
    page.goto(ASKED)
    expect(page.locator(".drawing svg")).to_have_count(4, timeout=30_000)
    assert_accessible(page)
    for size in (DESK, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    for details in page.locator("main details").all():
        details.evaluate("one => one.open = true")
    assert_accessible(page)


def test_the_answer_is_on_the_first_screen(page: Page) -> None:
    page.goto(ASKED)
    answer = page.get_by_role("heading", level=2).first
    expect(answer).to_contain_text("A01 Accoglienza e informazione")
    since = page.get_by_text("Sotto l'obiettivo senza interruzione dal 26/10/2026.")
    hours = page.get_by_text("soprattutto il lunedì fra le 9 e le 11.")
    for said in (answer, since, hours):
        box = said.bounding_box()
        assert box
        assert box["y"] + box["height"] < DESK["height"]


def test_a_filter_changes_the_figures_and_nothing_else(page: Page) -> None:
    page.goto(ASKED)
    page.evaluate("document.title = 'the same page'")
    page.get_by_label("Precedenza", exact=True).focus()
    page.get_by_label("Precedenza", exact=True).select_option("priority")
    expect(page.locator("#headline")).to_contain_text("Nessun numero con uno standard a tempo in questo periodo.")
    assert "class=priority" in page.url
    expect(page.get_by_label("Precedenza", exact=True)).to_be_focused()
    page.get_by_label("Precedenza", exact=True).select_option("")
    expect(page.locator(".drawing svg")).to_have_count(4, timeout=30_000)
    expect(page.locator("#headline")).to_contain_text("A01")


def test_everything_works_without_a_script(chromium: Browser, service: Service) -> None:
    context = signed_in(chromium, service, script=False)
    page = context.new_page()
    page.goto(f"{ASKED}&wait=1")
    assert page.locator(".drawing svg").count() == 4
    page.get_by_label("Macro-area").select_option("B")
    page.get_by_role("button", name="Mostra").click()
    expect(page.locator("#headline")).to_contain_text("Nessun numero")
    context.close()


def test_from_an_hour_to_its_numbers_and_to_a_day(page: Page) -> None:
    page.goto(f"{ASKED}&wait=1")
    page.locator("#figure-hours summary").click()
    page.locator("#figure-hours tbody tr", has_text="10–11").first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("I numeri dietro le cifre")
    assert_accessible(page)
    page.get_by_role("link", name="16/11/2026").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Com'è stato il 16/11/2026")
    shown = page.get_by_role("link", name="Mostra il disegno")
    if shown.count():
        shown.click()
    expect(page.locator("#figure-day svg")).to_be_visible()
    assert_accessible(page)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_a_note_is_written_and_taken_back(page: Page) -> None:
    page.goto(ASKED)
    page.get_by_text("Aggiungi una nota al grafico").click()
    page.get_by_label("Giorno", exact=True).fill("2026-10-26")
    page.get_by_label("Che cosa è successo").fill("due assenze")
    page.get_by_role("button", name="Aggiungi la nota").click()
    expect(page.locator(".chart-notes")).to_contain_text("26/10/2026 due assenze")
    assert str(FIRST) in page.url
    page.get_by_role("button", name="Togli due assenze").click()
    expect(page.locator(".chart-notes")).to_have_count(0)
