"""The kiosk in a real Chromium: from the tap to the number, and every way it may go wrong."""

import re
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from sportello.domain.commands import AdoptPlan
from sportello.domain.plan import Offer
from sportello.ledger import queries
from sportello.ledger.sqlite import connect
from tests.browser.kiosks import PX_PER_MM, faults
from tests.browser.served import Service

SCREENS = [(1080, 1920), (1920, 1080), (1366, 768)]


@pytest.fixture
def kiosk(context: BrowserContext, standing: Service) -> Page:
    """A kiosk at its start, with a clock that can be moved on. Others took numbers before."""
    return started(context, standing)


@pytest.fixture
def mortal(context: BrowserContext, service: Service) -> Page:
    """The same at a service that its test may kill."""
    return started(context, service)


def started(context: BrowserContext, service: Service) -> Page:
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


def issued(service: Service) -> int:
    """How many numbers of the letter T were given: the last of them."""
    ledger = connect(service.config.database)
    day, _ = queries.service_day(ledger, service.config.code)
    ledger.close()
    return day.numbers.get("T", 0)


# --- the way to a number -------------------------------------------------------------------------------


def test_three_taps_give_a_number_in_giant_letters(kiosk: Page, standing: Service) -> None:
    before = issued(standing)
    take(kiosk)
    expect(kiosk.locator(".giant")).to_have_text(f"T{before + 1:03d}")
    kiosk.wait_for_load_state()
    size = kiosk.evaluate("parseFloat(getComputedStyle(document.querySelector('.giant')).fontSize)")
    assert size >= 60 * PX_PER_MM
    assert re.search(r"/number/\w{16}$", kiosk.url)


def test_a_visitor_chooses_english_and_stays_in_it(kiosk: Page) -> None:
    take_in_english(kiosk)
    assert kiosk.url.endswith("?lang=en")
    expect(kiosk.locator("html")).to_have_attribute("lang", "en")


def test_an_impatient_finger_gets_one_number(kiosk: Page, standing: Service) -> None:
    before = issued(standing)
    to_service(kiosk)
    kiosk.get_by_role("button", name="Stampa il numero").dblclick()
    kiosk.locator(".giant").wait_for()
    kiosk.reload()
    expect(kiosk.locator(".giant")).to_have_text(f"T{before + 1:03d}")
    assert issued(standing) == before + 1


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


def test_the_number_page_closes_by_itself_in_italian(kiosk: Page, standing: Service) -> None:
    take_in_english(kiosk)
    expect(kiosk.locator("#longer")).to_be_visible()  # its script is at work
    expect(kiosk.locator("#closes-in")).to_have_text(re.compile("^(29|30)$"))
    kiosk.clock.fast_forward(31_000)
    kiosk.wait_for_url(f"{standing.address}/")
    expect(kiosk.get_by_role("link", name="Cittadini")).to_be_visible()


# --- what may go wrong ---------------------------------------------------------------------------------


def test_a_lost_service_is_told_in_plain_words_and_the_kiosk_comes_back(mortal: Page, service: Service) -> None:
    to_service(mortal)
    service.kill()
    mortal.get_by_role("link", name="Indietro").click()
    expect(mortal.get_by_role("dialog", name="Il totem riparte tra un momento.")).to_be_visible()
    expect(mortal.get_by_text("Chieda a un operatore.")).to_be_visible()
    service.start()
    expect(mortal.get_by_role("heading", name="Cittadini")).to_be_visible(timeout=10_000)  # where the tap led


def test_a_lost_service_is_noticed_without_a_tap_and_nobody_loses_their_place(mortal: Page, service: Service) -> None:
    to_service(mortal)
    service.kill()
    expect(mortal.get_by_role("dialog")).to_be_visible(timeout=10_000)
    service.start()
    expect(mortal.get_by_role("dialog")).to_have_count(0, timeout=10_000)
    mortal.get_by_role("button", name="Stampa il numero").click()
    expect(mortal.locator(".giant")).to_have_text("T001")


def test_a_number_asked_for_while_the_service_restarts_is_given_once(mortal: Page, service: Service) -> None:
    to_service(mortal)
    service.kill()
    mortal.get_by_role("button", name="Stampa il numero").click()
    expect(mortal.get_by_role("dialog")).to_be_visible()
    service.start()
    expect(mortal.locator(".giant")).to_have_text("T001", timeout=10_000)
    assert issued(service) == 1


def test_a_refused_number_is_a_friendly_page(mortal: Page, service: Service) -> None:
    to_service(mortal)
    ledger = connect(service.config.database)
    plan = queries.plan(ledger, service.config.code)
    ledger.close()
    service.do(AdoptPlan(plan=replace(plan, offers=(Offer(service="A02", letter="T", quota=0),))))
    mortal.get_by_role("button", name="Ho diritto alla precedenza").click()
    mortal.wait_for_url("**/take")
    expect(mortal.get_by_role("heading")).to_have_text("I numeri di oggi sono finiti.")
    mortal.get_by_role("link", name="Torna all'inizio").click()
    expect(mortal.get_by_role("button", name="Chiami un operatore").first).to_be_visible()


# --- the picture -----------------------------------------------------------------------------------------

HEIGHTS = "selector => [...document.querySelectorAll(selector)].map(e => e.getBoundingClientRect().height)"


@pytest.mark.parametrize(
    ("width", "height", "px_per_mm"),
    [(1080, 1920, 4.0), (1920, 1080, 4.0), (1080, 1920, 2.71), (1920, 1080, 2.71), (1280, 800, 5.88)],
    ids=["21 inches upright", "21 inches", "32 inches upright", "32 inches", "10 inches"],
)
def test_every_kind_of_page_fits_on_every_kind_of_screen(
    context: BrowserContext, unmeasured: Service, width: int, height: int, px_per_mm: float
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": height})
    measured(page, unmeasured, px_per_mm)
    for path in (
        "/",
        "/area/A",
        "/area/A?view=large",
        "/service/A02",
        "/service/A02?lang=ar",
        "/appointment",
        "/languages",
    ):
        page.goto(unmeasured.address + path)
        assert faults(page, px_per_mm) == [], path
    page.goto(f"{unmeasured.address}/service/A02")
    page.get_by_role("button", name="Stampa il numero").click()
    page.locator(".giant").wait_for()
    assert faults(page, px_per_mm) == []


@pytest.fixture
def unmeasured(standing: Service) -> Iterator[Service]:
    """A kiosk that is measured as usual again when the test is over."""
    yield standing
    told = httpx.post(f"{standing.address}/devices/measure", json={"px_per_mm": PX_PER_MM})
    assert told.is_success


def measured(page: Page, standing: Service, px_per_mm: float) -> None:
    """The measure of this screen, as /measure keeps it with the device."""
    told = page.request.post(f"{standing.address}/devices/measure", data={"px_per_mm": px_per_mm})
    assert told.ok


def test_what_does_not_fit_is_turned_like_a_page_and_nothing_is_lost(
    context: BrowserContext, standing: Service
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{standing.address}/area/A?view=large")
    seen: list[str] = []
    while True:
        assert faults(page) == []
        seen += page.locator(".row .name:visible").all_inner_texts()[:-2]
        if not page.get_by_role("button", name="Altre scelte").is_visible():
            break
        page.get_by_role("button", name="Altre scelte").click()
    wanted = page.locator(".rows .name").evaluate_all("names => names.map(name => name.textContent)")
    assert seen == wanted
    assert len(wanted) > 12


def test_letters_are_as_large_as_the_standard_asks(context: BrowserContext, standing: Service) -> None:
    page = context.new_page()
    size = "(e => parseFloat(getComputedStyle(e).fontSize))"
    for view, least in [("", 7.33), ("large", 7.33 * 1.35)]:
        page.goto(f"{standing.address}/area/A?view={view}")
        page.evaluate("document.fonts.ready")
        capital_mm = page.locator(".row .name").first.evaluate(size) * 0.692 / PX_PER_MM
        assert capital_mm >= least - 0.01


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
    assert faults(page) == []


def test_a_screen_measured_with_a_card_keeps_its_measure(chromium: Browser, unmeasured: Service) -> None:
    measuring = chromium.new_context()
    page = measuring.new_page()
    page.goto(f"{unmeasured.address}/measure")
    for _ in range(3):
        with page.expect_response("**/devices/measure"):
            page.get_by_role("button", name="Molto più grande").click()
    assert page.locator("#card").bounding_box()["width"] == pytest.approx(85.6 * 4.75, abs=1)  # type: ignore[index]
    measuring.close()
    forgetful = chromium.new_context()
    page = forgetful.new_page()
    page.goto(unmeasured.address)
    assert page.evaluate(HEIGHTS, ".languages .button")[0] >= 20 * 4.75
    forgetful.close()
