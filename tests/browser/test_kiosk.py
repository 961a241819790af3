"""The kiosk in a real Chromium: from the tap to the number, and every way it may go wrong."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from sportello.config import Config
from sportello.domain.commands import AdoptPlan
from sportello.domain.plan import Offer
from sportello.ledger import queries
from sportello.ledger.sqlite import connect
from tests.browser.conftest import Service

PX_PER_MM = 4
SCREENS = [(1080, 1920), (1920, 1080), (1366, 768)]
KILOBYTE = 1000


@pytest.fixture
def kiosk(context: BrowserContext, service: Service) -> Page:
    """A kiosk at its start, with a clock that can be moved on."""
    page = context.new_page()
    page.clock.install()
    page.goto(service.address)
    return page


def to_service(page: Page, area: str = "Cittadini", label: str = "Disoccupazione: DID") -> None:
    page.get_by_role("link", name=area).click()
    page.wait_for_url("**/area/**")
    page.get_by_role("link", name=label).click()
    page.locator("button.first").wait_for()
    page.wait_for_load_state()


def take_in_english(page: Page) -> None:
    page.get_by_role("link", name="English").click()
    to_service(page, "Citizens", "Unemployment: DID")
    page.locator("button.first").click()
    page.locator(".giant").wait_for()


def take(page: Page) -> None:
    to_service(page)
    page.get_by_role("button", name="Stampa il numero").click()
    page.locator(".giant").wait_for()


def issued(config: Config) -> dict[str, int]:
    """How many numbers were given, by service."""
    ledger = connect(config.database)
    day, _ = queries.service_day(ledger, config.code)
    ledger.close()
    return dict(day.issued)


# --- the way to a number -------------------------------------------------------------------------------


def test_three_taps_give_a_number_in_giant_letters(kiosk: Page) -> None:
    take(kiosk)
    expect(kiosk.locator(".giant")).to_have_text("T001")
    size = kiosk.evaluate("parseFloat(getComputedStyle(document.querySelector('.giant')).fontSize)")
    assert size >= 60 * PX_PER_MM
    assert re.search(r"/number/\w{16}$", kiosk.url)


def test_a_visitor_chooses_english_and_stays_in_it(kiosk: Page) -> None:
    take_in_english(kiosk)
    assert kiosk.url.endswith("?lang=en")
    expect(kiosk.locator("html")).to_have_attribute("lang", "en")


def test_an_impatient_finger_gets_one_number(kiosk: Page, config: Config) -> None:
    to_service(kiosk)
    kiosk.get_by_role("button", name="Stampa il numero").dblclick()
    kiosk.locator(".giant").wait_for()
    kiosk.reload()
    expect(kiosk.locator(".giant")).to_have_text("T001")
    assert issued(config) == {"A02": 1}


def test_the_paper_comes_out_and_the_page_says_so(kiosk: Page) -> None:
    take(kiosk)
    expect(kiosk.locator("#paper")).to_have_attribute("data-paper", "out", timeout=10_000)
    expect(kiosk.get_by_text("Ritiri il biglietto.")).to_be_visible()


def test_a_kiosk_works_without_its_script(chromium: Browser, standing: Service) -> None:
    plain = chromium.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(standing.address)
    take(page)
    expect(page.locator(".giant")).to_have_text(re.compile("^T00"))
    page.get_by_role("button", name="Stampa un'altra copia").click()
    expect(page.locator(".giant")).to_have_text(re.compile("^T00"))
    plain.close()


# --- nobody there ------------------------------------------------------------------------------------


def test_after_a_minute_the_kiosk_asks_and_then_goes_back(kiosk: Page) -> None:
    to_service(kiosk)
    kiosk.clock.fast_forward(59_000)
    expect(kiosk.get_by_role("dialog")).to_have_count(0)
    kiosk.clock.fast_forward(2000)
    expect(kiosk.get_by_role("dialog", name="È ancora qui?")).to_be_visible()
    kiosk.clock.fast_forward(10_000)
    expect(kiosk.locator("#still-left")).to_have_text(re.compile("^([89]|10)$"))
    kiosk.clock.fast_forward(11_000)
    expect(kiosk.get_by_role("link", name="Cittadini")).to_be_visible()


def test_who_needs_more_time_gets_it_as_often_as_they_ask(kiosk: Page) -> None:
    to_service(kiosk)
    where = kiosk.url
    for _ in range(3):
        kiosk.clock.fast_forward(61_000)
        kiosk.get_by_role("button", name="Sì, ho bisogno di più tempo").click()
        expect(kiosk.get_by_role("dialog")).to_have_count(0)
    assert kiosk.url == where


def test_the_number_page_closes_by_itself_in_italian(kiosk: Page, service: Service) -> None:
    take_in_english(kiosk)
    expect(kiosk.locator("#closes-in")).to_have_text(re.compile("^(19|20)$"))
    kiosk.clock.fast_forward(21_000)
    kiosk.wait_for_url(f"{service.address}/")
    expect(kiosk.get_by_role("link", name="Cittadini")).to_be_visible()


# --- what may go wrong ---------------------------------------------------------------------------------


def test_a_lost_service_is_told_in_plain_words_and_the_kiosk_comes_back(kiosk: Page, service: Service) -> None:
    to_service(kiosk)
    service.kill()
    kiosk.get_by_role("link", name="Indietro").click()
    expect(kiosk.get_by_role("dialog", name="Il totem riparte tra un momento.")).to_be_visible()
    expect(kiosk.get_by_text("Chieda a un operatore.")).to_be_visible()
    service.start()
    expect(kiosk.get_by_role("heading", name="Cittadini")).to_be_visible(timeout=10_000)  # where the tap led


def test_a_lost_service_is_noticed_without_a_tap_and_nobody_loses_their_place(kiosk: Page, service: Service) -> None:
    to_service(kiosk)
    service.kill()
    expect(kiosk.get_by_role("dialog")).to_be_visible(timeout=10_000)
    service.start()
    expect(kiosk.get_by_role("dialog")).to_have_count(0, timeout=10_000)
    kiosk.get_by_role("button", name="Stampa il numero").click()
    expect(kiosk.locator(".giant")).to_have_text("T001")


def test_a_number_asked_for_while_the_service_restarts_is_given_once(
    kiosk: Page, service: Service, config: Config
) -> None:
    to_service(kiosk)
    service.kill()
    kiosk.get_by_role("button", name="Stampa il numero").click()
    expect(kiosk.get_by_role("dialog")).to_be_visible()
    service.start()
    expect(kiosk.locator(".giant")).to_have_text("T001", timeout=10_000)
    assert issued(config) == {"A02": 1}


def test_a_refused_number_is_a_friendly_page(kiosk: Page, service: Service, config: Config) -> None:
    to_service(kiosk)
    ledger = connect(config.database)
    plan = queries.plan(ledger, config.code)
    ledger.close()
    service.do(AdoptPlan(plan=replace(plan, offers=(Offer(service="A02", letter="T", quota=0),))))
    kiosk.get_by_role("button", name="Ho diritto alla precedenza").click()
    kiosk.wait_for_url("**/take")
    expect(kiosk.get_by_role("heading")).to_contain_text("I numeri di oggi per questo servizio sono finiti")
    kiosk.get_by_role("link", name="Torna all'inizio").click()
    expect(kiosk.get_by_text("I numeri di oggi sono finiti. Chieda quando tornare.")).to_be_visible()


# --- the picture -----------------------------------------------------------------------------------------

FAULTS = """() => {
  const faults = [];
  if (document.documentElement.scrollHeight > innerHeight) faults.push('the page is too high');
  if (document.documentElement.scrollWidth > innerWidth) faults.push('the page is too wide');
  const main = document.querySelector('main').getBoundingClientRect();
  for (const e of document.querySelectorAll('main *')) {
    const box = e.getBoundingClientRect();
    if (box.height && (box.bottom > main.bottom + 1 || box.right > main.right + 1)) faults.push(`out: ${e.outerHTML}`);
  }
  for (const e of document.querySelectorAll('.row, .yours, .facts')) {
    if (e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1) faults.push(`over: ${e.outerHTML}`);
  }
  return faults;
}"""
HEIGHTS = "selector => [...document.querySelectorAll(selector)].map(e => e.getBoundingClientRect().height)"


def pages(page: Page, address: str) -> Iterator[str]:
    """Every kind of page, one after the other, with its letters loaded."""
    for path in ("/", *(f"/area/A?page={n}" for n in (1, 2, 3)), "/area/C", *(f"/service/A{n:02d}" for n in (2, 5, 9))):
        page.goto(address + path)
        page.evaluate("document.fonts.ready")
        yield path
    page.get_by_role("button", name="Stampa il numero").click()
    page.locator(".giant").wait_for()
    page.evaluate("document.fonts.ready")
    yield "number"


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_nothing_scrolls_and_every_target_is_large_enough(
    context: BrowserContext, standing: Service, width: int, height: int
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": height})
    for path in pages(page, standing.address):
        assert page.evaluate(FAULTS) == [], path
        assert min(page.evaluate(HEIGHTS, ".bar .button")) >= 20 * PX_PER_MM, path
        assert all(one >= 26 * PX_PER_MM for one in page.evaluate(HEIGHTS, ".row, main .button")), path


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_a_number_with_the_widest_letter_stands_on_one_line(
    context: BrowserContext, standing: Service, width: int, height: int
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{standing.address}/service/A11")
    page.get_by_role("button", name="Stampa il numero").click()
    expect(page.locator(".giant")).to_have_text(re.compile("^M"))
    page.evaluate("document.fonts.ready")
    lines = "e => e.offsetHeight / parseFloat(getComputedStyle(e).fontSize)"
    assert page.locator(".giant").evaluate(lines) < 1.5
    assert page.evaluate(FAULTS) == []


def test_a_screen_measured_with_a_card_keeps_its_measure(chromium: Browser, service: Service) -> None:
    """The centre keeps it: a browser that forgot everything has it too."""
    for forgetful, width in (("first", 85.6 * 4), ("second", 85.6 * 4.75)):
        context = chromium.new_context(viewport={"width": 1920, "height": 1080})
        page = context.new_page()
        page.goto(f"{service.address}/measure")
        assert page.locator("#card").bounding_box()["width"] == pytest.approx(width, abs=1)  # type: ignore[index]
        if forgetful == "first":
            for _ in range(3):
                page.get_by_role("button", name="Molto più grande").click()
            with page.expect_request("**/devices/measure"):
                page.get_by_role("link", name="Va bene così").click()
            page.wait_for_url(service.address + "/")
            page.wait_for_function("document.documentElement.style.getPropertyValue('--mm') === '4.75px'")
            assert page.evaluate(HEIGHTS, ".bar .button")[0] >= 20 * 4.75
        context.close()


def test_the_first_page_weighs_less_than_100_kb_and_asks_nobody_else(
    context: BrowserContext, standing: Service
) -> None:
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    weights: list[float] = []
    hosts: set[str] = set()
    wire.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    wire.on("Network.requestWillBeSent", lambda event: hosts.add(urlsplit(event["request"]["url"]).netloc))
    page.goto(standing.address, wait_until="networkidle")
    assert len(weights) >= 6
    assert sum(weights) <= 100 * KILOBYTE
    assert hosts - {""} == {urlsplit(standing.address).netloc}


def test_contrast_is_seven_to_one_and_nothing_else_is_wrong_on_any_page(
    context: BrowserContext, standing: Service
) -> None:
    page = context.new_page()
    page.emulate_media(reduced_motion="reduce")
    rules = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    for path in pages(page, standing.address):
        found = Axe().run(page, options={"runOnly": rules}).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], path
