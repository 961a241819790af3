"""From the year to the page everybody sees, as a manager clicks it in a real browser."""

import hashlib
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from sportello import local
from tests.browser.served import Service, founded, served
from tests.browser.test_dashboard import DESK, PHONE, signed_in
from tests.faces.test_dashboard import LAST, a_fall

YEAR = 2026


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    config = founded(tmp_path_factory.mktemp("verification") / "centre", managed=True)
    with local.line(config) as ask:
        local.command(ask, a_fall(), actor="test", command_id="half-a-year")
    with served(config) as running:
        yield running


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


def assert_for_everybody(page: Page) -> None:
    """No barrier, and nothing wider than a telephone."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    for size in (PHONE, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_four_steps_lead_to_the_page_everybody_sees(chromium: Browser, service: Service, page: Page) -> None:
    page.goto("/admin/verification")
    assert_for_everybody(page)
    page.get_by_label("Anno da verificare").select_option(str(YEAR))
    page.get_by_role("button", name="Comincia").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(f"Verifica del {YEAR}: che cosa manca")
    expect(page.get_by_text("La catena degli eventi è intatta")).to_be_visible()
    assert_for_everybody(page)
    page.get_by_role("link", name="Continua: cause e azioni").click()

    page.get_by_text("Gli altri standard").click()
    line = page.locator("fieldset").filter(has_text="TEMP-A01 ·")
    line.get_by_label("Causa").fill("Due assenze per malattia il lunedì")
    line.get_by_label("Azione decisa").fill("Un operatore in più il lunedì dalle 9 alle 11")
    assert_for_everybody(page)
    page.get_by_role("button", name="Salva e continua").click()

    assert_for_everybody(page)
    page.get_by_label("Chi ne risponde").fill("Dirigente del Settore lavoro")
    page.get_by_label("Atto (tipo, numero, data)").fill("Det. n. 12 del 3/2/2027")
    page.get_by_role("button", name="Pubblica la versione 1").click()
    expect(page.get_by_role("status")).to_contain_text(f"La verifica del {YEAR} è pubblicata")
    page.get_by_text("Ogni file con la sua impronta").click()
    assert_for_everybody(page)

    public = chromium.new_context(base_url=service.address, java_script_enabled=True).new_page()
    asked: list[str] = []
    public.on("request", lambda request: asked.append(request.url))
    public.goto("/trasparenza/")
    expect(public.get_by_text("Due assenze per malattia il lunedì")).to_be_visible()
    assert_for_everybody(public)
    row = public.get_by_role("row").filter(has_text="PDF accessibile")
    content = public.request.get(f"{service.address}/trasparenza/verification.pdf").body()
    expect(row.get_by_role("cell").last).to_have_text(hashlib.sha256(content).hexdigest())
    public.get_by_role("link", name="Verifica completa, pagina").click()
    expect(public.get_by_role("heading", level=1)).to_contain_text("Verifica degli standard di qualità")
    assert_for_everybody(public)
    assert [url for url in asked if not url.startswith((service.address, "data:"))] == []
    public.context.close()


def test_the_evidence_of_a_day_is_looked_at_and_taken_away(page: Page) -> None:
    page.goto("/admin/evidence")
    assert_for_everybody(page)
    page.get_by_label("Giorno").fill(str(LAST))
    page.get_by_role("button", name="Mostra").click()
    expect(page.get_by_role("heading", level=2)).to_contain_text("Che cosa è accaduto")
    assert_for_everybody(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Scarica PDF e CSV (ZIP)").click()
    assert download.value.suggested_filename == f"prove-{LAST}.zip"
